"""The documented paths of personas as files, without a trailing slash."""

from django.urls import path

from personas.cards import views

urlpatterns = [
    path("persona/export", views.ExportView.as_view()),
    path("persona/import", views.ImportView.as_view()),
]
