"""How much recorded speech may come, and how it is read from a form."""

from typing import Any

from django.conf import settings
from rest_framework.parsers import MultiPartParser
from rest_framework.throttling import UserRateThrottle

from config.parsers import TooLarge

_FORM_BYTES = 4096  # what a form needs beside its file


class AudioFormParser(MultiPartParser):
    """A form with a recording, refused by its announced length before any of it is read.

    What fits stays in memory, as long as `TRANSCRIPTION_MAX_BYTES` is below Django's
    `FILE_UPLOAD_MAX_MEMORY_SIZE`; a form without a length counts as empty.
    """

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Any | None = None,
    ) -> Any:
        limit = settings.TRANSCRIPTION_MAX_BYTES
        announced = (parser_context or {})["request"].META.get("CONTENT_LENGTH")
        if int(announced or 0) > limit + _FORM_BYTES:
            raise TooLarge(f"audio: must have at most {limit} bytes.")
        return super().parse(stream, media_type, parser_context)


class TranscriptionThrottle(UserRateThrottle):
    """Speech costs more than other calls, so it has a rate of its own."""

    scope = "transcription"
