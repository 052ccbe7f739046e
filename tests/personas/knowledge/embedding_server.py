"""An OpenAI-compatible embedding service on a real port.

Its model is honest and simple: the letters of a text in groups of three to five, hashed
into a vector. So forms of a word and parts of a compound come close to each other, and
nothing else that a trained model would know does.
"""

import math
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from personas.knowledge.terms import fold

DIMENSIONS = 1024


def embed(text: str) -> list[float]:
    numbers = [0.0] * DIMENSIONS
    for word in "".join(c if c.isalnum() else " " for c in fold(text)).split():
        padded = f"_{word}_"
        for size in (2, 3, 4, 5):
            for at in range(len(padded) - size + 1):
                place = zlib.crc32(padded[at : at + size].encode())
                numbers[place % DIMENSIONS] += 1.0 if place >> 31 else -1.0
    return [math.copysign(math.sqrt(abs(number)), number) for number in numbers]


@dataclass
class EmbeddingServer:
    base_url: str = ""
    #: What was asked: the bodies and the keys.
    bodies: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.bodies.append(body)
        self.keys.append(request.headers.get("Authorization", ""))
        rows = [
            {"object": "embedding", "index": at, "embedding": embed(text)}
            for at, text in enumerate(body["input"])
        ]
        rows.reverse()  # the index says which is whose, and not the order
        return web.json_response({"object": "list", "data": rows})


@asynccontextmanager
async def embedding_server() -> AsyncIterator[EmbeddingServer]:
    server = EmbeddingServer()
    app = web.Application()
    app.router.add_post("/v1/embeddings", server.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield server
    finally:
        await runner.cleanup()
