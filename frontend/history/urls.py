"""The pages of past sessions: what happened, what was said, and replaying it."""

from django.urls import path

from frontend.history import record, replay, views

urlpatterns = [
    path("history/", views.history, name="history"),
    path("sessions/", views.sessions, name="sessions"),
    path("sessions/<uuid:session_id>/", record.session, name="session"),
    path("sessions/<uuid:session_id>/replay/", replay.replay, name="session_replay"),
    path("sessions/<uuid:session_id>/delete", record.delete, name="session_delete"),
    path(
        "sessions/<uuid:session_id>/transcript.<str:ending>",
        record.download,
        name="session_transcript",
    ),
]
