"""The provider's client against a service that misbehaves in every way we know of."""

from collections.abc import AsyncIterator

import pytest

from streaming.providers import base
from streaming.providers.heygen import HeyGen
from tests.rude_server import (
    RudeServer,
    answers,
    drips,
    hangs_up,
    never_ends,
    rude_server,
    says_nothing,
    stops_in_the_middle,
)

OPENED = {
    "code": 100,
    "message": "success",
    "data": {
        "session_id": "s-1",
        "sdp": {"type": "offer", "sdp": "v=0"},
        "ice_servers2": [{"urls": ["turn:t"], "username": "u", "credential": "c"}],
    },
}
OPENED_WITH = '{"data": {"session_id": "s-1", "sdp": {"sdp": "v=0"}, %s}}'
KEY = "sk-upstream-secret"


@pytest.fixture
async def service() -> AsyncIterator[RudeServer]:
    async with rude_server() as rude:
        yield rude


def client(service: RudeServer) -> HeyGen:
    return HeyGen(
        base_url=service.url,
        api_key=KEY,
        timeout_s=1.0,
        open_timeout_s=1.0,
        retry_wait_s=0.01,
    )


async def open_stream(service: RudeServer) -> base.OpenedStream:
    async with client(service) as heygen:
        return await heygen.open_stream(base.StreamWish(avatar_name="june"))


async def test_it_opens_a_stream(service):
    service.will(answers(OPENED))

    opened = await open_stream(service)

    assert (opened.upstream_id, opened.offer.sdp) == ("s-1", "v=0")
    assert opened.offer.ice_servers[0]["username"] == "u"
    [(method, path, headers, body)] = service.asked
    assert (method, path) == ("POST", "/v1/streaming.new")
    assert headers["x-api-key"] == KEY
    assert body["avatar_name"] == "june"


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (says_nothing, base.TimedOut),
        (drips, base.TimedOut),
        (hangs_up, base.Unreachable),
        (stops_in_the_middle, base.Unreachable),
        (never_ends, base.BadReply),
        (answers("<html>hello</html>"), base.BadReply),
        (answers("[1, 2]"), base.BadReply),
        (answers({"code": 100, "data": {}}), base.BadReply),
        (answers({"code": 100, "data": {"session_id": 7, "sdp": 1}}), base.BadReply),
        (answers(OPENED_WITH % '"session_duration_limit": 1e999'), base.BadReply),
        (answers(OPENED_WITH % f'"session_id": "{"s" * 201}"'), base.BadReply),
        (answers("[" * 100_000), base.BadReply),
        (answers("<html>gateway</html>", status=502), base.Unreachable),
        (answers("", status=307, Location="http://127.0.0.1:9/"), base.BadReply),
        (answers("Method Not Allowed", status=405), base.BadReply),
    ],
    ids=[
        "silent",
        "dripping",
        "hangs up",
        "cut off",
        "endless",
        "not JSON",
        "not an object",
        "fields missing",
        "fields mistyped",
        "infinite",
        "long name",
        "deep",
        "gateway page",
        "redirect",
        "somebody else's server",
    ],
)
async def test_each_way_to_misbehave_is_one_of_our_errors(service, behaviour, error):
    service.will(behaviour)

    with pytest.raises(error):
        await open_stream(service)


@pytest.mark.parametrize(
    ("status", "code", "words", "error"),
    [
        (400, 10004, "Concurrent limit reached", base.NoUpstreamSeat),
        (400, 10003, "avatar version deprecated", base.Rejected),
        (400, 10005, "session state wrong: closed", base.Gone),
        (400, 10005, "session state wrong: new", base.NotReady),
        (400, 10013, "avatar not found", base.Rejected),
        (400, 400004, "Session does not exist. SessionID: s", base.Gone),
        (401, 400112, "Unauthorized", base.NotAuthorised),
        (403, 400562, "forbidden", base.NotAuthorised),
        (400, 400599, "plan", base.NotAuthorised),
        (400, 40001, "missing params", base.Rejected),
        (400, 400175, "invalid parameter", base.Rejected),
        (400, 40039, "invalid text", base.Rejected),
        (400, 400105, "blocked words", base.Rejected),
        (400, 99999, "something new", base.Rejected),
        (401, None, "who are you", base.NotAuthorised),
        (402, None, "no credit", base.NotAuthorised),
        (500, None, "oops", base.Unreachable),
        (503, None, "later", base.Unreachable),
        (504, None, "slow", base.TimedOut),
    ],
)
async def test_each_refusal_keeps_its_own_code_and_words(
    service, status, code, words, error
):
    service.will(answers({"code": code, "message": words}, status=status))

    with pytest.raises(error) as caught:
        await open_stream(service)

    assert type(caught.value) is error
    upstream = caught.value.body()["upstream"]
    assert upstream == {"code": code or status, "message": words}
    assert words in caught.value.body()["error"]


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"code": "bad", "message": "words"}, "data": None},
        {"error": "words", "data": None},
    ],
)
async def test_an_error_inside_a_success_is_an_error(service, body):
    service.will(answers(body))

    with pytest.raises(base.Rejected) as caught:
        await open_stream(service)

    assert caught.value.upstream_message == "words"


