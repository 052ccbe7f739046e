"""The documented paths, without a trailing slash, as the contract has them."""

from django.urls import path

from personas import views

urlpatterns = [
    path("persona", views.PersonaView.as_view(), name="persona"),
    path("persona/config", views.PersonaConfigView.as_view(), name="persona_config"),
    path("persona/update", views.PersonaUpdateView.as_view(), name="persona_update"),
]
