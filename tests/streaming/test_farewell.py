"""The end of a session's time: the count-down, the spoken goodbye, and the closing."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.utils.timezone import now

from chat.models import Turn
from chat.turns import take_turn
from personas.models import Persona
from streaming import services
from streaming.errors import TimeIsUp
from streaming.models import Account, EndReason, Session, State
from streaming.providers.base import StreamWish
from streaming.services.farewell import last_words, lead_s, see_off
from streaming.tasks import sweep_sessions
from tests.chat.conftest import Live, live_session
from tests.conftest import client_of
from tests.rude_server import answers, rude_server, says_nothing
from tests.sockets import told
from tests.streaming.connected import closed, connected

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def brief_anna(anna: Persona) -> Persona:
    """Somebody whose goodbye does not take long."""
    anna.change(farewell="So long.")
    return anna


@pytest.fixture
async def live(alice, account, brief_anna) -> AsyncIterator[Live]:
    async with live_session(alice, brief_anna) as running:
        await sync_to_async(services.mark_live)(running.session)
        yield running


def move_end(session: Session, **left: float) -> datetime:
    ends_at = now() + timedelta(**left)
    Session.objects.filter(pk=session.pk).update(ends_at=ends_at)
    session.reread()
    return ends_at


async def near_end(session: Session) -> None:
    """It is time for the goodbye in a moment."""
    await sync_to_async(move_end)(session, seconds=lead_s(session) + 0.1)


def ended_in_time(session: Session) -> bool:
    return session.closing_at is not None and session.closing_at < session.ends_at


def events(session: Session, kind: str) -> list[dict[str, Any]]:
    return list(session.events.filter(type=kind).values_list("data", flat=True))


# The goodbye ------------------------------------------------------------------------------


async def test_the_avatar_says_goodbye_once_and_then_the_session_closes_in_time(live):
    await near_end(live.session)
    again = await Session.objects.select_related("persona").aget()

    await asyncio.gather(services.sweep(), see_off(live.session), see_off(again))

    ended = await closed(live.session)
    assert (ended.state, ended.end_reason) == (State.CLOSED, EndReason.MAX_AGE)
    assert ended_in_time(ended)
    [said] = await sync_to_async(events)(ended, "avatar.farewell")
    assert said["text"] == "So long."
    talks = [e for e in live.viewer.events if e["type"].startswith("avatar_")]
    assert [(e["type"], e["task_id"]) for e in talks] == [
        ("avatar_start_talking", said["task_id"]),
        ("avatar_stop_talking", said["task_id"]),
    ]
    assert live.viewer.last_sound() is not None


async def test_a_goodbye_interrupts_who_is_still_telling_something(live):
    talk = "I could go on about ferns for ever. " * 20
    telling = asyncio.create_task(take_turn(live.session, Turn.Kind.SAY, talk))
    await live.viewer.event("avatar_start_talking")
    await near_end(live.session)

    await services.sweep()

    await closed(live.session)
    await telling
    [said] = await sync_to_async(events)(live.session, "avatar.farewell")
    talks = [e for e in live.viewer.events if e["type"].startswith("avatar_")]
    assert [e["task_id"] == said["task_id"] for e in talks[-2:]] == [True, True]
    assert talks[-1]["type"] == "avatar_stop_talking"


def test_after_the_goodbye_nothing_new_is_said(alice, dead_account, brief_anna):
    session = connected(dead_account, alice, brief_anna, seconds=60)
    assert session.begin_farewell()

    asked = client_of(alice).post(
        "/persona/heygen/text",
        {"session_id": str(session.pk), "text": "And another thing"},
        format="json",
    )

    assert (asked.status_code, asked.json()["code"]) == (409, "time_is_up")
    assert not session.turns.exists()
    with pytest.raises(TimeIsUp):
        async_to_sync(services.speak)(session, "A piece on its way")
    with pytest.raises(TimeIsUp):
        async_to_sync(services.resume_session)(session)


def test_a_goodbye_that_would_be_cut_off_is_not_begun(alice, dead_account, brief_anna):
    session = connected(dead_account, alice, brief_anna, seconds=0.5)

    async_to_sync(see_off)(session)

    assert session.farewell_at is None
    assert session.end_reason == EndReason.MAX_AGE


def test_one_goodbye_is_enough(alice, dead_account, brief_anna):
    session = connected(dead_account, alice, brief_anna, seconds=60)

    assert [session.begin_farewell() for _ in range(3)] == [True, False, False]


def test_nobody_says_goodbye_to_who_cannot_hear_it(alice, dead_account, brief_anna):
    session = connected(dead_account, alice, brief_anna, seconds=60)
    session.note_ice("disconnected")

    assert not session.begin_farewell()


def test_without_live_media_the_session_just_closes(alice, account, brief_anna):
    opened = async_to_sync(services.open_session)(
        owner=alice, persona=brief_anna, wish=StreamWish()
    )
    move_end(opened.session, seconds=0.8)

    async_to_sync(see_off)(opened.session)

    assert opened.session.end_reason == EndReason.MAX_AGE
    assert ended_in_time(opened.session)
    assert opened.session.farewell_at is None


@pytest.mark.parametrize("reason", [EndReason.MAX_AGE, EndReason.QUOTA])
def test_a_service_that_is_not_there_keeps_no_session_open(
    alice, dead_account, brief_anna, reason
):
    session = connected(dead_account, alice, brief_anna, seconds=2)
    Session.objects.update(ends_because=reason)

    async_to_sync(see_off)(session)

    assert (session.state, session.end_reason) == (State.CLOSING, reason)
    assert ended_in_time(session)


@pytest.mark.parametrize("behaviour", [says_nothing, answers("nonsense")])
async def test_a_service_in_disorder_keeps_no_session_open(
    alice, brief_anna, settings, behaviour
):
    settings.UPSTREAM_TIMEOUT_S = 1.0
    async with rude_server() as server:
        server.will(behaviour)
        account = await Account.objects.acreate(name="Rude", base_url=server.url)
        session = await sync_to_async(connected)(
            account, alice, brief_anna, seconds=1.7
        )

        await see_off(session)

    assert server.asked[0][1] == "/v1/streaming.interrupt"
    assert session.end_reason == EndReason.MAX_AGE
    assert ended_in_time(session)


def test_the_goodbye_begins_so_early_that_it_is_over_in_time(anna):
    session = Session(persona=anna)

    assert 5 < lead_s(session) < 7
    session.wish = {"speaking_rate": 0.5}
    assert 9 < lead_s(session) < 11
    anna.farewell = "Farewell! " * 12
    assert lead_s(session) == 15


def test_without_a_persona_the_goodbye_is_in_the_language_of_the_voice():
    assert "Auf Wiedersehen" in last_words(Session(wish={"language": "de-at"}))
    assert "Goodbye" in last_words(Session())


# Who keeps the time -----------------------------------------------------------------------


async def test_who_opened_a_session_ends_it_in_time_without_a_sweep_or_a_socket(
    alice, account, brief_anna, settings
):
    settings.SESSION_MAX_S = 1
    opened = await services.open_session(
        owner=alice, persona=brief_anna, wish=StreamWish()
    )

    ended = await closed(opened.session)

    assert ended.end_reason == EndReason.MAX_AGE
    assert ended_in_time(ended)


def test_the_worker_ends_those_whose_end_is_near(alice, account, brief_anna):
    opened = async_to_sync(services.open_session)(
        owner=alice, persona=brief_anna, wish=StreamWish()
    )
    move_end(opened.session, seconds=1)

    sweep_sessions.call_local()

    opened.session.reread()
    assert opened.session.state == State.CLOSED
    assert ended_in_time(opened.session)


async def test_a_session_that_may_go_on_after_all_is_left_alone(live):
    await near_end(live.session)
    services.watch_time(live.session)
    ends_at = await sync_to_async(move_end)(live.session, seconds=600)

    await asyncio.sleep(0.3)  # the timer has fired, and has looked again

    await sync_to_async(live.session.reread)()
    assert (live.session.state, live.session.ends_at) == (State.LIVE, ends_at)
    assert live.session.farewell_at is None


# The count-down -------------------------------------------------------------------------


async def test_watchers_are_told_how_much_time_is_left(
    alice, carol, dead_account, brief_anna, connect
):
    session = await sync_to_async(connected)(
        dead_account, alice, brief_anna, seconds=30.3
    )
    watching = [await connect(session.pk, user) for user in (alice, carol)]

    for socket in watching:
        frame = await told(socket, "time.left")
        assert frame["data"] == {"seconds": 30, "reason": "max_age"}
        assert frame["seq"] is None


async def test_a_mark_that_had_passed_before_is_not_told(
    alice, dead_account, brief_anna, connect
):
    session = await sync_to_async(connected)(
        dead_account, alice, brief_anna, seconds=45
    )
    socket = await connect(session.pk, alice)
    await told(socket, "snapshot")
    await sync_to_async(move_end)(session, seconds=10.3)
    await sync_to_async(session.record_status)("", State.LIVE, "")

    assert (await told(socket, "session.status"))["data"]["to"] == "live"
    seconds = [(await told(socket, "time.left"))["data"]["seconds"] for _ in "12"]

    assert seconds == [10, 10]
