"""Accounts as a pool: who is asked, what failures mean, and what a visitor is told."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection
from django.utils.timezone import now

from streaming import pool, services
from streaming.errors import AccountsResting, NoSeat
from streaming.models import Account, EndReason, Session, State
from streaming.providers import provider_for
from streaming.providers.base import (
    NoUpstreamSeat,
    ProviderError,
    Rejected,
    StreamWish,
    TimedOut,
    Unreachable,
)
from tests.background import background_work
from tests.conftest import ENGINE_KEY
from tests.rude_server import (
    Behaviour,
    RudeServer,
    answers,
    hangs_up,
    lists,
    once,
    rude_server,
    says_nothing,
)

STREAM = {"session_id": "up-1", "sdp": {"type": "offer", "sdp": "v=0"}}
OPENED = answers({"code": 100, "data": STREAM})
FULL = answers({"code": 10004, "message": "Concurrent limit reached"}, status=400)
WRONG_KEY = answers({"code": 400112, "message": "Unauthorized"}, status=401)
UNKNOWN_AVATAR = answers({"code": 10013, "message": "avatar not found"}, status=400)


@pytest.fixture
async def rude(transactional_db) -> AsyncIterator[Callable[..., Any]]:
    """Makes accounts of three seats at services that do what they are told to."""
    async with AsyncExitStack() as servers:

        async def make(
            *behaviours: Behaviour, **fields: Any
        ) -> tuple[Account, RudeServer]:
            server = await servers.enter_async_context(rude_server())
            server.will(*behaviours)
            server.listing = fields.pop("listing", lists())
            count = await Account.objects.acount()
            account = await Account.objects.acreate(
                name=f"Rude {count}", base_url=server.url, api_key="x", **fields
            )
            return account, server

        yield make


async def open_session(owner, persona, **wish) -> Session:
    opened = await services.open_session(
        owner=owner, persona=persona, wish=StreamWish(**wish)
    )
    return opened.session


async def as_if_later() -> None:
    """As if whatever hangs upstream were over, and sweeps were due."""
    past = now() - timedelta(seconds=1)
    await Session.objects.aupdate(opening_until=past, retry_at=past)


async def where(session: Session) -> str:
    return (await Account.objects.aget(sessions=session)).name


async def end_rest(account: Account) -> None:
    """As if its pause were over."""
    ended = now() - timedelta(seconds=1)
    await Account.objects.filter(pk=account.pk).aupdate(resting_until=ended)


def rest(account: Account, for_s: float, problem: str = "It broke.") -> None:
    until = now() + timedelta(seconds=for_s)
    Account.objects.filter(pk=account.pk).update(
        failures=3, resting_until=until, last_problem=problem
    )


# Order ------------------------------------------------------------------------------------


async def test_the_smallest_priority_is_used_first_and_age_decides_ties(
    rude, alice, anna
):
    for priority in (5, 5, 1):
        await rude(OPENED, priority=priority, seat_limit=1)

    names = [await where(await open_session(alice, anna)) for _ in range(3)]

    assert names == ["Rude 2", "Rude 0", "Rude 1"]


async def test_sessions_of_others_count_as_taken_seats(rude, alice, anna):
    await rude(OPENED, seat_limit=3, foreign_sessions=2)
    await rude(OPENED)

    names = [await where(await open_session(alice, anna)) for _ in range(2)]

    assert names == ["Rude 0", "Rude 1"]


async def test_seats_whose_streams_are_gone_are_found_without_a_worker(
    transactional_db, account, alice, anna
):
    for _ in range(3):
        session = await open_session(alice, anna)
        async with provider_for(account) as provider:
            await provider.stop(session.upstream_id)

    await open_session(alice, anna)

    ended = Session.objects.filter(end_reason=EndReason.UPSTREAM_ENDED)
    assert await ended.acount() == 3


async def test_a_full_account_is_compared_by_one_of_those_who_want_a_seat(
    transactional_db, account
):
    at = now()
    pause = timedelta(seconds=10)

    def claim(later_s: float) -> bool:
        when = at + timedelta(seconds=later_s)
        return Account.objects.get().claim_comparison(when, pause=pause)

    claims = [await sync_to_async(claim)(later_s) for later_s in (0, 0, 9, 11, 12)]
    assert claims == [True, False, False, True, False]


def test_a_draining_account_takes_none_and_keeps_what_it_has(account, alice, anna):
    session = async_to_sync(open_session)(alice, anna)
    Account.objects.update(is_draining=True)

    with pytest.raises(NoSeat, match="takes new sessions"):
        async_to_sync(open_session)(alice, anna)

    async_to_sync(services.sweep)()
    async_to_sync(services.keep_alive)(session)
    session.reread()
    assert session.state == State.READY


@pytest.mark.parametrize(
    ("foreign", "exclusive", "taken", "free"),
    [
        (0, False, [], [1, 2, 3]),
        (1, False, [], [1, 2]),
        (1, False, [3], [1]),
        (1, False, [1, 3], []),
        (1, False, [1], [2]),
        (3, False, [], []),
        (4, False, [], []),
        (1, True, [], [1, 2]),
    ],
)
def test_free_seats_leave_room_for_others(
    dead_account, foreign, exclusive, taken, free
):
    account = dead_account
    account.foreign_sessions, account.is_exclusive = foreign, exclusive
    at = now()
    for seat in taken:
        Session.objects.create(
            account=account,
            seat=seat,
            state=State.LIVE,
            lease_expires_at=at,
            ends_at=at,
        )

    assert account.free_seats() == free


@pytest.mark.django_db(transaction=True)
def test_threads_that_race_leave_room_for_others_too(dead_account):
    Account.objects.update(foreign_sessions=1)
    at = now()
    Session.objects.create(
        account=dead_account,
        seat=3,
        state=State.LIVE,
        lease_expires_at=at,
        ends_at=at,
    )
    outcomes: list[str] = []

    def race() -> None:
        account = Account.objects.get()
        try:
            session = Session.objects.reserve(account, lease_expires_at=at, ends_at=at)
            outcomes.append(str(session.seat))
        except NoSeat:
            outcomes.append("refused")

    in_threads(8, race)

    assert sorted(outcomes) == ["1"] + ["refused"] * 7


# Falling over to the next -------------------------------------------------------------------


@pytest.mark.parametrize(
    "behaviour",
    [
        hangs_up,
        WRONG_KEY,
        answers({"message": "no credit"}, status=402),
        answers({"message": "later"}, status=429, Retry_After="5"),
        answers("<html>gateway</html>", status=502),
        answers("<html>hello</html>"),
        answers("Not Found", status=404),
        answers("Method Not Allowed", status=405),
        answers({"code": 100, "data": {"session_id": 7}}),
    ],
    ids=[
        "breaks off",
        "wrong key",
        "no credit",
        "busy",
        "gateway page",
        "somebody's page",
        "not found",
        "somebody's server",
        "strange answer",
    ],
)
async def test_the_next_account_is_tried_within_the_same_request(
    rude, alice, anna, behaviour
):
    first, _ = await rude(behaviour)
    await rude(OPENED)

    session = await open_session(alice, anna)

    assert await where(session) == "Rude 1"
    await background_work()
    failed = await Session.objects.aget(account=first)
    assert (failed.state, failed.end_reason) == (
        State.FAILED,
        EndReason.UPSTREAM_REFUSED,
    )
    await first.arefresh_from_db()
    assert first.failures == 1
    assert first.last_problem


async def test_an_outage_falls_over_to_the_real_engine(
    transactional_db, dead_account, account, alice, anna
):
    session = await open_session(alice, anna)

    assert await where(session) == account.name


async def test_an_account_that_no_client_can_use_does_not_stop_the_others(
    rude, alice, anna
):
    await Account.objects.acreate(name="Nonsense", base_url="http://[::1", api_key="x")
    await rude(OPENED)

    session = await open_session(alice, anna)

    assert await where(session) == "Rude 1"


async def test_a_service_that_is_full_is_passed_over_and_not_called_ill(
    rude, alice, anna
):
    first, _ = await rude(FULL)
    await rude(OPENED)

    for _ in range(2):
        assert await where(await open_session(alice, anna)) == "Rude 1"

    await first.arefresh_from_db()
    assert (first.failures, first.resting_until) == (0, None)


async def test_what_was_asked_wrongly_is_not_tried_elsewhere(
    transactional_db, account, rude, alice, anna
):
    _, second = await rude(OPENED)

    with pytest.raises(Rejected) as caught:
        await open_session(alice, anna, avatar_name="nobody-we-know")

    assert caught.value.upstream_code == 10013
    assert second.asked == []
    await account.arefresh_from_db()
    assert account.failures == 0


@pytest.mark.parametrize(
    "wish",
    [{"avatar_name": "katya_in_the_cloud"}, {"voice_id": "voice-of-the-cloud"}],
    ids=["avatar", "voice"],
)
async def test_an_account_that_stands_in_shows_its_own_avatar_when_it_must(
    transactional_db, dead_account, account, alice, anna, wish
):
    session = await open_session(alice, anna, **wish)

    assert await where(session) == account.name
    assert (session.avatar_name, session.voice_id) == ("", "")
    events = [event async for event in session.events.all()]
    assert [event.type for event in events] == [
        "session.status",
        "avatar.replaced",
        "session.status",
    ]
    assert events[1].data == {"avatar_name": "", "voice_id": ""} | wish


async def test_one_that_hangs_leaves_time_for_the_next(rude, alice, anna, settings):
    settings.UPSTREAM_OPEN_TIMEOUT_S = 1.0
    await rude(says_nothing)
    await rude(OPENED)

    assert await where(await open_session(alice, anna)) == "Rude 1"


async def test_however_many_hang_the_request_ends_in_time(rude, alice, anna, settings):
    settings.UPSTREAM_OPEN_TIMEOUT_S = 0.6
    for _ in range(4):
        await rude(says_nothing)

    began_s = time.monotonic()
    with pytest.raises(TimedOut):
        await open_session(alice, anna)

    assert time.monotonic() - began_s < 1.6
    await as_if_later()
    await services.sweep()
    assert not await Session.objects.open().aexists()


async def test_a_session_that_staff_stop_is_not_opened_elsewhere(rude, alice, anna):
    answer = asyncio.Event()
    _, first = await rude(once(answer, hangs_up))
    _, second = await rude(OPENED)
    opening = asyncio.create_task(open_session(alice, anna))
    await first.until_asked(1)
    session = await Session.objects.aget()

    await services.close_session(session, reason=EndReason.STAFF_STOPPED)
    answer.set()
    with pytest.raises(Unreachable):
        await opening

    assert second.asked == []
    await background_work()
    await sync_to_async(session.reread)()
    assert (session.state, session.end_reason) == (
        State.CLOSED,
        EndReason.STAFF_STOPPED,
    )


async def test_nothing_is_opened_elsewhere_for_a_caller_who_left(rude, alice, anna):
    answer = asyncio.Event()
    account, first = await rude(once(answer, hangs_up))
    _, second = await rude(OPENED)
    opening = asyncio.create_task(open_session(alice, anna))
    await first.until_asked(1)

    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    answer.set()
    await background_work()

    await account.arefresh_from_db()
    assert account.failures == 1
    assert second.asked == []
    assert not await Session.objects.open().aexists()


# Rest -----------------------------------------------------------------------------------------


async def test_a_wrong_key_rests_the_account_after_three_tries(
    transactional_db, engine, account, alice, anna
):
    wrong = await Account.objects.acreate(
        name="Wrong key", base_url=engine.url, api_key="not-the-key", priority=-1
    )
    await Account.objects.filter(pk=account.pk).aupdate(seat_limit=4)

    for _ in range(4):
        assert await where(await open_session(alice, anna)) == account.name

    assert await Session.objects.filter(account=wrong).acount() == 3
    await wrong.arefresh_from_db()
    assert wrong.is_resting(now())
    assert "refuses the account's key" in wrong.last_problem


async def test_after_its_rest_it_is_tried_again_and_forgiven(rude, alice, anna):
    account, server = await rude(hangs_up)
    for _ in range(3):
        with pytest.raises(Unreachable):
            await open_session(alice, anna)
        await background_work()
    with pytest.raises(AccountsResting):
        await open_session(alice, anna)
    assert len(server.asked) == 3

    server.will(OPENED)
    await end_rest(account)
    await open_session(alice, anna)

    await account.arefresh_from_db()
    assert (account.failures, account.resting_until) == (0, None)
    assert account.last_problem == ""


async def test_a_trial_that_fails_rests_it_longer(rude, alice, anna):
    account, _ = await rude(hangs_up)
    for _ in range(3):
        with pytest.raises(Unreachable):
            await open_session(alice, anna)
        await background_work()
    await end_rest(account)

    with pytest.raises(Unreachable):
        await open_session(alice, anna)

    await account.arefresh_from_db()
    assert account.resting_until > now() + timedelta(seconds=50)


async def test_only_one_opening_tries_what_has_rested(rude, alice, anna):
    answer = asyncio.Event()
    account, server = await rude(once(answer, OPENED))
    await sync_to_async(rest)(account, -1)
    trying = asyncio.create_task(open_session(alice, anna))
    await server.until_asked(1)

    with pytest.raises(AccountsResting):
        await open_session(alice, anna)
    answer.set()
    await trying

    assert len(server.asked) == 1
    await open_session(alice, anna)


async def test_a_trial_in_which_the_wish_was_wrong_leaves_the_next_a_trial(
    rude, alice, anna
):
    account, _ = await rude(UNKNOWN_AVATAR, OPENED)
    await sync_to_async(rest)(account, -1)

    with pytest.raises(Rejected):
        await open_session(alice, anna, avatar_name="nobody")

    await open_session(alice, anna)
    await account.arefresh_from_db()
    assert account.failures == 0


def test_the_pauses_grow_to_ten_minutes(dead_account):
    account, at, pauses = dead_account, now(), []
    for _ in range(2):
        account.note_failure("It broke.", at=at)
        assert account.resting_until is None

    for _ in range(8):
        assert account.claim(at, for_s=70)
        account.note_failure("It broke.", at=at)
        pauses.append((account.resting_until - at).total_seconds())
        at = account.resting_until

    assert pauses == [30, 60, 120, 240, 480, 600, 600, 600]


def test_failures_that_are_not_in_a_row_are_forgotten(dead_account):
    at = now()
    for _ in range(3):
        dead_account.note_failure("It broke.", at=at)
        dead_account.note_failure("It broke.", at=at)
        dead_account.note_success()

    dead_account.refresh_from_db()
    assert (dead_account.failures, dead_account.resting_until) == (0, None)


def test_openings_that_an_outage_catches_late_do_not_make_the_rest_longer(
    dead_account,
):
    at = now()
    late = [Account.objects.get() for _ in range(6)]

    for account in late:
        account.note_failure("It broke.", at=at)

    dead_account.refresh_from_db()
    assert dead_account.failures == 3
    assert dead_account.resting_until == at + timedelta(seconds=30)


def test_a_trial_whose_process_died_is_over_in_time(dead_account):
    rest(dead_account, -1)
    at = now()
    ours, theirs = Account.objects.get(), Account.objects.get()

    assert theirs.claim(at, for_s=70)
    assert not ours.claim(at, for_s=70)

    assert Account.objects.get().claim(at + timedelta(seconds=71), for_s=70)


def test_who_loses_the_trial_to_a_success_may_open_too(dead_account):
    rest(dead_account, -1)
    ours, theirs = Account.objects.get(), Account.objects.get()
    theirs.claim(now(), for_s=70)
    theirs.note_success()

    assert ours.claim(now(), for_s=70)


@pytest.mark.django_db(transaction=True)
def test_threads_count_their_failures_together(dead_account):
    at = now()

    in_threads(2, lambda: Account.objects.get().note_failure("It broke.", at=at))
    dead_account.refresh_from_db()
    assert (dead_account.failures, dead_account.resting_until) == (2, None)

    accounts = [Account.objects.get() for _ in range(6)]
    in_threads(6, lambda: accounts.pop().note_failure("It broke.", at=at))
    dead_account.refresh_from_db()
    assert dead_account.failures == 3
    assert dead_account.resting_until == at + timedelta(seconds=30)


def in_threads(count: int, work: Callable[[], None]) -> None:
    start = threading.Barrier(count)

    def run() -> None:
        start.wait()
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# What a visitor is told -------------------------------------------------------------------------


def test_when_all_rest_the_api_says_until_when(api, anna, account, dead_account):
    rest(dead_account, 300)
    rest(account, 20, "The avatar service failed.")

    refused = api.post("/persona/heygen/session/create", {}, format="json")

    assert refused.status_code == 503
    body = refused.json()
    assert (body["success"], body["code"]) == (False, "accounts_resting")
    assert "left alone until" in body["message"]
    assert "The avatar service failed." in body["error"]
    assert 15 <= int(refused["Retry-After"]) <= 20


async def test_seats_that_are_taken_and_accounts_that_fail_are_both_told(
    rude, alice, anna
):
    await rude(OPENED, seat_limit=1)
    await rude(answers({"message": "oops"}, status=500))
    await open_session(alice, anna)

    with pytest.raises(NoSeat) as caught:
        await open_session(alice, anna)

    body = caught.value.body()
    assert "All 1 seats are taken" in body["message"]
    assert "The avatar service failed." in body["message"]
    assert body["upstream"] == {"code": 500, "message": "oops"}


async def test_a_service_that_is_full_and_one_that_fails_are_both_told(
    rude, alice, anna
):
    await rude(WRONG_KEY)
    await rude(FULL)

    with pytest.raises(
        NoSeat, match="taken, some by others.*refuses the account's key"
    ):
        await open_session(alice, anna)


async def test_two_services_that_are_full_are_told_as_they_say_it(rude, alice, anna):
    await rude(FULL)
    await rude(FULL)

    with pytest.raises(NoUpstreamSeat):
        await open_session(alice, anna)


async def test_of_two_failures_the_preferred_accounts_is_told(rude, alice, anna):
    await rude(WRONG_KEY)
    await rude(hangs_up)

    with pytest.raises(ProviderError) as caught:
        await open_session(alice, anna)

    assert caught.value.upstream_code == 400112


def test_seats_that_are_taken_and_accounts_that_rest_are_both_told(
    account, dead_account, alice, anna
):
    rest(dead_account, 60)
    Account.objects.filter(pk=account.pk).update(seat_limit=1)
    async_to_sync(open_session)(alice, anna)

    with pytest.raises(NoSeat, match="All 1 seats are taken. Other accounts are rest"):
        async_to_sync(open_session)(alice, anna)


# Testing an account ---------------------------------------------------------------------------


async def test_a_test_of_the_real_engine_counts_what_is_there(
    transactional_db, account, alice, anna
):
    await open_session(alice, anna)

    found = await pool.check(account)

    assert found.is_fine
    assert "avatars" in found.words
    assert "sessions there now" in found.words


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (hangs_up, "broke off. RemoteProtocolError Check that it is running"),
        (says_nothing, "did not answer within 0.2 s. Check that"),
        (WRONG_KEY, "refuses the account's key. Unauthorized Enter the key again"),
        (answers({"code": 400599, "message": "plan"}, status=400), "plan does not all"),
        (answers({}, status=402), "no credit left"),
        (answers({}, status=429, Retry_After="7"), "Test again in 7 seconds"),
        (answers("<html>hello</html>"), "not look like the address of a HeyGen-comp"),
        (answers("what?", status=404), "not look like the address of a HeyGen-comp"),
        (answers("what?", status=400), "not look like the address of a HeyGen-comp"),
        (answers({"status": "ok"}), "not look like the address of a HeyGen-comp"),
    ],
    ids=[
        "breaks off",
        "silent",
        "wrong key",
        "plan",
        "no credit",
        "busy",
        "a page",
        "not found",
        "refused",
        "another API",
    ],
)
async def test_a_test_says_what_is_wrong_in_plain_words(
    rude, settings, behaviour, words
):
    settings.UPSTREAM_TIMEOUT_S = 0.2
    account, _ = await rude(behaviour, listing=None)

    found = await pool.check(account)

    assert not found.is_fine
    assert words in found.words


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:9", "cannot be reached. Check that it is running"),
        ("http://[::1", "address cannot be used"),
    ],
    ids=["nobody there", "nonsense"],
)
async def test_a_test_of_an_address_where_nobody_is(transactional_db, url, words):
    account = Account(name="Nobody", base_url=url, api_key="x")

    found = await pool.check(account)

    assert not found.is_fine
    assert words in found.words


async def test_a_test_with_a_wrong_key_at_the_real_engine(transactional_db, engine):
    account = Account(name="Mistyped", base_url=engine.url, api_key=f"{ENGINE_KEY}!")

    found = await pool.check(account)

    assert not found.is_fine
    assert "Enter the key again" in found.words
