"""The documented paths, without a trailing slash."""

from django.urls import path

from personas.knowledge import views

urlpatterns = [
    path("persona/documents", views.DocumentsView.as_view()),
    path("persona/documents/delete", views.DeleteDocumentView.as_view()),
    path("persona/documents/read", views.ReadDocumentView.as_view()),
    path("persona/documents/search", views.SearchDocumentsView.as_view()),
]