@pytest.mark.parametrize(
    ("asked", "told"), [("7", "7"), ("-1", "0"), ("inf", "3600"), ("tomorrow", "1")]
)
async def test_being_asked_to_slow_down_says_for_how_long(service, asked, told):
    service.will(answers({"message": "slow"}, status=429, Retry_After=asked))

    with pytest.raises(base.Busy) as caught:
        await open_stream(service)

    assert caught.value.headers() == {"Retry-After": told}


async def test_nobody_there_is_unreachable():
    async with HeyGen(base_url="http://127.0.0.1:9", api_key=KEY) as heygen:
        with pytest.raises(base.Unreachable, match="cannot be reached"):
            await heygen.open_stream(base.StreamWish())


async def test_what_can_be_repeated_is_tried_again(service):
    service.will(hangs_up, hangs_up, answers({"code": 100}))

    async with client(service) as heygen:
        await heygen.interrupt("s-1")

    assert len(service.asked) == 3


async def test_it_gives_up_after_three_tries(service):
    service.will(hangs_up)

    async with client(service) as heygen:
        with pytest.raises(base.Unreachable):
            await heygen.stop("s-1")

    assert len(service.asked) == 3


async def test_a_refusal_is_not_tried_again(service):
    service.will(answers({"code": 400112, "message": "Unauthorized"}, status=401))

    async with client(service) as heygen:
        with pytest.raises(base.NotAuthorised):
            await heygen.keep_alive("s-1")

    assert len(service.asked) == 1


@pytest.mark.parametrize("verb", ["open", "answer", "speak"])
async def test_what_may_have_succeeded_is_sent_once(service, verb):
    service.will(hangs_up)
    async with client(service) as heygen:
        calls = {
            "open": lambda: heygen.open_stream(base.StreamWish()),
            "answer": lambda: heygen.answer("s-1", "v=0"),
            "speak": lambda: heygen.speak("s-1", "Hello."),
        }
        with pytest.raises(base.Unreachable):
            await calls[verb]()

    assert len(service.asked) == 1


async def test_stopping_what_is_gone_is_fine(service):
    service.will(answers({"code": 400004, "message": "does not exist"}, status=400))

    async with client(service) as heygen:
        await heygen.stop("s-1")


async def test_speech_without_a_duration_gets_an_estimate(service):
    service.will(answers({"code": 100, "data": {"task_id": "t"}}))

    async with client(service) as heygen:
        said = await heygen.speak("s-1", "Fourteen chars" * 10)

    assert said == base.Utterance(task_id="t", duration_s=10.0)


@pytest.mark.parametrize("duration_ms", ["-5000", "1e999", "1e300", "NaN", "0"])
async def test_speech_with_an_unlikely_duration_gets_an_estimate(service, duration_ms):
    body = '{"data": {"task_id": "t", "duration_ms": DURATION}}'
    service.will(answers(body.replace("DURATION", duration_ms)))

    async with client(service) as heygen:
        said = await heygen.speak("s-1", "Fourteen chars" * 10)

    assert said.duration_s == 10.0


async def test_a_key_that_the_service_quotes_is_not_passed_on(service):
    service.will(answers({"code": 400112, "message": f"bad key {KEY}"}, status=401))

    with pytest.raises(base.NotAuthorised) as caught:
        await open_stream(service)

    assert caught.value.body()["upstream"]["message"] == "bad key [key]"


async def test_the_key_shows_in_no_repr_and_no_error(service):
    service.will(answers({"message": "no"}, status=401))

    async with client(service) as heygen:
        assert KEY not in repr(heygen)
        with pytest.raises(base.NotAuthorised) as caught:
            await heygen.voices()

    assert KEY not in repr(caught.value) + str(caught.value.body())


async def test_credentials_of_ice_servers_stay_out_of_repr(service):
    service.will(answers(OPENED))

    assert "credential" not in repr(await open_stream(service))
