"""The HeyGen streaming API as the portal uses it. The local engine speaks it too."""

import asyncio
import json
import ssl
from functools import cache
from types import TracebackType
from typing import Any, Self

import httpx
import stamina

from streaming.providers import base
from streaming.providers.heygen import types
from streaming.providers.heygen.errors import refusal

_LARGEST_REPLY_BYTES = 4 * 1024 * 1024  # the cloud lists some thousand voices
_TRIES = 3
_LONGEST_WAIT_S = 3600.0
_SHORTEST_SECRET = 8  # a shorter key than that is no secret, but may be a common word


@cache
def _trust() -> ssl.SSLContext:
    """Made once: reading the trust store takes longer than a call to the local engine."""
    return httpx.create_ssl_context(trust_env=False)


class HeyGen:
    """One account of the service, one method per thing we ask of it.

    Every method raises a `ProviderError` and nothing of httpx. What can be repeated
    without harm is tried up to three times when no answer comes; opening a stream, sending
    an answer and speaking are sent once, because a lost reply may hide a success.
    """

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        timeout_s: float = 15.0,
        open_timeout_s: float = 60.0,
        retry_wait_s: float = 0.1,
    ) -> None:
        try:
            self._http = httpx.AsyncClient(
                base_url=base_url.rstrip("/"),
                headers={"X-Api-Key": api_key},
                # A silent peer is caught here; `_call` has a deadline for the whole.
                timeout=max(timeout_s, open_timeout_s),
                verify=_trust(),
                follow_redirects=False,  # the key goes to the configured host only
                trust_env=False,
            )
        except (httpx.InvalidURL, ValueError) as exc:
            raise base.NoConnection(
                "The avatar service's address cannot be used: correct it."
            ) from exc
        self._key = api_key.encode()
        self._timeout_s = timeout_s
        self._open_timeout_s = open_timeout_s
        self._retry_wait_s = retry_wait_s

    def __repr__(self) -> str:
        return f"<HeyGen at {self._http.base_url}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    # What we ask ---------------------------------------------------------------------

    async def open_stream(self, wish: base.StreamWish) -> base.OpenedStream:
        """Ask for a new stream; the answer holds the service's SDP offer."""
        data = await self._once(
            "/v1/streaming.new", _new_body(wish), timeout_s=self._open_timeout_s
        )
        return types.read(types.opened_stream, data)

    async def answer(self, upstream_id: str, sdp: str) -> None:
        body = {"session_id": upstream_id, "sdp": {"type": "answer", "sdp": sdp}}
        await self._once("/v1/streaming.start", body)

    async def trickle(self, upstream_id: str, candidate: base.Candidate) -> None:
        body = {"session_id": upstream_id, "candidate": _candidate_body(candidate)}
        await self._repeatable("POST", "/v1/streaming.ice", body)

    async def speak(self, upstream_id: str, text: str) -> base.Utterance:
        """Have `text` said after what is queued; returns when it is accepted."""
        body = {
            "session_id": upstream_id,
            "text": text,
            "task_type": "repeat",
            "task_mode": "async",
        }
        data = await self._once("/v1/streaming.task", body)

        def utterance(data: Any) -> base.Utterance:
            return types.utterance(data, text=text)

        return types.read(utterance, data)

    async def interrupt(self, upstream_id: str) -> None:
        await self._for_session("/v1/streaming.interrupt", upstream_id)

    async def keep_alive(self, upstream_id: str) -> None:
        await self._for_session("/v1/streaming.keep_alive", upstream_id)

    async def stop(self, upstream_id: str) -> None:
        try:
            await self._for_session("/v1/streaming.stop", upstream_id)
        except base.Gone:
            return  # what we wanted

    async def sessions(self) -> list[base.UpstreamSession]:
        data = await self._repeatable("GET", "/v1/streaming.list")
        return types.read(types.sessions, data)

    async def avatars(self) -> list[base.AvatarInfo]:
        data = await self._repeatable("GET", "/v1/streaming/avatar.list")
        return types.read(types.avatars, data)

    async def voices(self) -> list[base.VoiceInfo]:
        data = await self._repeatable("GET", "/v2/voices")
        return types.read(types.voices, data)

    async def sample(self, wish: base.StreamWish, text: str) -> base.VoiceSample:
        """A call that the local engine knows, and the cloud does not."""
        body = _new_body(wish) | {"text": text}
        try:
            data = await self._once("/v1/greenroom.sample", body)
        except base.WrongAddress as exc:
            raise base.NoSamples(
                "This avatar service does not let anybody listen to its voices."
            ) from exc
        return types.read(types.voice_sample, data)

    # How we ask ----------------------------------------------------------------------

    async def _for_session(self, path: str, upstream_id: str) -> None:
        await self._repeatable("POST", path, {"session_id": upstream_id})

    async def _once(
        self, path: str, body: Any, *, timeout_s: float | None = None
    ) -> Any:
        return await self._call("POST", path, body, timeout_s or self._timeout_s)

    async def _repeatable(self, method: str, path: str, body: Any = None) -> Any:
        async for attempt in stamina.retry_context(
            on=_soon_again,
            attempts=_TRIES,
            wait_initial=self._retry_wait_s,
            wait_jitter=self._retry_wait_s,
            timeout=None,  # each try has its deadline, and one that met it is the last
        ):
            with attempt:
                return await self._call(method, path, body, self._timeout_s)
        raise AssertionError("the last attempt returns or raises")

    async def _call(self, method: str, path: str, body: Any, timeout_s: float) -> Any:
        """Send one request and return its `data`, or raise our own error."""
        try:
            async with asyncio.timeout(timeout_s):
                status, headers, content = await self._exchange(method, path, body)
        except TimeoutError as exc:
            raise base.TimedOut(
                f"The avatar service did not answer within {timeout_s:g} s."
            ) from exc
        except httpx.ConnectError as exc:
            raise base.NoConnection("The avatar service cannot be reached.") from exc
        except httpx.HTTPError as exc:
            raise base.Unreachable(
                "The connection to the avatar service broke off.",
                upstream_message=type(exc).__name__,
            ) from exc
        return _data(status, headers, self._without_key(content))

    def _without_key(self, content: bytes) -> bytes:
        """A service that quotes the key in its complaint must not have us pass it on."""
        if len(self._key) < _SHORTEST_SECRET:
            return content
        return content.replace(self._key, b"[key]")

    async def _exchange(
        self, method: str, path: str, body: Any
    ) -> tuple[int, httpx.Headers, bytes]:
        async with self._http.stream(method, path, json=body) as reply:
            content = b""
            async for chunk in reply.aiter_bytes():
                content += chunk
                if len(content) > _LARGEST_REPLY_BYTES:
                    raise base.BadReply("The avatar service's answer has no end.")
            return reply.status_code, reply.headers, content


