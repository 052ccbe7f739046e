"""The documented chat endpoints."""

import asyncio
import uuid

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from chat.models import Turn
from personas.models import make_current
from streaming import services
from tests.chat.model_server import answers, says, says_then_breaks, says_then_hangs
from tests.conftest import client_of

pytestmark = pytest.mark.usefixtures("anna")


@pytest.fixture
def post(api):
    """Call the API as Alice's programs do: from a thread, over the whole stack."""

    def call(path, body=None, client=api):
        try:
            return client.post(path, body if body is not None else {}, format="json")
        finally:
            connection.close()  # the thread's own, which would outlive the test

    return sync_to_async(call, thread_sensitive=False)


TEXT = "/persona/heygen/text"


# Text ---------------------------------------------------------------------------------


async def test_a_text_is_repeated(live, post):
    session_id = str(live.session.pk)

    reply = await post(TEXT, {"session_id": session_id, "text": "Good morning."})

    body = reply.json()
    assert reply.status_code == 200
    assert body["success"] is True
    assert body["message"] == "Text sent successfully"
    assert body["data"] == {
        "session_id": session_id,
        "turn": 1,
        "text": "Good morning.",
        "interrupted": False,
    }
    assert 0.3 < body["speaking_duration"] < 5
    assert "ai_response" not in body
    assert await live.viewer.heard()


async def test_an_answer_is_generated_when_asked_for(live, post, model):
    model.will(says("Hello. I am Anna."))

    reply = await post(
        TEXT,
        {
            "session_id": str(live.session.pk),
            "text": "Who are you?",
            "generate_ai_response": True,
        },
    )

    assert reply.json()["ai_response"] == "Hello. I am Anna."
    assert reply.json()["speaking_duration"] > 0.5
    assert model.bodies[0]["messages"][-1]["content"] == "Who are you?"


async def test_the_first_sentence_is_spoken_before_the_answer_is_complete(
    live, post, model, join, alice
):
    socket = await join(live.session, alice)
    model.will(says_then_hangs("One sentence. Another"))
    body = {
        "session_id": str(live.session.pk),
        "text": "Go",
        "generate_ai_response": True,
    }

    calling = asyncio.create_task(post(TEXT, body))
    await socket.until("chat.sentence")
    assert not calling.done()

    await services.interrupt(live.session)
    async with asyncio.timeout(5):
        reply = await calling
    assert "One sentence.".startswith(reply.json()["ai_response"])  # as far as heard
    assert reply.json()["data"]["interrupted"] is True


async def test_a_long_text_is_cut_at_sentences_and_said_in_full(
    live, post, join, alice
):
    text = "This sentence has exactly forty characters. " * 30
    socket = await join(live.session, alice)

    reply = await post(TEXT, {"session_id": str(live.session.pk), "text": text})
    await socket.until("turn.finished")

    parts = [s["text"] for s in socket.seen("chat.sentence")]
    assert len(parts) == 2
    assert all(len(part) <= 1000 and part.endswith(".") for part in parts)
    assert " ".join(parts) == reply.json()["data"]["text"] == text.strip()


BAD_BODIES = [
    ({}, "session_id: "),
    ({"session_id": "x", "text": "Hi"}, "session_id: "),
    ({"session_id": str(uuid.uuid4())}, "text: "),
    ({"session_id": str(uuid.uuid4()), "text": ""}, "text: "),
    ({"session_id": str(uuid.uuid4()), "text": 5}, "text: "),
    ({"session_id": str(uuid.uuid4()), "text": None}, "text: "),
    ({"session_id": str(uuid.uuid4()), "text": "x" * 4001}, "text: "),
    ({"session_id": str(uuid.uuid4()), "text": "a\x00b"}, "text: "),
]


@pytest.mark.parametrize(("body", "start"), BAD_BODIES)
def test_bad_input_names_its_field(api, body, start):
    reply = api.post(TEXT, body, format="json")

    assert reply.status_code == 400
    assert reply.json()["code"] == "invalid"
    assert reply.json()["message"].startswith(start)


@pytest.mark.parametrize("value", ["true", 1, 0, "yes", None, []])
def test_whether_to_answer_is_true_or_false_and_nothing_else(api, value):
    body = {
        "session_id": str(uuid.uuid4()),
        "text": "Hi",
        "generate_ai_response": value,
    }

    reply = api.post(TEXT, body, format="json")

    assert reply.status_code == 400
    assert reply.json()["message"].startswith("generate_ai_response: ")


