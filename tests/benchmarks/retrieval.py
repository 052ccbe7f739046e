"""How long a question takes to look up, and how often the answer is found.

    python -m tests.benchmarks.retrieval [passages]

SQLite in a temporary folder, or the database that DATABASE_URL names (it is filled). One
persona has the passages, of made-up words as common as words are; four others have as many
together. Vectors have 1536 numbers, as those of a common service; a service on this
machine gives them at once, so its time is only what we add to it. Recall is measured on
the questions that ship with the tests; their vectors are hashed letters, not a trained
model's.
"""

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from typing import Any

RUNS = 100
WORDS_PER_PASSAGE = 160
VOCABULARY = 20_000
GRAMMAR_WORDS = 50
DIMENSIONS = 1536


def main(count: int) -> None:
    from django.core.management import call_command

    from tests.benchmarks.machine import machine

    call_command("migrate", interactive=False, verbosity=0)
    persona = _fill("Many", count)
    for name in ("A", "B", "C", "D"):
        _fill(name, count // 4)
    _analyze()
    print(machine())
    print(f"{count} passages; milliseconds, {RUNS} runs each      p50    p95")
    asyncio.run(_time(persona))
    asyncio.run(_recall())


async def _time(persona: Any) -> None:
    from asgiref.sync import sync_to_async
    from django.conf import settings

    from personas.knowledge import fulltext, vectors
    from personas.knowledge.finding import look_up

    questions = _questions()
    await _print(
        "by words", lambda q: sync_to_async(fulltext.search)(persona, q, 20), questions
    )
    await _print("looked up", lambda q: look_up(persona, q), questions)
    async with _service() as base_url:
        settings.EMBEDDINGS_BASE_URL = base_url
        settings.EMBEDDINGS_MODEL = "made-up"
        settings.EMBEDDINGS_MIN_SIMILARITY = -1.0
        vector = [1.0] * DIMENSIONS
        nearest = sync_to_async(vectors.nearest)
        first_ms = await _milliseconds(nearest(persona, "made-up", vector, 20))
        print(f"{'vectors, the first time':<44}{first_ms:7.1f}")
        await _print(
            "vectors, then",
            lambda q: nearest(persona, "made-up", vector, 20),
            questions,
        )
        await _print("looked up by both", lambda q: look_up(persona, q), questions)
    settings.EMBEDDINGS_MODEL = ""


async def _recall() -> None:
    from asgiref.sync import sync_to_async
    from django.conf import settings

    from personas.knowledge import vectors
    from personas.models import Persona
    from tests.personas.knowledge import recall
    from tests.personas.knowledge.embedding_server import embedding_server
    from tests.personas.knowledge.shelves import fill

    iris = await Persona.objects.acreate(name="Iris")
    await sync_to_async(fill)(iris)
    print(f"by words:            {await recall.measure(iris)}")
    async with embedding_server() as server:
        settings.EMBEDDINGS_BASE_URL = server.base_url
        settings.EMBEDDINGS_MODEL = "letters"
        settings.EMBEDDINGS_MIN_SIMILARITY = 0.25
        settings.EMBEDDINGS_TIMEOUT_S = 5.0
        while await sync_to_async(vectors.make_some)():
            pass
        print(f"by words and letters: {await recall.measure(iris)}")


def _analyze() -> None:
    """What PostgreSQL does by itself within a minute of so many changes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _service() -> Any:
    """A vector for anything, at once."""
    from contextlib import asynccontextmanager

    from aiohttp import web

    async def answer(request: web.Request) -> web.Response:
        row = {"index": 0, "embedding": [0.1] * DIMENSIONS}
        return web.json_response({"data": [row]})

    @asynccontextmanager
    async def running() -> Any:
        app = web.Application()
        app.router.add_post("/v1/embeddings", answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        await runner.cleanup()

    return running()


def _fill(name: str, count: int) -> Any:
    import numpy as np

    from personas.knowledge.terms import index_terms
    from personas.models import Document, Passage, Persona

    chance = random.Random(name)  # noqa: S311
    persona = Persona.objects.create(name=name)
    document = Document.objects.create(
        persona=persona, kind="txt", file_name="x.txt", size_bytes=1, sha256=name
    )
    numbers = np.random.default_rng(len(name))
    passages = []
    for position in range(count):
        text = " ".join(_words(chance, WORDS_PER_PASSAGE))
        vector = numbers.standard_normal(DIMENSIONS, dtype="<f4")
        passages.append(
            Passage(
                persona=persona,
                document=document,
                position=position,
                text=text,
                text_terms=index_terms(text),
                vector=(vector / np.linalg.norm(vector)).tobytes(),
                vector_model="made-up",
            )
        )
    Passage.objects.bulk_create(passages, batch_size=200)
    return persona


def _words(chance: random.Random, count: int, *, beyond: int = 0) -> list[str]:
    """As common as words are: the second half as often as the first, and so on."""
    words: list[str] = []
    while len(words) < count:
        rank = int(VOCABULARY ** chance.random())
        if rank > beyond:
            words.append(_word(rank))
    return words


def _word(rank: int) -> str:
    syllables = ["ka", "lo", "mi", "tu", "re", "sa", "ne", "po", "di", "vu"]
    return "".join(syllables[int(digit)] for digit in f"{rank:04d}")


def _questions() -> list[str]:
    """Five telling words each; the commonest are words of grammar, and are not asked for."""
    chance = random.Random(7)  # noqa: S311
    return [" ".join(_words(chance, 5, beyond=GRAMMAR_WORDS)) for _ in range(RUNS)]


async def _print(
    what: str, ask: Callable[[str], Awaitable[Any]], questions: list[str]
) -> None:
    from tests.benchmarks.machine import p95

    await ask(questions[0])
    times = [await _milliseconds(ask(question)) for question in questions]
    print(f"{what:<44}{statistics.median(times):7.1f}{p95(times):7.1f}")


async def _milliseconds(work: Awaitable[Any]) -> float:
    began_s = time.perf_counter()
    await work
    return (time.perf_counter() - began_s) * 1000


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["STATE_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        os.environ.setdefault("LOG_LEVEL", "ERROR")
        import django

        django.setup()
        main(int(sys.argv[1]) if sys.argv[1:] else 2_000)
