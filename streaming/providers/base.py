"""What the portal asks of an avatar service, whichever it is.

A provider is a folder here: a client that speaks the foreign protocol and lets nothing of
it through. Typed values come out, and only the errors below:

* ProviderError             `upstream_code` and `upstream_message` are the service's own
  * Unreachable             no usable answer arrived
    * NoConnection          it was not even asked
    * TimedOut              it took too long
  * Busy                    the answer was "later"; `retry_after_s` says when
  * NotAuthorised           the account's key is refused
  * NoUpstreamSeat          the service counts more sessions than we do
  * Rejected                the request will keep failing as it stands
  * NoSamples               the service does not let anybody listen to its voices
  * NotReady                the session there is not so far yet
  * Gone                    the session has ended there, or never was
  * BadReply                success was claimed, but the body is not what we know
    * WrongAddress          whoever answered is not such a service, or not there
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, ClassVar, Protocol, Self

from config.errors import DomainError

#: The longest text that one utterance may have; the cloud refuses more.
MAX_UTTERANCE_CHARS = 1000
#: The longest text by which a voice can be listened to.
MAX_SAMPLE_CHARS = 200


class ProviderError(DomainError):
    """The avatar service did not do what it was asked."""

    code: ClassVar[str] = "upstream_error"
    status: ClassVar[int] = 502
    retryable: ClassVar[bool] = False
    #: Whether the service may have done what it was asked, in spite of the error.
    may_have_worked: ClassVar[bool] = False

    def __init__(
        self, message: str, *, upstream_code: Any = None, upstream_message: str = ""
    ) -> None:
        detail = f"{message} {upstream_message}".strip() if upstream_message else ""
        super().__init__(message, detail=detail)
        self.upstream_code = upstream_code
        self.upstream_message = upstream_message

    def body(self) -> dict[str, Any]:
        said = {"code": self.upstream_code, "message": self.upstream_message}
        return super().body() | {"upstream": said}


class Unreachable(ProviderError):
    code: ClassVar[str] = "upstream_unreachable"
    retryable: ClassVar[bool] = True
    may_have_worked: ClassVar[bool] = True


class NoConnection(Unreachable):
    may_have_worked: ClassVar[bool] = False


class TimedOut(Unreachable):
    code: ClassVar[str] = "upstream_timeout"
    status: ClassVar[int] = 504


class Busy(ProviderError):
    code: ClassVar[str] = "upstream_busy"
    status: ClassVar[int] = 503

    def __init__(self, message: str, *, retry_after_s: float, **said: Any) -> None:
        super().__init__(message, **said)
        self.retry_after_s = retry_after_s

    def headers(self) -> dict[str, str]:
        return {"Retry-After": f"{self.retry_after_s:.0f}"}


class NotAuthorised(ProviderError):
    code: ClassVar[str] = "upstream_unauthorized"


class NoUpstreamSeat(ProviderError):
    code: ClassVar[str] = "upstream_full"
    status: ClassVar[int] = 409


class Rejected(ProviderError):
    code: ClassVar[str] = "upstream_rejected"
    status: ClassVar[int] = 400


class NoSamples(ProviderError):
    code: ClassVar[str] = "no_voice_samples"
    status: ClassVar[int] = 409


class NotReady(ProviderError):
    code: ClassVar[str] = "upstream_not_ready"
    status: ClassVar[int] = 409


class Gone(ProviderError):
    code: ClassVar[str] = "upstream_gone"
    status: ClassVar[int] = 409


class BadReply(ProviderError):
    code: ClassVar[str] = "upstream_bad_reply"
    may_have_worked: ClassVar[bool] = True


class WrongAddress(BadReply):
    may_have_worked: ClassVar[bool] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamWish:
    """What a new stream should be like. Empty names mean the service's own choice."""

    avatar_name: str = ""
    voice_id: str = ""
    quality: str = "medium"
    speaking_rate: float = 1.0
    language: str = ""
    background: str = ""
    video_encoding: str = ""
    idle_timeout_s: int = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The service's half of the WebRTC handshake, for the viewer's browser alone."""

    sdp: str
    #: RTCIceServer dictionaries; they may hold TURN credentials.
    ice_servers: Sequence[Mapping[str, Any]] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedStream:
    upstream_id: str
    offer: Offer
    #: The service's own limit, in seconds, when it states one.
    max_duration_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One ICE candidate of the viewer, in the words of the W3C's RTCIceCandidateInit."""

    candidate: str
    sdp_mid: str | None = None
    sdp_m_line_index: int | None = None
    username_fragment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One piece of text that the avatar has accepted."""

    task_id: str
    #: How long it takes to say; our estimate when the service does not tell.
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamSession:
    upstream_id: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AvatarInfo:
    avatar_id: str
    name: str
    gender: str = ""
    default_voice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceInfo:
    voice_id: str
    name: str
    language: str = ""
    gender: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceSample:
    """A sentence as a sound file that every browser plays."""

    content: bytes = field(repr=False)
    content_type: str


class AvatarProvider(Protocol):
    """One avatar service, one method per thing we ask; opened for each operation."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    async def open_stream(self, wish: StreamWish) -> OpenedStream: ...

    async def answer(self, upstream_id: str, sdp: str) -> None: ...

    async def trickle(self, upstream_id: str, candidate: Candidate) -> None: ...

    async def speak(self, upstream_id: str, text: str) -> Utterance: ...

    async def interrupt(self, upstream_id: str) -> None: ...

    async def keep_alive(self, upstream_id: str) -> None: ...

    async def stop(self, upstream_id: str) -> None:
        """Stop a stream. Stopping one that is already gone is not an error."""
        ...

    async def sessions(self) -> list[UpstreamSession]: ...

    async def avatars(self) -> list[AvatarInfo]: ...

    async def voices(self) -> list[VoiceInfo]: ...

    async def sample(self, wish: StreamWish, text: str) -> VoiceSample:
        """`text` as the wished stream would say it. Raises `NoSamples`."""
        ...


def estimated_duration_s(text: str) -> float:
    """How long `text` takes to say at about fourteen characters a second."""
    return max(0.5, len(text) / 14)
