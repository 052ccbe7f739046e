"""Meaning beside words: with a service that answers, and with one that does not."""

import asyncio
import logging
import math
from collections.abc import AsyncIterator

import pytest
from asgiref.sync import sync_to_async

from personas.knowledge import embeddings, filing, vectors
from personas.knowledge.embeddings import EmbeddingFailed, Service
from personas.knowledge.finding import find
from personas.models import Passage, Persona
from tests import rude_server
from tests.personas.knowledge.embedding_server import EmbeddingServer, embedding_server
from tests.personas.knowledge.shelves import add_and_read, read_here
from tests.rude_server import RudeServer

GARTEN = """## Zeiten

Die Öffnungszeiten hängen am Tor.

## Wasser

Der Schlauch liegt im Schuppen.
""".encode()

#: Shares no beginning of a word with the text, only the inside of one.
QUESTION = "Zeitentafel Gartenöffnung?"


@pytest.fixture(autouse=True)
def _well_rested() -> None:
    embeddings.resting.forget()


@pytest.fixture
async def server(settings) -> AsyncIterator[EmbeddingServer]:
    async with embedding_server() as running:
        settings.EMBEDDINGS_BASE_URL = running.base_url
        settings.EMBEDDINGS_API_KEY = "sk-embeddings"
        settings.EMBEDDINGS_MODEL = "letters"
        settings.EMBEDDINGS_TIMEOUT_S = 5.0
        settings.EMBEDDINGS_MIN_SIMILARITY = 0.1
        yield running


@pytest.fixture
async def rude(settings) -> AsyncIterator[RudeServer]:
    async with rude_server.rude_server() as running:
        settings.EMBEDDINGS_BASE_URL = running.url
        settings.EMBEDDINGS_MODEL = "rude"
        settings.EMBEDDINGS_TIMEOUT_S = 0.2
        yield running


@pytest.fixture
def garten(transactional_db: None, iris: Persona) -> Persona:
    add_and_read(iris, "garten.md", GARTEN)
    iris.change(language="de")
    return iris


async def made() -> int:
    return await sync_to_async(vectors.make_some)()


async def found(persona: Persona, question: str = QUESTION) -> list[str]:
    return [hit.passage.heading for hit in await find(persona, question, 5)]


# With a service -----------------------------------------------------------------------------


async def test_a_passage_is_found_by_what_words_alone_miss(server, garten):
    assert await found(garten) == []

    assert await made() == 2
    assert await made() == 0

    assert (await found(garten))[0] == "Zeiten"


async def test_the_service_is_asked_as_its_makers_say(server, garten):
    await made()
    await found(garten)

    passages, question = server.bodies
    assert passages["model"] == question["model"] == "letters"
    assert passages["input"][0] == "garten. Zeiten\nDie Öffnungszeiten hängen am Tor."
    assert question["input"] == [QUESTION]
    assert server.keys == ["Bearer sk-embeddings"] * 2


async def test_vectors_are_kept_as_floats_of_length_one(server, garten):
    await made()

    passage = await Passage.objects.afirst()
    assert passage is not None
    assert passage.vector_model == "letters"
    numbers = memoryview(bytes(passage.vector)).cast("f")
    assert math.isclose(math.hypot(*numbers), 1.0, rel_tol=1e-5)


async def test_a_question_that_says_nothing_is_not_sent(server, garten):
    await made()

    assert await found(garten, "Und was ist das?") == []
    assert len(server.bodies) == 1


async def test_a_persona_without_vectors_asks_nobody(server, garten):
    assert await found(garten, "Wasser") == ["Wasser"]
    assert server.bodies == []


async def test_reading_again_or_another_model_makes_them_anew(server, garten, settings):
    await made()
    assert (await found(garten))[0] == "Zeiten"

    document = await garten.documents.afirst()
    await sync_to_async(filing.read)(document.pk, read_here)
    assert await found(garten) == []
    assert await made() == 2
    assert (await found(garten))[0] == "Zeiten"

    settings.EMBEDDINGS_MODEL = "other"
    assert await found(garten) == []
    assert await made() == 2
    assert (await found(garten))[0] == "Zeiten"


