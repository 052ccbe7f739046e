"""Text as vectors, by an OpenAI-compatible service. Nothing of its wire leaves this module.

Calls are synchronous, for threads: one client with open connections serves all of them,
whatever event loop they come from. A call has one deadline for all of its parts, so that
no service can hold somebody up who waits to be answered, however it fails.
"""

import asyncio
import json
import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
from django.conf import settings

logger = logging.getLogger(__name__)

DEFAULT_BASE_URL = "https://api.openai.com/v1"

#: How long a service that failed is left alone by those who cannot wait.
REST_S = 30.0
_KEEP_OPEN_S = 300.0
_MAX_DIMENSIONS = 8192
_MAX_BYTES_PER_TEXT = 32 * _MAX_DIMENSIONS
#: About what every model takes; of a longer text the beginning stands for it.
_MAX_TEXT_CHARS = 6_000


class EmbeddingFailed(Exception):
    """The service gave no vectors; the message says why, without anybody's text."""


@dataclass(frozen=True, slots=True)
class Service:
    """Where, and with which model."""

    base_url: str
    api_key: str
    model: str

    def embed(self, texts: Sequence[str], *, timeout_s: float) -> list[list[float]]:
        """One vector for each text, all of one size. Raises `EmbeddingFailed`."""
        deadline_s = time.monotonic() + timeout_s
        body = {
            "model": self.model,
            "input": [text[:_MAX_TEXT_CHARS] for text in texts],
        }
        try:
            answer = self._ask(body, deadline_s, len(texts) * _MAX_BYTES_PER_TEXT)
        except httpx.TimeoutException as exc:
            raise EmbeddingFailed("It did not answer in time.") from exc
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            raise EmbeddingFailed(
                f"It cannot be reached ({type(exc).__name__})."
            ) from exc
        return _vectors(answer, len(texts))

    def _ask(self, body: dict[str, Any], deadline_s: float, max_bytes: int) -> bytes:
        url = f"{(self.base_url or DEFAULT_BASE_URL).rstrip('/')}/embeddings"
        headers = {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}
        received = bytearray()
        with _client().stream(
            "POST", url, json=body, headers=headers, timeout=_left_s(deadline_s)
        ) as response:
            for part in response.iter_bytes():
                received += part
                _left_s(deadline_s)
                if len(received) > max_bytes:
                    raise EmbeddingFailed("Its answer does not end.")
        if response.status_code != 200:
            raise EmbeddingFailed(f"It answered with status {response.status_code}.")
        return bytes(received)


def service() -> Service | None:
    """The service that is set up, if one is."""
    if not settings.EMBEDDINGS_MODEL:
        return None
    return Service(
        base_url=settings.EMBEDDINGS_BASE_URL,
        api_key=settings.EMBEDDINGS_API_KEY,
        model=settings.EMBEDDINGS_MODEL,
    )


# For those who cannot wait -----------------------------------------------------------------


class _Rest:
    """A service that fails is left alone for a while, and that is logged once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until_s: dict[Service, float] = {}

    def is_due(self, asked: Service) -> bool:
        with self._lock:
            return time.monotonic() < self._until_s.get(asked, 0.0)

    def note(self, asked: Service, problem: str) -> None:
        with self._lock:
            known = asked in self._until_s
            if problem:
                self._until_s[asked] = time.monotonic() + REST_S
            else:
                self._until_s.pop(asked, None)
        if problem and not known:
            logger.warning(
                "The embedding service failed; documents are searched by words alone "
                "until it answers again: %s",
                problem,
            )

    def forget(self) -> None:
        with self._lock:
            self._until_s.clear()


resting = _Rest()


async def embed_question(asked: Service, question: str) -> list[float] | None:
    """The question's vector, or None when there is none within `EMBEDDINGS_TIMEOUT_S`.

    After a failure the service is not asked again for `REST_S`: one visitor in a while
    waits in vain, and not each of them at each question.
    """
    if resting.is_due(asked):
        return None
    timeout_s = settings.EMBEDDINGS_TIMEOUT_S
    try:
        async with asyncio.timeout(timeout_s):  # names are looked up without a deadline
            made = await asyncio.to_thread(asked.embed, [question], timeout_s=timeout_s)
    except (EmbeddingFailed, TimeoutError) as exc:
        resting.note(asked, str(exc) or "It did not answer in time.")
        return None
    resting.note(asked, "")
    return made[0]


# The wire ----------------------------------------------------------------------------------


@cache
def _client() -> httpx.Client:
    """Its connections stay open from one question to the next: opening one takes longest."""
    return httpx.Client(limits=httpx.Limits(keepalive_expiry=_KEEP_OPEN_S))


def _left_s(deadline_s: float) -> float:
    left_s = deadline_s - time.monotonic()
    if left_s <= 0:
        raise EmbeddingFailed("It did not answer in time.")
    return left_s


def _vectors(answer: bytes, count: int) -> list[list[float]]:
    try:
        rows = sorted(json.loads(answer)["data"], key=lambda row: int(row["index"]))
        vectors = [[float(number) for number in row["embedding"]] for row in rows]
    except (ValueError, KeyError, TypeError, RecursionError) as exc:
        raise EmbeddingFailed("Its answer is not what we know.") from exc
    sizes = {len(vector) for vector in vectors}
    if (
        len(vectors) != count
        or len(sizes) != 1
        or not 0 < sizes.pop() <= _MAX_DIMENSIONS
    ):
        raise EmbeddingFailed("Its answer has not one vector for each text.")
    return vectors
