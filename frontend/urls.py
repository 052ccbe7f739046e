"""Every page of the portal that is not the admin's or django-allauth's."""

from django.urls import include, path

from frontend import (
    backgrounding,
    conversing,
    operating,
    remembering,
    supporting,
    views,
)

urlpatterns = [
    path("theme", views.choose_theme, name="theme"),
    path("", include("frontend.accounts.urls")),
    path("", include("frontend.editing.urls")),
    path("", include("frontend.gallery.urls")),
    path("", include("frontend.history.urls")),
    path("", include("frontend.usage.urls")),
    path("", include("frontend.embedding.urls")),
    path("studio/", views.studio, name="studio"),
    path("conversations/", conversing.conversations, name="conversations"),
    path(
        "conversations/<uuid:conversation_id>/",
        conversing.conversation,
        name="conversation",
    ),
    path(
        "conversations/<uuid:conversation_id>/delete",
        conversing.delete,
        name="conversation_delete",
    ),
    path("memories/", remembering.memories, name="memories"),
    path("memories/export", remembering.export, name="memories_export"),
    path("memories/forget", remembering.forget_everything, name="memories_forget"),
    path("memories/facts/<int:pk>/edit", remembering.edit, name="fact_edit"),
    path("memories/facts/<int:pk>/delete", remembering.delete, name="fact_delete"),
    path("memories/<slug:slug>/switch", remembering.switch, name="memory_switch"),
    path("memories/<slug:slug>/add", remembering.add, name="memory_add"),
    path("memories/<slug:slug>/forget", remembering.forget, name="memory_forget"),
    path("sessions/<uuid:session_id>/stop", views.stop_session, name="session_stop"),
    path("personas/<slug:slug>/use", views.use_persona, name="use_persona"),
    path(
        "personas/<slug:slug>/background",
        backgrounding.save_background,
        name="persona_background",
    ),
    path("personas/<slug:slug>/", include("frontend.scripting_urls")),
    path("account/tokens/", views.tokens, name="tokens"),
    path("account/tokens/<int:pk>/revoke", views.revoke_token, name="token_revoke"),
    path("operate/", operating.board_page, name="board"),
    path("operate/history", operating.board_history, name="board_history"),
    path("operate/stop-idle", operating.stop_idle, name="board_stop_idle"),
    path("operate/stop-all", operating.stop_all, name="board_stop_all"),
    path("operate/sessions/<uuid:session_id>/stop", operating.stop_session),
    path("operate/sessions/<uuid:session_id>/move", operating.move),
    path("operate/accounts/<int:pk>/drain", operating.drain),
    path("operate/accounts/<int:pk>/undrain", operating.undrain),
    path("operate/accounts/<int:pk>/wake-up", operating.wake_up),
    path("operate/people/<int:pk>/", supporting.support, name="support"),
]
