"""The documented paths, without a trailing slash; and the beacon of our own page."""

from django.urls import path

from streaming import views

urlpatterns = [
    path("persona/heygen/init", views.InitView.as_view()),
    path("persona/heygen/session/create", views.CreateView.as_view()),
    path("persona/heygen/session/claim", views.ClaimView.as_view()),
    path("persona/heygen/session/resume", views.ResumeView.as_view()),
    path("persona/heygen/session/swap", views.SwapView.as_view()),
    path("persona/heygen/session/start", views.StartView.as_view()),
    path("persona/heygen/session/stop", views.StopView.as_view()),
    path("persona/heygen/ice", views.IceView.as_view()),
    path("persona/heygen/interrupt", views.InterruptView.as_view()),
    path("persona/heygen/keep_alive", views.KeepAliveView.as_view()),
    path("persona/heygen/sessions", views.SessionsView.as_view()),
    path("persona/heygen/usage", views.UsageView.as_view()),
    path("persona/heygen/avatars", views.AvatarsView.as_view()),
    path("persona/heygen/voices", views.VoicesView.as_view()),
    path("sessions/<uuid:session_id>/leave", views.leave, name="session_leave"),
]
