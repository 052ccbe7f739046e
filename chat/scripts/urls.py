"""Below `persona/`, in the documented style."""

from django.urls import path

from chat.scripts import views

urlpatterns = [
    path("persona/scripts", views.ScriptsView.as_view()),
    path("persona/exhibits", views.ExhibitsView.as_view()),
    path("persona/heygen/script/play", views.PlayView.as_view()),
    path("persona/heygen/script/pause", views.PauseView.as_view()),
    path("persona/heygen/script/resume", views.ResumeView.as_view()),
    path("persona/heygen/script/goto", views.GoToView.as_view()),
    path("persona/heygen/script/stop", views.StopView.as_view()),
    path("persona/heygen/script/state", views.StateView.as_view()),
    path("persona/heygen/show", views.ShowView.as_view()),
    path("persona/heygen/hide", views.HideView.as_view()),
]