def _soon_again(error: Exception) -> bool:
    """Whether a second try may go better; whoever kept us waiting would do so again."""
    return isinstance(error, base.Unreachable) and not isinstance(error, base.TimedOut)


def _data(status: int, headers: httpx.Headers, content: bytes) -> Any:
    """The `data` of a successful reply; both of the service's envelopes have one."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError) as exc:
        if status < 300:
            raise base.BadReply(
                "The avatar service's answer is not JSON.", upstream_code=status
            ) from exc
        body = content[:200].decode(errors="replace")
    if not 200 <= status < 300:
        raise refusal(status, body, retry_after_s=_retry_after_s(headers))
    if not isinstance(body, dict):
        raise base.BadReply("The avatar service's answer is not an object.")
    if body.get("error"):
        raise refusal(400, body, retry_after_s=1)
    return body.get("data") or {}


def _retry_after_s(headers: httpx.Headers) -> float:
    try:
        asked_s = float(headers.get("Retry-After", "1"))
        return max(0.0, min(asked_s, _LONGEST_WAIT_S))
    except ValueError:
        return 1.0  # a date; one second is a polite guess


def _new_body(wish: base.StreamWish) -> dict[str, Any]:
    voice: dict[str, Any] = {"rate": wish.speaking_rate}
    if wish.voice_id:
        voice["voice_id"] = wish.voice_id
    body = {
        "quality": wish.quality,
        "avatar_name": wish.avatar_name,
        "voice": voice,
        "language": wish.language,
        "video_encoding": wish.video_encoding,
        "activity_idle_timeout": wish.idle_timeout_s,
        "background": wish.background,  # the local engine's own; others ignore it
    }
    return {name: value for name, value in body.items() if value}


def _candidate_body(candidate: base.Candidate) -> dict[str, Any]:
    body = {
        "candidate": candidate.candidate,
        "sdpMid": candidate.sdp_mid,
        "sdpMLineIndex": candidate.sdp_m_line_index,
        "usernameFragment": candidate.username_fragment,
    }
    return {name: value for name, value in body.items() if value is not None}
