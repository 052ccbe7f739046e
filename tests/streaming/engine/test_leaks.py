"""Nothing is left behind by sessions that came and went."""

import asyncio
import gc
import threading
from dataclasses import dataclass
from pathlib import Path

from aiortc import RTCPeerConnection

from streaming.engine.orders import read_order
from streaming.engine.peers import Peer
from streaming.engine.session import Session
from streaming.engine.tracks import FaceTrack, VoiceTrack
from tests.streaming.engine.conftest import Caller, Engine
from tests.wire_viewer import WireViewer

LONG = "On and on and on it goes. " * 10


@dataclass(frozen=True)
class Held:
    """What the process holds on to at a moment."""

    tasks: int
    files: int


def held() -> Held:
    return Held(
        tasks=len(asyncio.all_tasks()),
        files=len(list(Path("/proc/self/fd").iterdir())),
    )


def alive(*kinds: type) -> dict[str, int]:
    """How many objects of each kind there are."""
    gc.collect()
    found = [type(each) for each in gc.get_objects()]
    return {kind.__name__: found.count(kind) for kind in kinds}


async def once(call: Caller) -> None:
    """A session from beginning to end, with words."""
    async with call.watching() as (session_id, viewer):
        await call.post("task", session_id=session_id, text="Hi.", task_mode="async")
        await viewer.heard()
        await call.post("stop", session_id=session_id)


async def abandoned(call: Caller) -> None:
    """A session that is answered, and stopped before it can connect."""
    session = await call.new(quality="low")
    async with WireViewer() as viewer:
        await call.start(session, viewer)
        await call.post("stop", session_id=session["session_id"])


async def hung_up(call: Caller) -> None:
    """A session whose viewer leaves in the middle of a word, and says nothing."""
    async with call.watching() as (session_id, viewer):
        await call.post("task", session_id=session_id, text=LONG, task_mode="async")
        await viewer.heard()
    async with asyncio.timeout(10):
        while (await call.get("/v1/streaming.list")).data["sessions"]:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def spoilt(call: Caller) -> None:
    """A session whose answers are useless, and that is then stopped while it speaks."""
    session = await call.new(quality="low")
    session_id = session["session_id"]
    async with WireViewer() as viewer:
        sdp = await viewer.answer(session["sdp"]["sdp"])
        refused = await call.post("start", session_id=session_id, sdp=sdp[:400])
        assert refused.status == 400
        await call.post("start", session_id=session_id, sdp=sdp)
        waiting = asyncio.create_task(
            call.post("task", session_id=session_id, text=LONG)
        )
        await viewer.heard()
        await call.post("stop", session_id=session_id)
        assert (await waiting).failure == (400, 10005)


async def fated(call: Caller) -> None:
    """A session that the engine ends by itself, before anybody came."""
    await call.meeting("end-after=0").new(quality="low")
    assert (await call.post("new", avatar_id="nobody")).status == 400
    while (await call.post("new", quality="low")).status != 200:
        await call.get("/healthz")
    for each in (await call.get("/v1/streaming.list")).data["sessions"]:
        await call.post("stop", session_id=each["session_id"])


async def test_sessions_leave_nothing_behind_however_they_end(engine: Engine):
    await engine.studio.stage_for(read_order({"quality": "low"}))
    await spoilt(engine.call)  # which takes a second connection, that is kept
    await engine.sessions.settle()
    before = held()
    threads = threading.active_count()

    for _ in range(3):
        for way in (once, abandoned, hung_up, spoilt, fated):
            await way(engine.call)
    await engine.sessions.settle()

    assert held() == before
    # A timer that has not run out may still refer to the last ones.
    left = alive(RTCPeerConnection, Session, Peer, FaceTrack, VoiceTrack)
    assert max(left.values()) <= 2, left
    # A pool starts its threads as they are needed, up to a few.
    assert threading.active_count() <= threads + 8


async def test_a_session_that_is_never_started_leaves_nothing_behind(engine: Engine):
    await engine.studio.stage_for(read_order({"quality": "low"}))
    first = await engine.call.new(quality="low")
    await engine.call.post("stop", session_id=first["session_id"])
    await engine.sessions.settle()
    before = held()

    for _ in range(10):
        session = await engine.call.new(quality="low")
        await engine.call.post("stop", session_id=session["session_id"])
    await engine.sessions.settle()

    assert held() == before


async def test_shutting_down_closes_every_session(engine: Engine):
    async with engine.call.watching() as (_, viewer):
        await engine.sessions.close()
        await viewer.until(
            lambda: viewer.connection.connectionState == "closed", timeout_s=5
        )

    assert engine.sessions.active() == []
    assert engine.sessions.history[-1].reason == "shutdown"
