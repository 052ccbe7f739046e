"""The documented bodies of the chat endpoints, in and out."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from rest_framework import serializers

from chat.messages import MAX_PROMPT_CHARS
from chat.models import Turn
from chat.transcription import BadClip, Clip, read_clip
from streaming.models import Session
from streaming.serializers import SessionIn

MAX_TEXT_CHARS = MAX_PROMPT_CHARS  # repeated, that is almost five minutes of speech


class StrictText(serializers.CharField):
    """A string; a number is not one, whatever it could be turned into."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictBoolean(serializers.BooleanField):
    """true or false; "yes", 1 and "false" are mistakes worth hearing about."""

    default_error_messages = {"strict": "must be true or false."}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("strict")
        return data


class TextIn(SessionIn):
    """POST persona/heygen/text."""

    text = StrictText(max_length=MAX_TEXT_CHARS)
    generate_ai_response = StrictBoolean(default=False)
    interrupt = StrictBoolean(default=False)

    def kind(self) -> Turn.Kind:
        asked = self.validated_data["generate_ai_response"]
        return Turn.Kind.ASK if asked else Turn.Kind.SAY


class AudioIn(SessionIn):
    """POST persona/heygen/transcribe, as a form; its file becomes a `Clip`."""

    audio = serializers.FileField()

    def validate_audio(self, file: "UploadedFile[Any]") -> Clip:
        limit = settings.TRANSCRIPTION_MAX_BYTES
        if (file.size or 0) > limit:
            raise serializers.ValidationError(f"must have at most {limit} bytes.")
        try:
            return read_clip(file.read(), max_s=settings.TRANSCRIPTION_MAX_S)
        except BadClip as exc:
            raise serializers.ValidationError(str(exc)) from exc


class PromptIn(serializers.Serializer[Any]):
    """POST openai/complete."""

    prompt = StrictText(max_length=MAX_PROMPT_CHARS)


def spoken_text(turn: Turn) -> dict[str, Any]:
    """What came of a text; `ai_response` only where an answer was asked for."""
    shown: dict[str, Any] = {
        "data": {
            "session_id": str(turn.session_id),
            "turn": turn.number,
            "text": turn.reply,
            "interrupted": turn.interrupted,
        },
        "speaking_duration": round(turn.duration_s, 3),
    }
    if turn.kind == Turn.Kind.ASK:
        shown["ai_response"] = turn.reply
    return shown


def written_down(session: Session, clip: Clip, text: str) -> dict[str, Any]:
    """What was understood in a recording; "" where nobody said anything."""
    return {
        "data": {
            "session_id": str(session.pk),
            "text": text,
            "duration_s": round(clip.duration_s, 3),
        },
        "text": text,
    }
