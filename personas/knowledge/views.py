"""The documented endpoints of a persona's documents: read, do, show.

They are for those who may edit the persona; to everybody else it is not there.
"""

from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import ApiView, caller
from config.parsers import TooLarge
from personas import limits
from personas.knowledge import filing
from personas.knowledge.errors import DocumentNotFound
from personas.knowledge.finding import look_up
from personas.knowledge.serializers import (
    DocumentIn,
    PersonaChoice,
    QuestionIn,
    UploadIn,
    shown_document,
    shown_source,
)
from personas.models import Document, Persona, PersonaNotFound, persona_to_edit

#: What a form has besides the file.
_FORM_MAX_BYTES = 100_000


class UploadParser(MultiPartParser):
    """A form with a file, refused by its length before any of it is read."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        size_bytes = int(
            (parser_context or {})["request"].META.get("CONTENT_LENGTH") or 0
        )
        if size_bytes > limits.DOCUMENT_MAX_BYTES + _FORM_MAX_BYTES:
            raise TooLarge(str(filing.too_large(size_bytes)))
        return super().parse(stream, media_type, parser_context)


class DocumentsView(ApiView):
    parser_classes = (UploadParser,)

    def get(self, request: Request) -> Response:
        asked = _read(PersonaChoice, request.query_params)
        persona = _editable(caller(request), asked["persona"])
        documents = persona.documents.select_related("added_by", "persona")
        return _shown({"documents": [shown_document(each) for each in documents]})

    def post(self, request: Request) -> Response:
        """Take a document in; it is read soon after, so the answer is 202."""
        asked = _read(UploadIn, request.data)
        file: UploadedFile[Any] = asked["file"]
        upload = filing.judge(file.name or "", file.read())

        with transaction.atomic():
            persona = _to_edit(caller(request), asked["persona"])
            document = filing.add(
                persona, upload, title=asked["title"], added_by=caller(request)
            )

        return _shown(
            shown_document(document), "Document uploaded; it is read soon", 202
        )


class DeleteDocumentView(ApiView):
    def post(self, request: Request) -> Response:
        document = _document(request)
        shown = shown_document(document)

        document.delete()

        return _shown(shown, "Document deleted successfully")


class ReadDocumentView(ApiView):
    def post(self, request: Request) -> Response:
        """Have it read again, from the file that was uploaded."""
        document = _document(request)

        filing.read_again(document)

        document.refresh_from_db()
        return _shown(shown_document(document), "Document is read again soon", 202)


class SearchDocumentsView(ApiView):
    def post(self, request: Request) -> Response:
        """What the persona would be given to answer this question from."""
        asked = _read(QuestionIn, request.data)
        persona = _editable(caller(request), asked["persona"])

        found = async_to_sync(look_up)(persona, asked["question"])

        return _shown({"sources": [shown_source(source) for source in found]})


def _editable(user: User, slug: str) -> Persona:
    """Raises `PersonaNotFound`, also for one that the user may see and not edit."""
    editable = Persona.objects.editable_by(user)
    current = slug or Persona.objects.current_for(user).slug
    if persona := editable.filter(slug=current).first():
        return persona
    raise PersonaNotFound(
        "There is no such persona that you may edit.",
        detail="A first change of the persona that you talk to copies it to you.",
    )


def _to_edit(user: User, slug: str) -> Persona:
    """As for a change of its profile: whom they talk to now is copied to them first."""
    return _editable(user, slug) if slug else persona_to_edit(user)


def _document(request: Request) -> Document:
    asked = _read(DocumentIn, request.data)
    documents = Document.objects.editable_by(caller(request))
    found = documents.select_related("persona", "added_by")
    document = found.filter(pk=asked["document_id"]).first()
    if document is None:
        raise DocumentNotFound
    return document


def _read(kind: type[Any], data: Any) -> dict[str, Any]:
    asked = kind(data=data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def _shown(data: Any, message: str = "", status: int = 200) -> Response:
    told = {"message": message} if message else {}
    return Response({"success": True} | told | {"data": data}, status=status)
