"""Sessions end by themselves: idle, too long, never started, viewer gone."""

import pytest

from streaming.engine.session import (
    CONNECT_WITHIN_S,
    MAX_SESSION_S,
    SILENT_VIEWER_S,
    START_WITHIN_S,
)
from tests.streaming.engine.conftest import Engine
from tests.wire_viewer import WireViewer


def reason(engine: Engine) -> str | None:
    """Why the last session ended, once no session is open."""
    if engine.sessions.active():
        return None
    return str(engine.sessions.history[-1].reason)


async def stay_audible(engine: Engine, viewer: WireViewer, seconds: int) -> None:
    """Let time pass while the viewer's reports keep coming in."""
    for _ in range(seconds):
        for session in engine.sessions.active():
            # The reports come in real time, the clock runs far faster.
            session._heard_packets = -1
        await engine.clock.advance(1)


async def test_a_session_that_nobody_starts_ends(engine: Engine):
    await engine.call.new()

    await engine.clock.advance(START_WITHIN_S - 2)
    assert reason(engine) is None
    await engine.clock.advance(3)

    assert reason(engine) == "not_started"


async def test_keeping_it_alive_lets_the_start_wait(engine: Engine):
    session = await engine.call.new()

    await engine.clock.advance(START_WITHIN_S - 2)
    await engine.call.post("keep_alive", session_id=session["session_id"])
    await engine.clock.advance(START_WITHIN_S - 2)

    assert reason(engine) is None


async def test_a_session_that_does_not_connect_ends(engine: Engine):
    session = await engine.call.new()
    async with WireViewer() as viewer:
        sdp = await viewer.answer(session["sdp"]["sdp"])
        # Somebody else's name: the checks of this viewer are refused.
        sdp = sdp.replace("a=ice-ufrag:", "a=ice-ufrag:wrong")
        await engine.call.post("start", session_id=session["session_id"], sdp=sdp)

        await engine.clock.advance(CONNECT_WITHIN_S - 2)
        assert reason(engine) is None
        await engine.clock.advance(3)

    assert reason(engine) == "not_connected"


async def test_an_idle_session_ends_after_two_minutes(engine: Engine):
    async with engine.call.watching() as (_, viewer):
        await stay_audible(engine, viewer, 118)
        assert reason(engine) is None
        await stay_audible(engine, viewer, 3)

    assert reason(engine) == "idle"


@pytest.mark.parametrize("name", ["keep_alive", "start_listening", "interrupt"])
async def test_a_call_starts_the_idle_time_anew(engine: Engine, name: str):
    async with engine.call.watching(activity_idle_timeout=30) as (session_id, viewer):
        await stay_audible(engine, viewer, 25)
        await engine.call.post(name, session_id=session_id)
        await stay_audible(engine, viewer, 25)
        assert reason(engine) is None
        await stay_audible(engine, viewer, 6)

    assert reason(engine) == "idle"


async def test_an_avatar_that_talks_is_not_idle(engine: Engine):
    async with engine.call.watching(activity_idle_timeout=30) as (session_id, viewer):
        await engine.call.post(
            "task",
            session_id=session_id,
            text="This goes on and on. " * 40,
            task_mode="async",
        )
        await stay_audible(engine, viewer, 60)

        assert reason(engine) is None


async def test_a_session_without_idle_time_still_ends_after_ten_minutes(
    engine: Engine,
):
    async with engine.call.watching(disable_idle_timeout=True) as (_, viewer):
        await stay_audible(engine, viewer, int(MAX_SESSION_S) - 2)
        assert reason(engine) is None
        await stay_audible(engine, viewer, 3)

    assert reason(engine) == "too_long"


async def test_keeping_it_alive_does_not_outlive_ten_minutes(engine: Engine):
    async with engine.call.watching(activity_idle_timeout=3600) as (_, viewer):
        await stay_audible(engine, viewer, int(MAX_SESSION_S) + 1)

    assert reason(engine) == "too_long"


async def test_a_viewer_who_falls_silent_frees_the_seat(engine: Engine):
    async with engine.call.watching():
        await engine.clock.advance(SILENT_VIEWER_S + 2)

    assert reason(engine) == "viewer_silent"


async def test_a_viewer_who_reports_is_not_silent(engine: Engine):
    async with engine.call.watching() as (_, viewer):
        await stay_audible(engine, viewer, int(2 * SILENT_VIEWER_S))

        assert reason(engine) is None


async def test_what_is_overdue_makes_room_before_a_refusal(engine: Engine):
    for _ in range(3):
        await engine.call.new()
    engine.clock._now += START_WITHIN_S  # without the sweep that would follow

    await engine.call.new()

    assert len(engine.sessions.active()) == 1
