"""Voices of a speech service that speaks OpenAI's `/v1/audio/speech`."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
import numpy as np

from streaming.engine.speech.estimates import estimated_words
from streaming.engine.speech.lips import lips_from_sound
from streaming.engine.speech.reading import legible
from streaming.engine.speech.received import NotSpeech, Received, spoken_sound
from streaming.engine.speech.synthesis import Delivery, Speech
from streaming.engine.speech.voices import Voice

_PCM_RATE_HZ: Final = 24_000  # what "pcm" means there
_MAX_BYTES: Final = 16_000_000
_REST_S: Final = 30.0
_LONG_REST_S: Final = 300.0  # until somebody has mended a key or paid a bill
_SLOWEST, _FASTEST = 0.25, 4.0


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """Where the service is. `url` ends before `/audio/speech`."""

    url: str
    model: str
    timeout_s: float
    voices: tuple[Voice, ...] = ()
    key: str = field(default="", repr=False)


class ServiceFailed(Exception):
    """The service did not give us speech. The message says why, without any text.

    `rest_s` is how long it should be left alone; 0 when another text may well do.
    """

    def __init__(self, why: str, rest_s: float = _REST_S) -> None:
        super().__init__(why)
        self.rest_s = rest_s


class SpeechService:
    """Asks the service for one piece of speech at a time. Close it in the end."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="lips")
        self._http: aiohttp.ClientSession | None = None

    async def say(self, text: str, voice: Voice, delivery: Delivery) -> Speech:
        """`text` as speech, with words timed by a guess. Raises `ServiceFailed`."""
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                received = await self._fetch(text, voice, delivery)
        except TimeoutError as exc:
            raise ServiceFailed("timeout") from exc
        except aiohttp.ClientError as exc:
            raise ServiceFailed(type(exc).__name__) from exc
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(
                self._thread, _as_speech, received, text, voice, delivery
            )
        except NotSpeech as exc:
            raise ServiceFailed(str(exc)) from exc

    async def close(self) -> None:
        """Let go of everything. Closing twice is harmless."""
        self._thread.shutdown(wait=True, cancel_futures=True)
        if self._http is not None:
            await self._http.close()

    async def _fetch(self, text: str, voice: Voice, delivery: Delivery) -> Received:
        asked: dict[str, Any] = {
            "model": self._settings.model,
            "input": legible(text),
            "voice": voice.served,
            "response_format": "pcm",
        }
        if delivery.rate != 1.0:
            asked["speed"] = round(min(_FASTEST, max(_SLOWEST, delivery.rate)), 2)
        # A redirect would carry the text, and perhaps the key, to somebody else.
        async with self._client().post(
            f"{self._settings.url}/audio/speech", json=asked, allow_redirects=False
        ) as reply:
            if reply.status != 200:
                raise _refusal(reply)
            body = bytearray()
            async for chunk in reply.content.iter_any():
                body += chunk
                if len(body) > _MAX_BYTES:
                    raise ServiceFailed("too much sound")
            rate_hz = _rate_hz(reply.headers.get("Content-Type", ""))
            return Received(bytes(body), reply.content_type, rate_hz)

    def _client(self) -> aiohttp.ClientSession:
        # Made late, since it belongs to the loop that is running.
        if self._http is None:
            key = self._settings.key
            self._http = aiohttp.ClientSession(
                headers={"Authorization": f"Bearer {key}"} if key else None,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),  # `say` counts
            )
        return self._http


def _refusal(reply: aiohttp.ClientResponse) -> ServiceFailed:
    why = f"status {reply.status}"
    if reply.status in (401, 402, 403):
        return ServiceFailed(why, _LONG_REST_S)
    if reply.status in (400, 404, 413, 422):
        return ServiceFailed(why, 0.0)  # this text or voice; it was quick to say so
    asked_for = reply.headers.get("Retry-After", "")
    if asked_for.isascii() and asked_for.isdigit():
        return ServiceFailed(why, min(float(asked_for), _LONG_REST_S))
    return ServiceFailed(why)


def _rate_hz(kind: str) -> int:
    """Of "audio/pcm;rate=24000"."""
    rate = kind.lower().replace(" ", "").partition(";rate=")[2].partition(";")[0]
    is_usual = rate.isascii() and rate.isdigit() and 8000 <= int(rate) <= 96_000
    return int(rate) if is_usual else _PCM_RATE_HZ


def _as_speech(
    received: Received, text: str, voice: Voice, delivery: Delivery
) -> Speech:
    """In a thread. Raises `NotSpeech`."""
    pcm = spoken_sound(received, chars=len(text))
    if delivery.volume != 100:
        louder = pcm.astype(np.float32) * (delivery.volume / 100)
        pcm = np.clip(louder, -32768, 32767).astype(np.int16)
    return Speech(
        pcm=pcm,
        lips=tuple(lips_from_sound(pcm)),
        words=estimated_words(text, voice.language, pcm),
    )
