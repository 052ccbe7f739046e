"""Every page of the portal that is not the admin's or django-allauth's."""

from django.urls import include, path

from frontend import operating, views

urlpatterns = [
    path("", views.home, name="home"),
    path("studio/", views.studio, name="studio"),
    path("sessions/", views.sessions, name="sessions"),
    path("sessions/<uuid:session_id>/", views.session, name="session"),
    path("sessions/<uuid:session_id>/stop", views.stop_session, name="session_stop"),
    path("personas/<slug:slug>/use", views.use_persona, name="use_persona"),
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
]
