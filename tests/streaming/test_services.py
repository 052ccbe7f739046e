"""Opening, ending and sweeping, over the real engine and over services that misbehave."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.auth.models import User
from django.utils.timezone import now

from streaming import services
from streaming.errors import NoSeat, WrongState
from streaming.models import Account, EndReason, Session, State
from streaming.providers import provider_for
from streaming.providers.base import (
    Gone,
    NoUpstreamSeat,
    StreamWish,
    TimedOut,
    Unreachable,
)
from tests.background import background_work
from tests.conftest import ENGINE_KEY
from tests.engine_process import start_engine
from tests.rude_server import (
    RudeServer,
    answers,
    hangs_up,
    lists,
    once,
    rude_server,
    says_nothing,
)

STREAM = {"session_id": "up-1", "sdp": {"type": "offer", "sdp": "v=0"}}
OPENED = {"code": 100, "data": STREAM}
DONE = {"code": 100}
STOP = "/v1/streaming.stop"


def open_session(owner, persona, **wish) -> Session:
    opened = async_to_sync(services.open_session)(
        owner=owner, persona=persona, wish=StreamWish(**wish)
    )
    return opened.session


def upstream_ids(account: Account) -> set[str]:
    async def ask() -> set[str]:
        async with provider_for(account) as provider:
            return {row.upstream_id for row in await provider.sessions()}

    return async_to_sync(ask)()


def move_back(session: Session, **seconds: float) -> None:
    at = now()
    moved = {name: at - timedelta(seconds=s) for name, s in seconds.items()}
    Session.objects.filter(pk=session.pk).update(**moved)


@pytest.fixture
async def rude(transactional_db) -> AsyncIterator[RudeServer]:
    """A service that does what it is told to, behind the only account; one seat."""
    async with rude_server() as server:
        await Account.objects.acreate(
            name="Rude", base_url=server.url, api_key="x", seat_limit=1
        )
        yield server


def test_closing_tells_upstream_and_frees_the_seat(account, alice, anna):
    session = open_session(alice, anna)
    assert session.upstream_id in upstream_ids(account)

    async_to_sync(services.close_session)(session, reason=EndReason.VIEWER_CLOSED)

    assert session.state == State.CLOSED
    assert session.upstream_id not in upstream_ids(account)
    assert account.taken_seats() == set()


def test_closing_what_upstream_no_longer_has_is_fine(account, alice, anna):
    session = open_session(alice, anna)
    Session.objects.update(upstream_id="gone-long-ago")
    session.reread()

    async_to_sync(services.close_session)(session, reason=EndReason.VIEWER_CLOSED)

    assert session.state == State.CLOSED


def test_a_seat_is_held_until_upstream_has_let_go(account, alice, anna):
    session = open_session(alice, anna)
    url = account.base_url
    Account.objects.update(base_url="http://127.0.0.1:9")
    session = Session.objects.get()

    async_to_sync(services.close_session)(session, reason=EndReason.IDLE)
    assert session.state == State.CLOSING
    assert account.taken_seats() == {1}

    Account.objects.update(base_url=url)
    move_back(session, retry_at=1)
    assert async_to_sync(services.sweep)() == 1
    session.reread()
    assert (session.state, session.end_reason) == (State.CLOSED, EndReason.IDLE)


def test_once_upstream_must_have_called_it_idle_the_seat_is_given_up(
    dead_account, alice, settings
):
    at = now()
    session = Session.objects.reserve(
        dead_account, owner=alice, lease_expires_at=at, ends_at=at
    )
    session.opened("up-1", ends_at=at)
    session.begin_closing(EndReason.IDLE)
    over_s = (
        settings.SESSION_IDLE_S + 121
    )  # and the service's own patience, and a margin
    move_back(session, closing_at=over_s, retry_at=1)

    async_to_sync(services.sweep)()

    session.reread()
    assert session.state == State.CLOSED


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [
        ({"lease_expires_at": 1}, EndReason.VIEWER_LOST),
        ({"ends_at": 1}, EndReason.MAX_AGE),
        ({"last_activity_at": 121}, EndReason.IDLE),
    ],
    ids=["viewer lost", "too old", "idle"],
)
def test_opening_sweeps_first(account, alice, anna, seconds, reason):
    lost = [open_session(alice, anna) for _ in range(3)][1]
    with pytest.raises(NoSeat):
        open_session(alice, anna)
    move_back(lost, **seconds)

    assert open_session(alice, anna).seat == 2

    lost.reread()
    assert lost.end_reason == reason


def test_sweeping_twice_ends_nothing_twice(account, alice, anna):
    session = open_session(alice, anna)
    move_back(session, lease_expires_at=1)

    assert async_to_sync(services.sweep)() == 1
    assert async_to_sync(services.sweep)() == 0


def test_staff_stop_what_is_idle_and_leave_what_talks(account, alice, anna):
    quiet, talking = open_session(alice, anna), open_session(alice, anna)
    move_back(quiet, last_activity_at=31)

    assert async_to_sync(services.stop_idle)(for_s=30) == 1

    quiet.reread()
    talking.reread()
    assert (quiet.end_reason, talking.end_reason) == (EndReason.STAFF_STOPPED, "")


def test_a_full_upstream_is_said_so_and_costs_no_seat(db, alice, anna):
    with start_engine(seats=1, api_key=ENGINE_KEY) as small:
        account = Account.objects.create(
            name="Small", base_url=small.url, api_key=ENGINE_KEY, seat_limit=3
        )
        open_session(alice, anna)

        with pytest.raises(NoUpstreamSeat) as caught:
            open_session(alice, anna)

    assert caught.value.upstream_code == 10004
    assert account.taken_seats() == {1}


def test_a_second_account_takes_over_when_the_first_is_full(
    account, engine, alice, anna
):
    Account.objects.update(seat_limit=1)
    second = Account.objects.create(
        name="Second", base_url=engine.url, api_key=ENGINE_KEY, priority=1
    )

    accounts = [open_session(alice, anna).account for _ in range(2)]

    assert accounts == [account, second]


def test_a_disabled_account_gives_no_seats(account, alice, anna):
    Account.objects.update(is_enabled=False)

    with pytest.raises(NoSeat, match="No avatar account"):
        open_session(alice, anna)


async def test_an_upstream_that_breaks_off_fails_the_session(
    transactional_db, alice, anna
):
    async with rude_server() as rude:
        rude.will(hangs_up)
        await Account.objects.acreate(name="Rude", base_url=rude.url, api_key="x")

        rude.listing = lists()

        with pytest.raises(Unreachable):
            await services.open_session(owner=alice, persona=anna, wish=StreamWish())
        await background_work()

    session = await Session.objects.aget()
    assert (session.state, session.end_reason) == (
        State.FAILED,
        EndReason.UPSTREAM_REFUSED,
    )


@pytest.fixture
async def gone(transactional_db, alice, anna):
    """A session of which upstream has just said that it has ended."""
    async with rude_server() as rude:
        await Account.objects.acreate(name="Rude", base_url=rude.url, api_key="x")
        rude.will(answers(OPENED))
        opened = await services.open_session(
            owner=alice, persona=anna, wish=StreamWish()
        )
        closed = {"code": 10005, "message": "session state wrong: closed"}
        rude.will(answers(closed, status=400))

        with pytest.raises(Gone):
            await services.speak(opened.session, "Hello?")
        yield opened.session
        await background_work()


async def test_a_session_that_upstream_ended_is_ended_here_with_that_reason(gone):
    await background_work()

    session = await Session.objects.aget()
    assert (session.state, session.end_reason) == (
        State.FAILED,
        EndReason.UPSTREAM_ENDED,
    )


async def test_a_page_that_goes_before_its_first_beat_may_come_back(gone):
    """What it let go is gone upstream before the news come that it left."""
    await sync_to_async(gone.shorten_lease)(5)

    await background_work()

    session = await Session.objects.aget()
    assert session.is_usable


def test_nothing_can_be_done_with_a_session_that_has_ended(account, alice, anna):
    session = open_session(alice, anna)
    async_to_sync(services.close_session)(session, reason=EndReason.VIEWER_LEFT)

    with pytest.raises(WrongState, match="the viewer left the page"):
        async_to_sync(services.get_open_session)(session.pk, alice)
    with pytest.raises(WrongState):
        async_to_sync(services.speak)(session, "Hello?")


def test_the_cloud_may_set_a_shorter_end(db, alice, anna):
    async def run() -> Session:
        async with rude_server() as rude:
            await Account.objects.acreate(name="Rude", base_url=rude.url, api_key="x")
            data = {**STREAM, "session_duration_limit": 60}
            rude.will(answers({"code": 100, "data": data}))
            opened = await services.open_session(
                owner=alice, persona=anna, wish=StreamWish()
            )
            return opened.session

    session = async_to_sync(run)()

    assert session.ends_at < now() + timedelta(seconds=61)


async def test_an_opening_whose_caller_left_is_closed_here_and_upstream(
    rude, alice, anna
):
    answer = asyncio.Event()
    rude.will(once(answer, answers(OPENED)), answers(DONE))
    opening = asyncio.create_task(
        services.open_session(owner=alice, persona=anna, wish=StreamWish())
    )
    await rude.until_asked(1)

    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    answer.set()

    await rude.until_asked(2)
    assert rude.asked[-1][1] == STOP
    async with asyncio.timeout(5):
        # The database tells nobody.
        while (session := await Session.objects.aget()).is_open:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert session.end_reason == EndReason.VIEWER_LEFT


async def test_a_session_that_is_stopped_while_it_opens_keeps_its_seat_until_upstream_stops(
    rude, alice, anna
):
    answer = asyncio.Event()
    rude.will(once(answer, answers(OPENED)), answers(DONE))
    opening = asyncio.create_task(
        services.open_session(owner=alice, persona=anna, wish=StreamWish())
    )
    await rude.until_asked(1)
    session = await Session.objects.aget()

    await services.close_session(session, reason=EndReason.STAFF_STOPPED)
    assert session.state == State.CLOSING

    answer.set()
    with pytest.raises(WrongState):
        await opening
    assert rude.asked[-1][1] == STOP
    await sync_to_async(session.reread)()
    assert (session.state, session.end_reason) == (
        State.CLOSED,
        EndReason.STAFF_STOPPED,
    )


async def opener_dies(owner: User) -> Session:
    """A process reserves a seat, asks upstream, and is never heard of again."""
    account = await Account.objects.aget()
    at = now()
    session = await sync_to_async(Session.objects.reserve)(
        account,
        owner=owner,
        lease_expires_at=at + timedelta(seconds=30),
        ends_at=at + timedelta(hours=1),
    )
    await sync_to_async(move_back)(session, opening_until=1)
    return session


@pytest.mark.parametrize("exclusive", [True, False], ids=["ours alone", "shared"])
async def test_a_stream_whose_opener_died_is_stopped_or_counted(rude, alice, exclusive):
    await Account.objects.aupdate(is_exclusive=exclusive)
    rude.will(answers(DONE))
    rude.listing = lists("made-for-nobody")
    session = await opener_dies(alice)

    await services.sweep()

    await sync_to_async(session.reread)()
    assert (session.state, session.end_reason) == (State.CLOSED, EndReason.VIEWER_LOST)
    account = await Account.objects.aget()
    stopped = [body for _, path, _, body in rude.asked if path == STOP]
    if exclusive:
        assert stopped == [{"session_id": "made-for-nobody"}]
        assert account.foreign_sessions == 0
    else:
        assert stopped == []
        assert account.foreign_sessions == 1


async def test_a_seat_whose_opener_died_is_kept_until_upstream_can_be_asked(
    rude, alice
):
    rude.listing = hangs_up
    session = await opener_dies(alice)

    await services.sweep()
    await sync_to_async(session.reread)()
    assert session.state == State.CLOSING

    rude.listing = lists()
    await sync_to_async(move_back)(session, retry_at=1)
    await services.sweep()
    await sync_to_async(session.reread)()
    assert session.state == State.CLOSED


async def test_a_sweep_asks_again_only_after_a_pause_that_grows(rude, alice):
    rude.listing = hangs_up
    session = await opener_dies(alice)
    pauses = []

    for _ in range(5):
        await services.sweep()
        await services.sweep()  # at once: nothing is due
        await sync_to_async(session.reread)()
        assert session.retry_at is not None
        left_s = (session.retry_at - now()).total_seconds()
        pauses.append(round(left_s / 10) * 10)  # to the ten, for a busy machine
        await sync_to_async(move_back)(session, retry_at=1)

    assert pauses == [10, 20, 40, 60, 60]


async def test_whatever_goes_wrong_in_opening_costs_no_seat(
    transactional_db, alice, anna
):
    account = await Account.objects.acreate(
        name="Nonsense", base_url="http://[::1", api_key="x"
    )

    with pytest.raises(Unreachable, match="address cannot be used"):
        await services.open_session(owner=alice, persona=anna, wish=StreamWish())

    assert await sync_to_async(account.taken_seats)() == set()


async def test_a_service_that_hangs_does_not_keep_others_from_opening(
    rude, engine, alice, anna
):
    rude.will(answers(OPENED))
    stuck = await services.open_session(owner=alice, persona=anna, wish=StreamWish())
    await sync_to_async(move_back)(stuck.session, lease_expires_at=1)
    rude.will(says_nothing)
    await Account.objects.acreate(
        name="Second", base_url=engine.url, api_key=ENGINE_KEY
    )

    began_s = time.monotonic()
    await services.open_session(owner=alice, persona=anna, wish=StreamWish())

    assert time.monotonic() - began_s < 6


def test_one_session_that_cannot_be_closed_does_not_keep_others_open(
    account, alice, anna
):
    nonsense = Account.objects.create(
        name="Nonsense", base_url="http://[::1", api_key="x", is_enabled=False
    )
    at = now() - timedelta(seconds=1)
    poisoned = Session.objects.reserve(
        nonsense, owner=alice, lease_expires_at=at, ends_at=at
    )
    poisoned.opened("up-1", ends_at=at)
    lost = open_session(alice, anna)
    move_back(lost, lease_expires_at=1)

    async_to_sync(services.sweep)()

    lost.reread()
    assert lost.state == State.CLOSED


async def test_media_that_connects_before_the_answer_returns_makes_it_live(
    rude, alice, anna
):
    rude.will(answers(OPENED))
    opened = await services.open_session(owner=alice, persona=anna, wish=StreamWish())
    answer = asyncio.Event()
    rude.will(once(answer, answers(DONE)))
    starting = asyncio.create_task(
        services.start_session(opened.session, answer_sdp="v=0")
    )
    await rude.until_asked(2)

    await sync_to_async((await Session.objects.aget()).note_ice)("connected")
    answer.set()
    await starting

    assert (await Session.objects.aget()).state == State.LIVE


async def test_upstream_calls_a_stream_idle_later_than_we_do(
    rude, alice, anna, settings
):
    settings.SESSION_IDLE_S = 900
    rude.will(answers(OPENED))

    await services.open_session(owner=alice, persona=anna, wish=StreamWish())

    assert rude.asked[0][3]["activity_idle_timeout"] > 900


async def test_the_time_that_the_settings_give_a_service_counts(
    rude, alice, anna, settings
):
    settings.UPSTREAM_OPEN_TIMEOUT_S = 0.1
    rude.will(says_nothing)

    with pytest.raises(TimedOut, match=r"within 0\.1 s"):
        await services.open_session(owner=alice, persona=anna, wish=StreamWish())
