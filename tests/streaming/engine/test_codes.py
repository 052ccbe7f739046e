"""Every error code that the protocol's reference names, and how to meet it here.

Some come of their own cause; those that speak of plans, payment and moderation have no
cause in this engine, and come only when they are asked for.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import aiohttp
import pytest

from streaming.engine.errors import PLAYABLE
from tests.engine_process import EngineProcess, start_engine
from tests.streaming.engine.conftest import Caller, Reply
from tests.wire_viewer import WireViewer

UNKNOWN = "00000000-0000-4000-8000-000000000000"
Provoke = Callable[[Caller], Awaitable[Reply]]


@pytest.fixture
async def own(codes_engine: EngineProcess) -> AsyncIterator[Caller]:
    """A caller of an engine with two seats, who leaves it empty."""
    async with aiohttp.ClientSession(codes_engine.url) as http:
        caller = Caller(http, codes_engine.headers)
        yield caller
        for each in (await caller.get("/v1/streaming.list")).data["sessions"]:
            await caller.post("stop", session_id=each["session_id"])


@pytest.fixture(scope="module")
def codes_engine() -> Iterator[EngineProcess]:
    with start_engine(
        seats=2, ENGINE_FAULT_HEADER="true", ENGINE_WARM="none"
    ) as process:
        yield process


async def success(call: Caller) -> Reply:
    return await call.post("new", quality="low")


async def no_seat(call: Caller) -> Reply:
    for _ in range(2):
        await call.new()
    return await call.post("new")


async def task_before_start(call: Caller) -> Reply:
    session = await call.new()
    return await call.post("task", session_id=session["session_id"], text="Too soon.")


async def task_after_stop(call: Caller) -> Reply:
    session = await call.new()
    await call.post("stop", session_id=session["session_id"])
    return await call.post("task", session_id=session["session_id"], text="Too late.")


async def second_start(call: Caller) -> Reply:
    session = await call.new()
    async with WireViewer() as viewer:
        await call.start(session, viewer)
        sdp = viewer.connection.localDescription.sdp
        return await call.post("start", session_id=session["session_id"], sdp=sdp)


async def unknown_avatar(call: Caller) -> Reply:
    return await call.post("new", avatar_id="nobody")


async def no_session_named(call: Caller) -> Reply:
    return await call.post("stop")


async def no_text(call: Caller) -> Reply:
    session = await call.new()
    return await call.post("task", session_id=session["session_id"])


async def page_zero(call: Caller) -> Reply:
    return await call.get("/v2/streaming.list?page=0")


async def endless_text(call: Caller) -> Reply:
    session = await call.new()
    return await call.post("task", session_id=session["session_id"], text="x" * 1001)


async def unknown_session(call: Caller) -> Reply:
    return await call.post("stop", session_id=UNKNOWN)


async def stopped_twice(call: Caller) -> Reply:
    session = await call.new()
    await call.post("stop", session_id=session["session_id"])
    return await call.post("stop", session_id=session["session_id"])


async def wrong_key(call: Caller) -> Reply:
    return await Caller(call.http, {"X-Api-Key": "guess"}).post("new")


async def token_used_twice(call: Caller) -> Reply:
    token = (await call.post("create_token")).data["token"]
    with_token = call.with_token(token)
    await with_token.new()
    return await with_token.post("new")


async def livekit_room(call: Caller) -> Reply:
    return await call.post("new", version="v2")


async def unknown_quality(call: Caller) -> Reply:
    return await call.post("new", quality="ultra")


# code, how it is provoked, HTTP status, words of the message
OF_THEIR_OWN_CAUSE: list[tuple[int, Provoke, int, str]] = [
    (100, success, 200, "success"),
    (10004, no_seat, 400, "Concurrent limit reached"),
    (10005, task_before_start, 400, "session state wrong: new"),
    (10005, task_after_stop, 400, "session state wrong: closed"),
    (10005, second_start, 400, "session state wrong: connect"),
    (10013, unknown_avatar, 400, "avatar not found"),
    (40001, no_session_named, 400, "session_id"),
    (40001, no_text, 400, "text"),
    (40012, page_zero, 400, "page"),
    (40039, endless_text, 400, "1001"),
    (400004, unknown_session, 400, f"SessionID: {UNKNOWN}"),
    (400004, stopped_twice, 400, "Session does not exist"),
    (400112, wrong_key, 401, "Unauthorized"),
    (400112, token_used_twice, 401, "Unauthorized"),
    (400175, livekit_room, 400, "version"),
    (400175, unknown_quality, 400, "quality"),
]

# code, HTTP status, what the body holds besides code and message
ONLY_ON_PURPOSE: list[tuple[int, int, dict[str, Any]]] = [
    (10003, 400, {"details": "invalid avatar"}),
    (40009, 401, {}),
    (400014, 400, {"status": 400}),
    (400101, 400, {}),
    (400105, 400, {}),
    (400561, 400, {}),
    (400562, 403, {}),
    (400573, 403, {}),
    (400599, 403, {}),
    (400631, 403, {}),
    (401056, 401, {}),
    (401057, 401, {}),
    (429, 429, {}),
    (500, 500, {}),
    (502, 502, {}),
    (503, 503, {}),
    (504, 504, {}),
]


@pytest.mark.parametrize(
    ("code", "provoke", "status", "words"),
    OF_THEIR_OWN_CAUSE,
    ids=lambda value: getattr(value, "__name__", None),
)
async def test_a_code_comes_of_its_own_cause(
    own: Caller, code: int, provoke: Provoke, status: int, words: str
):
    reply = await provoke(own)

    assert (reply.status, reply.body["code"]) == (status, code)
    assert words in reply.body["message"]


@pytest.mark.parametrize(("code", "status", "more"), ONLY_ON_PURPOSE)
async def test_a_code_without_a_cause_here_comes_when_asked_for(
    own: Caller, code: int, status: int, more: dict[str, Any]
):
    reply = await own.meeting(f"refuse-new={code}").post("new")

    assert reply.failure == (status, code)
    message = reply.body["message"]
    assert reply.body == {"code": code, "message": message, **more}
    assert (await own.get("/v1/streaming.list")).data["sessions"] == []


def test_the_tables_miss_no_code_that_can_be_played():
    caused = {code for code, *_ in OF_THEIR_OWN_CAUSE} - {100}
    asked_for = {code for code, *_ in ONLY_ON_PURPOSE}

    assert caused | asked_for == PLAYABLE
    assert caused & asked_for == set()
