"""Any server with an OpenAI-compatible `/audio/transcriptions`.

Plain HTTP and not the model's library: it is one request, and whoever speaks should not
wait for a second of imports before it.
"""

import asyncio
import json
import ssl
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx

from chat.transcription import base
from chat.transcription.clips import Clip

DEFAULT_BASE_URL = "https://api.openai.com/v1"

_LARGEST_REPLY_BYTES = 256 * 1024
_MAX_SAID_CHARS = 500
_SHORTEST_SECRET = 8  # a shorter key than that is no secret, but may be a common word


@cache
def _trust() -> ssl.SSLContext:
    """Made once: reading the trust store takes longer than everything else before a call."""
    return httpx.create_ssl_context(trust_env=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionService:
    """One model on one server. A clip is sent once: who speaks does not wait for retries."""

    model: str
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    timeout_s: float = 30.0

    async def transcribe(self, clip: Clip, *, language: str = "") -> str:
        """The words of `clip`, "" where there are none. Raises `TranscriptionError`."""
        try:
            async with asyncio.timeout(self.timeout_s):
                status, headers, content = await self._exchange(clip, language)
        except (TimeoutError, httpx.TimeoutException) as exc:
            raise base.TranscriptionTimeout(
                f"The transcription service did not answer within {self.timeout_s:g} s."
            ) from exc
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            raise base.TranscriptionUnreachable(
                "The connection to the transcription service failed.",
                said=_short(str(exc) or type(exc).__name__),
            ) from exc
        if not 200 <= status < 300:
            raise self._refusal(status, headers, content)
        return _text(content)

    async def _exchange(
        self, clip: Clip, language: str
    ) -> tuple[int, httpx.Headers, bytes]:
        fields = {"model": self.model, "response_format": "json"}
        if language:
            fields["language"] = language.split("-")[0].lower()
        client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {self.api_key}"} if self.api_key else {},
            timeout=self.timeout_s,
            verify=_trust(),
            follow_redirects=False,  # the voice goes to the configured host only
            trust_env=False,
        )
        url = f"{(self.base_url or DEFAULT_BASE_URL).rstrip('/')}/audio/transcriptions"
        file = (clip.file_name, clip.data, clip.media_type)
        async with (
            client,
            client.stream("POST", url, data=fields, files={"file": file}) as reply,
        ):
            content = b""
            async for chunk in reply.aiter_bytes():
                content += chunk
                if len(content) > _LARGEST_REPLY_BYTES:
                    raise base.TranscriptionBadReply(
                        "The transcription service's answer has no end."
                    )
            return reply.status_code, reply.headers, content

    def _refusal(
        self, status: int, headers: httpx.Headers, content: bytes
    ) -> base.TranscriptionError:
        said = self._without_key(_words(content))
        if status in (401, 403):
            return base.TranscriptionUnauthorized(
                "The transcription service refused our key.", said=said
            )
        if status == 429:
            return base.TranscriptionRateLimited(
                "The transcription service asks us to slow down.",
                said=said,
                retry_after_s=_seconds(headers.get("Retry-After", "")),
            )
        if status in (408, 504):
            return base.TranscriptionTimeout(
                "The transcription service did not answer in time.", said=said
            )
        if status in (404, 405, 501):
            return base.TranscriptionNotOffered(
                f"The server that was set for transcription does not offer it ({status}). "
                "Set TRANSCRIPTION_BASE_URL and TRANSCRIPTION_MODEL for one that does.",
                said=said,
            )
        if status >= 500:
            return base.TranscriptionUnreachable(
                f"The transcription service failed ({status}).", said=said
            )
        return base.TranscriptionRefused(
            f"The transcription service refused the recording ({status}).", said=said
        )

    def _without_key(self, text: str) -> str:
        """A service that quotes the key in its complaint must not have us pass it on."""
        if len(self.api_key) < _SHORTEST_SECRET:
            return text
        return text.replace(self.api_key, "[key]")


def _text(content: bytes) -> str:
    body = _json(content)
    text = body.get("text") if isinstance(body, dict) else None
    if not isinstance(text, str):
        raise base.TranscriptionBadReply(
            "The transcription service's answer is not what we know.",
            said=_short(content[:200].decode(errors="replace")),
        )
    plain = text.replace("\0", "").encode(errors="ignore").decode()
    return " ".join(plain.split())


def _words(content: bytes) -> str:
    """The service's own words, from any of the shapes that such servers complain in."""
    body = _json(content)
    if isinstance(body, dict):
        said = body.get("error") or body.get("detail") or body.get("message") or body
        if isinstance(said, dict):
            said = said.get("message") or said
        return _short(said if isinstance(said, str) else json.dumps(said))
    return _short(content.decode(errors="replace"))


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _seconds(header: str) -> float | None:
    """The header holds seconds; a date is rare, and then the caller guesses as well as we."""
    return float(header) if header.replace(".", "", 1).isdecimal() else None


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MAX_SAID_CHARS else text[: _MAX_SAID_CHARS - 1] + "…"
