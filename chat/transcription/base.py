"""What is asked of whoever writes down speech, and what can go wrong there.

* TranscriptionError               `said` keeps the service's own words
  * TranscriptionNotConfigured     there is no service; the message says how to set one up
  * TranscriptionUnauthorized      the portal's key is refused; staff must act
  * TranscriptionRateLimited       the answer was "later"; `retry_after_s` says when
  * TranscriptionTimeout           nothing came in time
  * TranscriptionUnreachable       no usable answer: no connection, or the server failed
  * TranscriptionBadReply          the answer is not what we know, or broke off
  * TranscriptionNotOffered        that server writes nothing down, or not by this model
  * TranscriptionRefused           the request will keep failing as it stands
"""

from typing import ClassVar, Protocol

from chat.errors import ServiceError
from chat.transcription.clips import Clip


class Transcriber(Protocol):
    """Anything that writes down what is said in a clip.

    `language` is a hint: a language tag, or "". Raises `TranscriptionError`.
    """

    async def transcribe(self, clip: Clip, *, language: str) -> str: ...


class TranscriptionError(ServiceError):
    """What was said could not be written down."""

    code: ClassVar[str] = "transcription_error"


class TranscriptionNotConfigured(TranscriptionError):
    code: ClassVar[str] = "transcription_not_configured"
    status: ClassVar[int] = 501


class TranscriptionUnauthorized(TranscriptionError):
    code: ClassVar[str] = "transcription_unauthorized"


class TranscriptionRateLimited(TranscriptionError):
    code: ClassVar[str] = "transcription_rate_limited"
    status: ClassVar[int] = 429


class TranscriptionTimeout(TranscriptionError):
    code: ClassVar[str] = "transcription_timeout"
    status: ClassVar[int] = 504


class TranscriptionUnreachable(TranscriptionError):
    code: ClassVar[str] = "transcription_unreachable"


class TranscriptionBadReply(TranscriptionError):
    code: ClassVar[str] = "transcription_bad_reply"


class TranscriptionNotOffered(TranscriptionError):
    code: ClassVar[str] = "transcription_not_offered"


class TranscriptionRefused(TranscriptionError):
    code: ClassVar[str] = "transcription_refused"
