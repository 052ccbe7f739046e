"""The documented endpoints of personas as files: read, do, show."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import ApiView, caller
from config.parsers import TooLarge
from config.renderers import JsonRenderer
from personas import limits
from personas.cards.database import make_persona, snapshot_of
from personas.cards.reading import read
from personas.cards.writing import FORMATS
from personas.models import Persona, PersonaNotFound

#: What a form has besides the file.
_FORM_MAX_BYTES = 100_000


class CardParser(MultiPartParser):
    """A form with a file, refused by its length before any of it is read."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        meta = (parser_context or {})["request"].META
        size_bytes = int(meta.get("CONTENT_LENGTH") or 0)
        if size_bytes > limits.CARD_FILE_MAX_BYTES + _FORM_MAX_BYTES:
            most = limits.CARD_FILE_MAX_BYTES // 1_000_000
            raise TooLarge(f"file: is too large; at most {most} MB are read.")
        return super().parse(stream, media_type, parser_context)


class ExportIn(serializers.Serializer[Any]):
    """GET persona/export."""

    format = serializers.ChoiceField(
        choices=list(FORMATS),
        default="json",
        error_messages={"invalid_choice": f"must be one of {', '.join(FORMATS)}."},
    )
    persona = serializers.CharField(required=False, default="")


class ImportIn(serializers.Serializer[Any]):
    """POST persona/import, as a form with a file."""

    file = serializers.FileField(error_messages={"required": "is required."})


class ExportView(ApiView):
    """One persona as a file, for those who may edit it."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """`format` is a word of ours here, not the framework's."""
        return JsonRenderer(), JsonRenderer.media_type

    def get(self, request: Request) -> HttpResponse:
        asked = ExportIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        slug = asked.validated_data["persona"]
        return download(
            _editable(caller(request), slug), asked.validated_data["format"]
        )


class ImportView(ApiView):
    """A file becomes a private persona of the caller's."""

    parser_classes = (CardParser,)

    def post(self, request: Request) -> Response:
        asked = ImportIn(data=request.data)
        asked.is_valid(raise_exception=True)
        file: UploadedFile[Any] = asked.validated_data["file"]

        persona, warnings = make_persona(read(file.read()), caller(request))

        data = {"persona": persona.slug, "name": persona.name, "warnings": warnings}
        told = {"success": True, "message": "Persona imported successfully"}
        return Response(told | {"data": data}, status=201)


def download(persona: Persona, name: str) -> HttpResponse:
    """The persona as a file to keep, in one of `FORMATS`."""
    kind = FORMATS[name]
    content = kind.write(snapshot_of(persona, with_picture=name == "png"))
    disposition = content_disposition_header(True, f"{persona.slug}.{kind.ending}")
    return HttpResponse(
        content,
        content_type=kind.content_type,
        headers={
            "Content-Disposition": disposition,
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _editable(user: Any, slug: str) -> Persona:
    """Raises `PersonaNotFound`, also for one that the user may see and not edit."""
    wanted = slug or Persona.objects.current_for(user).slug
    if persona := Persona.objects.editable_by(user).filter(slug=wanted).first():
        return persona
    raise PersonaNotFound("There is no such persona that you may edit.")
