"""The documented persona endpoints: the caller's current persona, shown and changed."""

from typing import Any, cast

from django.contrib.auth.models import User
from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import ApiView
from personas.models import Credit, How, Persona, persona_to_edit
from personas.serializers import ProfileChanges, WholeProfile


class PersonaConfigView(ApiView):
    def get(self, request: Request) -> Response:
        return Response(Persona.objects.current_for(_caller(request)).profile())


class PersonaView(PersonaConfigView):
    def post(self, request: Request) -> Response:
        """Change what is given and nothing else."""
        changes = _read(ProfileChanges, request)

        persona = Persona.objects.current_for(_caller(request))
        if changes:
            with transaction.atomic():
                persona = persona_to_edit(_caller(request))
                persona.credited(Credit(_caller(request), How.REST))
                persona.change(**changes)

        return Response(
            {
                "success": True,
                "message": "Persona details updated successfully",
                "persona": persona.profile(),
            }
        )


class PersonaUpdateView(ApiView):
    def post(self, request: Request) -> Response:
        """Replace the whole profile."""
        profile = _read(WholeProfile, request)

        with transaction.atomic():
            persona = persona_to_edit(_caller(request))
            persona.credited(Credit(_caller(request), How.REST))
            persona.replace_profile(**profile)

        return Response(
            {
                "success": True,
                "message": "Persona configuration updated successfully",
                "data": persona.profile(),
            }
        )


def _caller(request: Request) -> User:
    """Whoever calls; `ApiView` lets nobody anonymous in."""
    return cast(User, request.user)


def _read(kind: type[ProfileChanges], request: Request) -> dict[str, Any]:
    asked = kind(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)
