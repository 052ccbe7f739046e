"""A second model for when the first one fails."""

import asyncio

import pytest

from chat.minds import describe_mind, mind_for
from chat.minds.base import Message, ModelUnreachable
from personas.models import Persona
from tests.chat.model_server import (
    answers,
    model_server,
    only_pings,
    says,
    says_then_breaks,
)

ASKED = [Message("user", "Who are you?")]


@pytest.fixture
async def servers(settings):
    async with model_server() as first, model_server() as second:
        settings.OPENAI_BASE_URL = first.base_url
        settings.OPENAI_API_KEY = "sk-first"
        settings.OPENAI_MODEL = "first"
        settings.OPENAI_FALLBACK_MODEL = "second"
        settings.OPENAI_FALLBACK_BASE_URL = second.base_url
        settings.OPENAI_FALLBACK_AFTER_S = 0.5
        second.will(says("Second here."))
        yield first, second


async def heard(persona):
    return "".join([delta async for delta in mind_for(persona).reply(ASKED)])


async def test_the_first_answers_while_it_can(servers):
    first, second = servers
    first.will(says("First here."))

    assert await heard(Persona(name="Anna")) == "First here."
    assert second.bodies == []


@pytest.mark.parametrize(
    "behaviour",
    [
        answers(401, {"error": {"message": "Bad key"}}),
        answers(429, {"error": {"message": "Slow down"}}),
        answers(500, "broken"),
        only_pings,
        says(""),
    ],
    ids=["unauthorized", "rate_limited", "broken", "never_begins", "empty"],
)
async def test_the_second_answers_when_the_first_fails(servers, behaviour):
    first, second = servers
    first.will(behaviour)

    assert await heard(Persona(name="Anna", temperature=0.2)) == "Second here."
    assert second.bodies[0]["model"] == "second"
    assert second.bodies[0]["temperature"] == 0.2


async def test_the_first_servers_key_goes_to_no_other_server(servers):
    first, second = servers
    first.will(answers(500, "broken"))

    await heard(Persona(name="Anna"))

    assert "sk-first" not in str(second.headers)


async def test_on_the_same_server_the_same_key_counts(servers, settings):
    first, _ = servers
    settings.OPENAI_FALLBACK_BASE_URL = ""
    first.will(answers(404, {"error": {"message": "No such model"}}), says("Second."))

    assert await heard(Persona(name="Anna")) == "Second."
    assert [body["model"] for body in first.bodies] == ["first", "second"]
    assert first.headers[1]["Authorization"] == "Bearer sk-first"


async def test_what_has_begun_is_not_begun_again(servers):
    first, second = servers
    first.will(says_then_breaks("I am"))

    with pytest.raises(ModelUnreachable):
        await heard(Persona(name="Anna"))
    assert second.bodies == []


async def test_who_stops_listening_leaves_the_first_one_in_peace(servers):
    first, second = servers
    first.will(only_pings)
    reading = asyncio.create_task(heard(Persona(name="Anna")))
    async with asyncio.timeout(5):
        await first.asked.wait()

    reading.cancel()
    await asyncio.wait([reading])

    async with asyncio.timeout(5):
        await first.left_early.wait()
    assert second.bodies == []


async def test_a_persona_may_have_a_model_of_its_own(servers):
    first, _ = servers
    first.will(says("Hi."))
    persona = Persona(name="Anna", mind_model="tiny")

    await heard(persona)

    assert first.bodies[0]["model"] == "tiny"
    assert describe_mind(persona).name == "tiny"
