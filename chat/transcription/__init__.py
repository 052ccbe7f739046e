"""Speech to text: a visitor's voice becomes a prompt, by whatever service is connected."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext, gettext_lazy

from chat.transcription.base import (
    Transcriber,
    TranscriptionError,
    TranscriptionNotConfigured,
)
from chat.transcription.clips import BadClip, Clip, read_clip
from chat.transcription.service import TranscriptionService

__all__ = [
    "BadClip",
    "Clip",
    "Transcriber",
    "TranscriptionError",
    "describe_transcription",
    "read_clip",
    "transcriber",
]

HOW_TO_SET_UP = gettext_lazy(
    "No transcription service is connected, so the microphone cannot be used yet. "
    "To connect one, set TRANSCRIPTION_BASE_URL (and TRANSCRIPTION_API_KEY and "
    "TRANSCRIPTION_MODEL, where the service asks for them) to any server with an "
    "OpenAI-compatible /v1/audio/transcriptions, or OPENAI_API_KEY, and restart."
)


@dataclass(frozen=True, slots=True)
class TranscriptionInfo:
    """Whether speech is understood here, and for people: by what, or what is missing."""

    available: bool
    notice: str

    def as_dict(self) -> dict[str, bool | str]:
        return {"available": self.available, "notice": self.notice}


def transcription_is_connected() -> bool:
    """A key is enough; so is an address, since many local servers ask for no key."""
    return bool(settings.TRANSCRIPTION_API_KEY or settings.TRANSCRIPTION_BASE_URL)


def transcriber() -> Transcriber:
    """Whoever writes down what is said. Raises `TranscriptionNotConfigured`."""
    if not transcription_is_connected():
        raise TranscriptionNotConfigured(str(HOW_TO_SET_UP))
    return TranscriptionService(
        base_url=settings.TRANSCRIPTION_BASE_URL,
        api_key=settings.TRANSCRIPTION_API_KEY,
        model=settings.TRANSCRIPTION_MODEL,
        timeout_s=settings.TRANSCRIPTION_TIMEOUT_S,
    )


def describe_transcription() -> TranscriptionInfo:
    connected = transcription_is_connected()
    return TranscriptionInfo(
        available=connected,
        notice=gettext("%(model)s writes down what you say.")
        % {"model": settings.TRANSCRIPTION_MODEL}
        if connected
        else str(HOW_TO_SET_UP),
    )
