"""Pictures of exhibits and of cards, for whoever may open their persona."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from config.api import ApiView
from personas.models import (
    CardOrigin,
    Exhibit,
    ExhibitPicture,
    Persona,
    PersonaNotFound,
)


class ExhibitPictureView(ApiView):
    """One picture. Its address changes with its content, so it may be kept for good."""

    # Also an anonymous reader opens what is public.
    permission_classes = (AllowAny,)  # type: ignore[assignment]

    def get(self, request: Request, slug: str, name: str, digest: str) -> HttpResponse:
        found: Any = ExhibitPicture.objects.filter(
            exhibit__persona__in=Persona.objects.open_to(request.user),
            exhibit__persona__slug=slug,
            exhibit__name=name,
            exhibit__digest=digest,
            exhibit__kind=Exhibit.Kind.IMAGE,
        ).first()
        if found is None:
            raise PersonaNotFound("There is no such picture.")
        return _picture(found.content, name)


class CardPictureView(ApiView):
    """The picture of the card that a persona came from; who archived it sees it as well."""

    permission_classes = (AllowAny,)  # type: ignore[assignment]

    def get(self, request: Request, slug: str, digest: str) -> HttpResponse:
        seen = Q(persona__in=Persona.objects.open_to(request.user)) | Q(
            persona__in=Persona.objects.editable_by(request.user)
        )
        named: Any = CardOrigin.objects.filter(persona__slug=slug, digest=digest)
        found = named.filter(seen).only("picture").first()
        if found is None or not found.picture:
            raise PersonaNotFound("There is no such picture.")
        return _picture(found.picture, slug)


def _picture(content: Any, name: str) -> HttpResponse:
    return HttpResponse(
        bytes(content),
        content_type="image/webp",
        headers={
            "Cache-Control": "private, max-age=31536000, immutable",
            "Content-Disposition": f'inline; filename="{name}.webp"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        },
    )
