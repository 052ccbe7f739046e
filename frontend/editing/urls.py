"""The pages on which personas are edited, published and rolled back."""

from django.urls import path

from frontend.editing import documents, history, previewing, views

urlpatterns = [
    path("personas/new", views.new, name="persona_new"),
    path("personas/<slug:slug>/edit", views.edit, name="persona_edit"),
    path("personas/<slug:slug>/preview", previewing.preview, name="persona_preview"),
    path("personas/<slug:slug>/listen", previewing.listen, name="persona_listen"),
    path("personas/<slug:slug>/discard", views.discard, name="persona_discard"),
    path("personas/<slug:slug>/refresh", views.refresh, name="persona_refresh"),
    path("personas/<slug:slug>/history", history.history, name="persona_history"),
    path(
        "personas/<slug:slug>/history/<int:number>/roll-back",
        history.to_version,
        name="persona_roll_back",
    ),
    path("personas/<slug:slug>/documents", documents.add, name="document_add"),
    path(
        "personas/<slug:slug>/documents/<int:pk>/remove",
        documents.remove,
        name="document_remove",
    ),
    path(
        "personas/<slug:slug>/documents/<int:pk>/read",
        documents.read_again,
        name="document_read",
    ),
]