async def test_what_is_too_far_from_the_question_is_not_found(server, garten, settings):
    settings.EMBEDDINGS_MIN_SIMILARITY = 0.99
    await made()

    assert await found(garten) == []


# With one that fails ------------------------------------------------------------------------

GOOD = {"data": [{"index": 0, "embedding": [1.0, 0.0]}]}


@pytest.mark.parametrize(
    "behaviour",
    [
        rude_server.says_nothing,
        rude_server.hangs_up,
        rude_server.stops_in_the_middle,
        rude_server.never_ends,
        rude_server.drips,
        rude_server.answers("no JSON"),
        rude_server.answers({"error": {"message": "sk-secret"}}, status=401),
        rude_server.answers(GOOD, status=500),
        rude_server.answers({"data": []}),
        rude_server.answers({"data": [{"index": 0, "embedding": []}]}),
        rude_server.answers({"data": [{"index": 0, "embedding": ["x"]}]}),
        rude_server.answers({"data": [{"index": 0, "embedding": [1.0] * 9000}]}),
        rude_server.answers({"data": {"index": 0}}),
        rude_server.answers("[" * 100_000),
        rude_server.answers({}, status=302, Location="http://127.0.0.1:9/"),
    ],
    ids=[
        "silent", "hangs up", "stops", "never ends", "drips", "no json", "no key",
        "broken", "none", "empty", "words", "endless", "no list", "deep", "elsewhere",
    ],
)  # fmt: skip
async def test_words_alone_answer_when_the_service_fails(
    rude, garten, behaviour, caplog
):
    await Passage.objects.aupdate(vector=b"\0\0\x80?\0\0\0\0", vector_model="rude")
    rude.will(behaviour)

    with caplog.at_level(logging.WARNING, "personas"):
        assert await found(garten, "Wasser") == ["Wasser"]
        assert await found(garten, "Wasser") == ["Wasser"]

    assert len(rude.asked) == 1  # and the second question did not wait for it
    (line,) = caplog.messages
    assert "searched by words alone" in line
    assert "sk-secret" not in caplog.text
    assert "Wasser" not in caplog.text


async def test_a_service_that_is_not_there_is_no_error(garten, settings):
    settings.EMBEDDINGS_MODEL = "gone"
    settings.EMBEDDINGS_BASE_URL = "http://127.0.0.1:9/v1"
    await Passage.objects.aupdate(vector=b"\0\0\x80?", vector_model="gone")

    assert await found(garten, "Wasser") == ["Wasser"]


async def test_after_its_rest_the_service_is_asked_again(rude, garten, caplog):
    await Passage.objects.aupdate(vector=b"\0\0\x80?\0\0\0\0", vector_model="rude")
    rude.will(rude_server.hangs_up, rude_server.answers(GOOD))
    await found(garten, "Wasser")

    embeddings.resting.forget()
    await found(garten, "Wasser")

    assert len(rude.asked) == 2


@pytest.mark.parametrize(
    "data",
    [b"\0\0\x80?", b"\0\0\xc0\x7f\0\0\xc0\x7f", b""],
    ids=["other size", "not a number", "nothing"],
)
async def test_vectors_that_do_not_fit_the_question_are_passed_over(rude, garten, data):
    await Passage.objects.aupdate(vector=data, vector_model="rude")
    rude.will(rude_server.answers(GOOD))

    assert await found(garten, "Wasser") == ["Wasser"]


async def test_a_failed_batch_is_left_for_later(rude, garten, caplog):
    rude.will(rude_server.answers({}, status=500))

    assert await made() == 0
    assert not await Passage.objects.exclude(vector_model="").aexists()
    assert "status 500" in caplog.text


async def test_the_deadline_holds_for_the_whole_answer(rude):
    rude.will(rude_server.drips)
    asked = Service(base_url=rude.url, api_key="", model="m")

    with pytest.raises(EmbeddingFailed, match="in time"):
        await asyncio.to_thread(asked.embed, ["text"], timeout_s=0.1)
    assert "authorization" not in rude.asked[0][2]
