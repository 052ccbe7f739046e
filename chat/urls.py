"""The documented paths, without a trailing slash."""

from django.urls import path

from chat import conversation_views, views

urlpatterns = [
    path("persona/heygen/text", views.TextView.as_view()),
    path("persona/heygen/transcribe", views.TranscribeView.as_view()),
    path("persona/conversations", conversation_views.ConversationsView.as_view()),
    path(
        "persona/conversations/<uuid:conversation_id>",
        conversation_views.ConversationView.as_view(),
    ),
    path(
        "persona/conversations/<uuid:conversation_id>/transcript.<str:ending>",
        conversation_views.TranscriptView.as_view(),
        name="transcript",
    ),
    path("persona/memories", conversation_views.MemoriesView.as_view()),
    path("openai", views.OpenAIView.as_view()),
    path("openai/complete", views.CompleteView.as_view()),
]
