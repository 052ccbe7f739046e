"""The documented paths, without a trailing slash, as the contract has them; and pictures."""

from django.urls import path

from personas import picture_views, views

urlpatterns = [
    path("persona", views.PersonaView.as_view(), name="persona"),
    path("persona/config", views.PersonaConfigView.as_view(), name="persona_config"),
    path("persona/update", views.PersonaUpdateView.as_view(), name="persona_update"),
    path(
        "personas/<slug:slug>/exhibits/<slug:name>/<slug:digest>.webp",
        picture_views.ExhibitPictureView.as_view(),
        name="exhibit_picture",
    ),
    path(
        "personas/<slug:slug>/picture/<slug:digest>.webp",
        picture_views.CardPictureView.as_view(),
        name="card_picture",
    ),
]
