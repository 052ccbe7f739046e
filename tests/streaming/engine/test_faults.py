"""Faults on purpose: off unless asked for, and then as told."""

import asyncio
import itertools
import random
import time
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
from aiohttp import web

from streaming.engine.api import create_app
from streaming.engine.errors import PLAYABLE
from streaming.engine.faults import (
    CALLS,
    HEADER,
    FaultPlan,
    Faults,
    UnknownFault,
    call_of,
    read_faults,
)
from tests.engine_process import EngineProcess, start_engine
from tests.streaming.engine.conftest import Caller, Engine


@pytest.fixture(scope="module")
def faulty_engine() -> Iterator[EngineProcess]:
    with start_engine(ENGINE_FAULT_HEADER="true", ENGINE_WARM="none") as process:
        yield process


@pytest.fixture
async def faulty(faulty_engine: EngineProcess) -> AsyncIterator[Caller]:
    """Calls an engine that lets requests ask for faults."""
    async with aiohttp.ClientSession(faulty_engine.url) as http:
        yield Caller(http, faulty_engine.headers)


async def test_a_slow_call_has_done_its_work_before_it_answers(faulty: Caller):
    asked = time.monotonic()
    slow = faulty.meeting("slow-new=0.4")

    session = await slow.new(quality="low")

    assert time.monotonic() - asked >= 0.4
    # Whoever gave up meanwhile has left this behind.
    await faulty.post("stop", session_id=session["session_id"])


async def test_who_gives_up_on_a_slow_new_leaves_a_session_behind(faulty: Caller):
    slow = faulty.meeting("slow-new=30")

    with pytest.raises(TimeoutError):
        await slow.send("POST", "/v1/streaming.new", timeout=aiohttp.ClientTimeout(0.5))

    [left] = (await faulty.get("/v1/streaming.list")).data["sessions"]
    await faulty.post("stop", session_id=left["session_id"])


async def test_the_list_shows_a_session_that_nobody_can_stop(faulty: Caller):
    asking_for_it = faulty.meeting("dead-session")
    listed = (await asking_for_it.get("/v1/streaming.list")).data["sessions"]
    again = (await asking_for_it.get("/v1/streaming.list")).data["sessions"]

    [dead] = listed
    assert again == listed
    assert dead["status"] == "connected"
    stopped = await faulty.post("stop", session_id=dead["session_id"])
    assert stopped.failure == (400, 400004)


async def test_a_dropped_call_is_not_done(faulty: Caller):
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await faulty.meeting("drop-calls=1").post("new")

    assert (await faulty.get("/v1/streaming.list")).data["sessions"] == []


async def test_a_call_whose_answer_is_dropped_is_done(faulty: Caller):
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await faulty.meeting("drop-answers=1").post("new", quality="low")

    [left] = (await faulty.get("/v1/streaming.list")).data["sessions"]
    await faulty.post("stop", session_id=left["session_id"])


async def test_credentials_are_refused_after_a_time(faulty: Caller):
    fated = faulty.meeting("unauthorized-after=0")
    session_id = (await fated.new(quality="low"))["session_id"]

    for name in ("keep_alive", "stop"):
        reply = await faulty.post(name, session_id=session_id)
        assert reply.failure == (401, 400112)
    assert (await faulty.get("/v1/streaming.list")).status == 200
    other = await faulty.new(quality="low")
    assert (await faulty.post("stop", session_id=other["session_id"])).status == 200


async def test_the_engine_hangs_up_on_a_viewer(engine: Engine):
    async with engine.call.meeting("end-after=5").watching() as (session_id, viewer):
        await engine.clock.advance(4)
        before = await engine.call.post("keep_alive", session_id=session_id)
        await engine.clock.advance(2)
        after = await engine.call.post("keep_alive", session_id=session_id)
        async with asyncio.timeout(5):
            while viewer.connection.connectionState != "closed":  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    assert before.status == 200
    assert after.failure == (400, 10005)
    assert engine.sessions.history[-1].reason == "fault"


async def test_an_unknown_fault_is_named(faulty: Caller):
    reply = await faulty.meeting("slow-nothing=1").post("new")

    assert reply.failure == (400, 400175)
    assert "slow-nothing" in reply.body["message"]


async def test_the_header_means_nothing_unless_it_is_allowed():
    runner = web.AppRunner(create_app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession(
        f"http://127.0.0.1:{runner.addresses[0][1]}"
    ) as http:
        caller = Caller(http, {"X-Api-Key": "any"}).meeting("refuse-list=503,nonsense")
        reply = await caller.get("/v1/streaming.list")
    await runner.cleanup()

    assert reply.status == 200


async def test_faults_of_the_start_meet_every_request_and_are_announced():
    faults = "refuse-list=400599, slow-create_token=0.3"
    with start_engine(ENGINE_FAULTS=faults, ENGINE_WARM="none") as engine:
        async with aiohttp.ClientSession(engine.url) as http:
            caller = Caller(http, engine.headers)
            asked = time.monotonic()
            token = await caller.post("create_token")
            took_s = time.monotonic() - asked
            listed = await caller.meeting("refuse-list=503").get("/v1/streaming.list")
            health = await caller.send("GET", "/healthz")

    assert (token.status, took_s >= 0.3) == (200, True)
    assert listed.failure == (403, 400599)
    assert health.status == 200
    assert "engine plays faults on purpose\n" in engine.output


def test_what_comes_later_wins_and_the_header_adds_to_the_start():
    plan = FaultPlan("slow-new=7, slow-task=1, dead-session", takes_header=True)

    faults = plan.of({HEADER: "slow-new=0, refuse-new=503, dead-session=false"})

    assert faults.slow_s == {"new": 0, "task": 1}
    assert faults.refused == {"new": 503}
    assert not faults.dead_session


def test_without_any_fault_nothing_ever_happens():
    plan = FaultPlan()

    assert plan.of({HEADER: "drop-calls=1"}) == Faults()
    assert not any(plan.happens(0.0) for _ in range(1000))
    assert all(plan.happens(1.0) for _ in range(1000))


def test_chance_repeats_itself_with_a_seed():
    def run(seed: int) -> list[bool]:
        plan = FaultPlan(seed=seed)
        return [plan.happens(0.5) for _ in range(64)]

    assert run(1) == run(1) != run(2)


def test_random_ends_come_after_the_time_asked_for_on_average():
    faults, dice = read_faults("end-at-random=20"), random.Random(1)  # noqa: S311

    ends = [faults.fate(dice).ends_after_s or 0 for _ in range(2000)]

    assert sum(ends) / len(ends) == pytest.approx(20, rel=0.1)


@pytest.mark.parametrize(
    "text",
    [
        "slow",
        "slow-new",
        "slow-new=x",
        "slow-new=-1",
        "slow-new=nan",
        "slow-new=3601",
        "drop-calls=1.1",
        "refuse-new=99",
        "refuse-new=²",
        "refuse-healthz=503",
        "end-after=",
        "dead-session=perhaps",
        "x" * 501,
    ],
)
def test_what_cannot_be_read_is_refused(text: str):
    with pytest.raises(UnknownFault):
        read_faults(text)


def test_every_call_can_be_refused_with_every_code():
    for call, code in itertools.product(CALLS, PLAYABLE):
        assert read_faults(f"refuse-{call}={code}").refused == {call: code}


def test_a_call_is_known_by_its_path():
    assert call_of("/v1/streaming.new") == "new"
    assert call_of("/v2/streaming.list") == "list"
    assert call_of("/v2/voices") is None
    assert call_of("/v1/streaming.nothing") is None
