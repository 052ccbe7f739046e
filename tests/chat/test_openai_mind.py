"""The OpenAI-compatible mind against real servers that behave well and badly."""

import asyncio
import json
import time
from contextlib import aclosing
from email.utils import formatdate

import pytest

from chat.minds import openai as openai_mind
from chat.minds.base import (
    Message,
    ModelBadReply,
    ModelError,
    ModelRateLimited,
    ModelRefused,
    ModelTimeout,
    ModelUnauthorized,
    ModelUnreachable,
)
from chat.minds.openai import OpenAIMind
from tests.chat.model_server import (
    answers,
    model_server,
    never_ends,
    only_pings,
    says,
    says_then_breaks,
    says_then_hangs,
    streams,
)

ASKED = [Message("system", "Be Anna."), Message("user", "Who are you?")]


@pytest.fixture
async def server():
    async with model_server() as running:
        yield running


@pytest.fixture
def mind(server):
    return OpenAIMind(
        model="stub", base_url=server.base_url, api_key="sk-test", timeout_s=5
    )


async def heard(mind):
    return [delta async for delta in mind.reply(ASKED)]


async def test_it_streams_what_the_model_writes(server, mind):
    server.will(says("I am Anna. Hello!"))

    assert await heard(mind) == ["I", " am", " Anna.", " Hello!"]
    assert server.bodies[0]["messages"] == [
        {"role": "system", "content": "Be Anna."},
        {"role": "user", "content": "Who are you?"},
    ]
    assert server.bodies[0]["stream"] is True
    assert server.headers[0]["Authorization"] == "Bearer sk-test"


async def test_without_a_key_no_key_is_sent(server):
    server.will(says("Hi."))

    await heard(OpenAIMind(model="stub", base_url=server.base_url))

    assert "Authorization" not in server.headers[0]


async def test_a_first_word_is_given_before_the_second_is_written(server, mind):
    server.will(says_then_hangs("Hello"))

    async with aclosing(mind.reply(ASKED)) as deltas:
        async with asyncio.timeout(5):
            assert await anext(deltas) == "Hello"


FAILURES = [
    pytest.param(
        answers(401, {"error": {"message": "Incorrect API key provided"}}),
        ModelUnauthorized,
        "Incorrect API key provided",
        id="401",
    ),
    pytest.param(
        answers(429, {"error": {"message": "Slow down"}}, Retry_After="7"),
        ModelRateLimited,
        "Slow down",
        id="429",
    ),
    pytest.param(
        answers(404, {"error": {"message": "No model stub"}}),
        ModelRefused,
        "No model stub",
        id="404",
    ),
    pytest.param(
        answers(500, {"error": {"message": "Overloaded"}}),
        ModelUnreachable,
        "Overloaded",
        id="500",
    ),
    pytest.param(
        answers(502, "<h1>Bad gateway</h1>"), ModelUnreachable, "Bad gateway", id="502"
    ),
    pytest.param(answers(504, "late"), ModelTimeout, "late", id="504"),
    pytest.param(answers(200, "<h1>Hello</h1>"), ModelBadReply, "", id="not a stream"),
    pytest.param(streams("{not json"), ModelBadReply, "", id="not JSON"),
    pytest.param(streams("[1, 2]"), ModelBadReply, "", id="not an object"),
    pytest.param(streams('{"choices": [{}]}'), ModelBadReply, "", id="empty choice"),
    pytest.param(streams('{"choices": 5}'), ModelBadReply, "", id="odd choices"),
    pytest.param(streams("[DONE]"), ModelBadReply, "", id="empty"),
    pytest.param(
        streams(json.dumps({"error": {"message": "Out of memory"}})),
        ModelBadReply,
        "Out of memory",
        id="error in the stream",
    ),
    pytest.param(says("Half an", finish=None), ModelBadReply, "", id="broken off"),
    pytest.param(says_then_breaks("Half an"), ModelUnreachable, "", id="cut"),
    pytest.param(
        streams(delta={"refusal": "I can't help with that"}),
        ModelRefused,
        "I can't help with that",
        id="refused",
    ),
    pytest.param(says("Bad", finish="content_filter"), ModelRefused, "", id="filtered"),
]


@pytest.mark.parametrize(("behaviour", "error", "said"), FAILURES)
async def test_each_failure_is_our_own_error_with_the_providers_words(
    server, mind, behaviour, error, said
):
    server.will(behaviour)

    with pytest.raises(ModelError) as caught:
        await heard(mind)

    assert type(caught.value) is error
    assert said in caught.value.said
    assert said in caught.value.detail
    assert "sk-test" not in caught.value.detail


async def test_a_slow_model_is_a_timeout(server):
    server.will(says("Late.", first_s=30))
    mind = OpenAIMind(model="stub", base_url=server.base_url, timeout_s=0.2)

    with pytest.raises(ModelTimeout):
        await heard(mind)


async def test_a_stream_of_mere_pings_is_a_timeout(server):
    server.will(only_pings)
    mind = OpenAIMind(model="stub", base_url=server.base_url, timeout_s=0.3)

    with pytest.raises(ModelTimeout):
        await heard(mind)


async def test_nobody_at_the_address_is_unreachable(unused_tcp_port):
    mind = OpenAIMind(model="stub", base_url=f"http://127.0.0.1:{unused_tcp_port}/v1")

    with pytest.raises(ModelUnreachable):
        await heard(mind)


async def test_a_server_that_stumbles_once_is_asked_once_more(server, mind):
    server.will(answers(503, "warming up"), says("Here."))

    assert await heard(mind) == ["Here."]


async def test_a_rate_limit_is_not_sat_out(server, mind):
    server.will(answers(429, "later", Retry_After="20"))
    began_s = time.monotonic()

    with pytest.raises(ModelRateLimited) as caught:
        await heard(mind)

    assert time.monotonic() - began_s < 5
    assert len(server.bodies) == 1
    assert caught.value.retry_after_s == 20
    assert caught.value.headers() == {"Retry-After": "20"}


async def test_a_rate_limit_may_name_a_date(server, mind):
    server.will(
        answers(429, "x", Retry_After=formatdate(time.time() + 60, usegmt=True))
    )

    with pytest.raises(ModelRateLimited) as caught:
        await heard(mind)

    assert caught.value.retry_after_s == pytest.approx(60, abs=5)


async def test_what_was_written_before_a_break_is_not_written_again(server, mind):
    server.will(says_then_breaks("One two"), says("Other."))

    async with aclosing(mind.reply(ASKED)) as deltas:
        assert [await anext(deltas), await anext(deltas)] == ["One", " two"]
        with pytest.raises(ModelUnreachable):
            await anext(deltas)


async def test_closing_the_reply_closes_the_connection(server, mind):
    server.will(never_ends)

    async with aclosing(mind.reply(ASKED)) as deltas:
        assert await anext(deltas)

    async with asyncio.timeout(5):
        await server.left_early.wait()


async def test_a_model_that_never_ends_is_ended(server, mind, monkeypatch):
    monkeypatch.setattr(openai_mind, "MAX_REPLY_CHARS", 100)
    server.will(never_ends)

    assert 100 < len("".join(await heard(mind))) < 200

    async with asyncio.timeout(5):
        await server.left_early.wait()


def test_the_key_does_not_show_in_a_repr():
    assert "sk-secret" not in repr(OpenAIMind(model="m", api_key="sk-secret"))
