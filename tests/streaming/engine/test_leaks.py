"""Nothing is left behind by sessions that came and went."""

import asyncio
import gc
import threading
from dataclasses import dataclass
from pathlib import Path

from aiortc import RTCPeerConnection

from streaming.engine.orders import read_order
from tests.streaming.engine.conftest import Caller, Engine
from tests.wire_viewer import WireViewer


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


def connections() -> int:
    gc.collect()
    return sum(isinstance(each, RTCPeerConnection) for each in gc.get_objects())


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


async def test_twenty_sessions_leave_nothing_behind(engine: Engine):
    await engine.studio.stage_for(read_order({"quality": "low"}))
    await once(engine.call)
    await engine.sessions.settle()
    before = held()
    threads = threading.active_count()

    for _ in range(10):
        await once(engine.call)
        await abandoned(engine.call)
    await engine.sessions.settle()

    assert held() == before
    # A timer that has not run out may still refer to the last ones.
    assert connections() <= 2
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
