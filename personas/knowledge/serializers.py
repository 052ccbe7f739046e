"""The documented bodies of the document endpoints, in and out."""

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers

from personas.knowledge.source import Source
from personas.models import Document

QUESTION_MAX_CHARS = 4_000


class PersonaChoice(serializers.Serializer[Any]):
    """Which persona, by its address name; without one, whom the caller talks to now."""

    persona = serializers.CharField(required=False, default="")


class UploadIn(PersonaChoice):
    """POST persona/documents, as a form with a file."""

    file = serializers.FileField(error_messages={"required": "is required."})
    title = serializers.CharField(required=False, default="", allow_blank=True)

    def validate_title(self, title: str) -> str:
        try:
            Document._meta.get_field("title").run_validators(title)
        except DjangoValidationError as exc:
            raise serializers.ValidationError(exc.messages) from exc
        return title


class DocumentIn(serializers.Serializer[Any]):
    """POST persona/documents/delete and persona/documents/read."""

    document_id = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, error_messages={"required": "is required."}
    )


class QuestionIn(PersonaChoice):
    """POST persona/documents/search."""

    question = serializers.CharField(
        max_length=QUESTION_MAX_CHARS, error_messages={"required": "is required."}
    )


def shown_document(document: Document) -> dict[str, Any]:
    return {
        "document_id": document.pk,
        "persona": document.persona.slug,
        "title": document.title,
        "kind": document.kind,
        "file_name": document.file_name,
        "size_bytes": document.size_bytes,
        "sha256": document.sha256,
        "state": document.state,
        "problem": document.problem,
        "chars": document.chars,
        "added_by": document.added_by.get_username() if document.added_by else None,
        "created_at": document.created_at.isoformat(),
        "read_at": document.read_at.isoformat() if document.read_at else None,
    }


def shown_source(source: Source) -> dict[str, Any]:
    """With the whole passage: whoever tries a question wants to see what is quoted."""
    return source.as_dict() | {"document_id": source.document_id, "text": source.text}
