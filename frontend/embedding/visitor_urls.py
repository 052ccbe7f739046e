"""All that a visitor's token opens, below `embed/`; the websocket is in `routing`.

The paths are those of the documented API, so that the same modules call them.
"""

from django.urls import path

from frontend.embedding import visitor_api as api

urlpatterns = [
    path("visit", api.VisitView.as_view(), name="embed_visit"),
    path("persona/heygen/session/create", api.VisitorCreateView.as_view()),
    path("persona/heygen/session/claim", api.VisitorClaimView.as_view()),
    path("persona/heygen/session/resume", api.VisitorResumeView.as_view()),
    path("persona/heygen/session/start", api.VisitorStartView.as_view()),
    path("persona/heygen/session/stop", api.VisitorStopView.as_view()),
    path("persona/heygen/session/leave", api.VisitorLeaveView.as_view()),
    path("persona/heygen/ice", api.VisitorIceView.as_view()),
    path("persona/heygen/transcribe", api.VisitorTranscribeView.as_view()),
]
