"""Every page of the portal that is not the admin's or django-allauth's."""

from django.urls import path

from frontend import views

urlpatterns = [
    path("", views.home, name="home"),
    path("studio/", views.studio, name="studio"),
    path("sessions/", views.sessions, name="sessions"),
    path("sessions/<uuid:session_id>/", views.session, name="session"),
    path("sessions/<uuid:session_id>/stop", views.stop_session, name="session_stop"),
    path("personas/<slug:slug>/use", views.use_persona, name="use_persona"),
    path("account/tokens/", views.tokens, name="tokens"),
    path("account/tokens/<int:pk>/revoke", views.revoke_token, name="token_revoke"),
]
