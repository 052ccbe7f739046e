"""The documented paths, without a trailing slash."""

from django.urls import path

from chat import views

urlpatterns = [
    path("persona/heygen/text", views.TextView.as_view()),
    path("persona/heygen/transcribe", views.TranscribeView.as_view()),
    path("openai", views.OpenAIView.as_view()),
    path("openai/complete", views.CompleteView.as_view()),
]