async def test_another_users_session_is_not_found(live, post, bob):
    body = {"session_id": str(live.session.pk), "text": "Hi"}

    reply = await post(TEXT, body, client_of(bob))

    assert reply.status_code == 404
    assert reply.json()["code"] == "session_not_found"


async def test_staff_do_not_speak_for_a_viewer(live, post, carol):
    body = {"session_id": str(live.session.pk), "text": "Hi"}

    reply = await post(TEXT, body, client_of(carol))

    assert reply.status_code == 403
    assert reply.json()["code"] == "not_the_viewer"
    assert not await Turn.objects.aexists()


async def test_a_model_that_fails_is_a_clear_error(live, post, model):
    model.will(says_then_breaks("This is fine. This is"))
    body = {
        "session_id": str(live.session.pk),
        "text": "Go",
        "generate_ai_response": True,
    }

    reply = await post(TEXT, body)

    assert reply.status_code == 502
    assert reply.json()["success"] is False
    assert reply.json()["code"] == "model_unreachable"


# OpenAI -------------------------------------------------------------------------------


def test_init_says_plainly_that_no_model_answers(api):
    reply = api.post("/openai")

    body = reply.json()
    assert body["success"] is True
    assert body["message"] == "AI service initialized successfully"
    assert "offline responder" in body["text"]
    assert "OPENAI_API_KEY" in body["text"]
    assert "OPENAI_BASE_URL" in body["text"]


def test_init_names_the_model_that_answers(api, settings):
    settings.OPENAI_API_KEY, settings.OPENAI_MODEL = "sk-x", "some-model"

    text = api.post("/openai").json()["text"]

    assert "some-model" in text
    assert "offline" not in text
    assert "sk-x" not in text


def test_without_a_model_the_personas_facts_complete(api):
    reply = api.post("/openai/complete", {"prompt": "Who are you?"}, format="json")

    assert reply.json() == {
        "success": True,
        "message": "AI response generated successfully",
        "text": "I am Anna, guide.",
    }


@pytest.mark.django_db(transaction=True)
async def test_the_current_persona_answers(post, model, alice, anna):
    other = await sync_to_async(anna.copy_for)(alice)
    other.name = "Otto"
    await other.asave()
    await sync_to_async(make_current)(alice, other)
    model.will(says("Hi,\n\nI am *Otto*."))

    reply = await post("/openai/complete", {"prompt": "Who?"})

    assert reply.json()["text"] == "Hi,\n\nI am *Otto*."
    assert "Otto" in model.bodies[0]["messages"][0]["content"]


FAILURES = [
    (answers(401, {"error": {"message": "Bad key"}}), 502, "model_unauthorized"),
    (
        answers(429, {"error": {"message": "Slow"}}, Retry_After="9"),
        429,
        "model_rate_limited",
    ),
    (answers(404, {"error": {"message": "No such model"}}), 502, "model_refused"),
    (answers(500, {"error": {"message": "Broken"}}), 502, "model_unreachable"),
    (answers(200, "<html>"), 502, "model_bad_reply"),
    (says("Late", first_s=30), 504, "model_timeout"),
]


@pytest.mark.parametrize(
    ("behaviour", "status", "code"), FAILURES, ids=[code for _, _, code in FAILURES]
)
@pytest.mark.django_db(transaction=True)
async def test_model_errors_are_clear_answers(
    post, model, settings, behaviour, status, code
):
    settings.OPENAI_TIMEOUT_S = 0.5
    model.will(behaviour)

    reply = await post("/openai/complete", {"prompt": "Hi"})

    body = reply.json()
    assert (reply.status_code, body["code"]) == (status, code)
    assert body["success"] is False
    assert set(body) >= {"message", "error"}
    if status == 429:
        assert reply.headers["Retry-After"] == "9"
        assert body["upstream"]["message"] == "Slow"


@pytest.mark.parametrize(
    "body", [{}, {"prompt": ""}, {"prompt": 3}, {"prompt": "x" * 4001}, []]
)
def test_a_bad_prompt_is_explained(api, body):
    reply = api.post("/openai/complete", body, format="json")

    assert reply.status_code == 400
    assert reply.json()["code"] == "invalid"


@pytest.mark.parametrize("path", [TEXT, "/openai", "/openai/complete"])
def test_strangers_are_not_served(db, path):
    reply = client_of(None).post(path, {}, format="json")

    assert reply.status_code == 401
    assert reply.json()["success"] is False
