"""The line: who finds no seat waits for one, in order, and nobody gets past."""

import asyncio
import threading
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils.timezone import now

from personas.models import Persona
from streaming import queueing, services
from streaming.errors import NoSeat
from streaming.models import Account, EndReason, Session, State
from streaming.providers.base import StreamWish
from streaming.queueing import estimated_waits_s
from tests.conftest import ENGINE_KEY, client_of
from tests.rude_server import answers, lists, rude_server
from tests.sockets import beat, told

pytestmark = pytest.mark.django_db(transaction=True)

BASE = "/persona/heygen"
FULL = {"code": 10004, "message": "Concurrent limit reached"}


@pytest.fixture
def seat(account: Account) -> Account:
    """An account with one seat."""
    account.seat_limit = 1
    account.save()
    return account


@pytest.fixture
def dave(db) -> User:
    return User.objects.create_user("dave", password="dave's long password")


def call(user: User, path: str, **body: Any) -> Any:
    return client_of(user).post(f"{BASE}/session/{path}", body, format="json")


def create(user: User, **body: Any) -> Any:
    return call(user, "create", **body)


def opened(user: User, **body: Any) -> Session:
    reply = create(user, **body)
    assert reply.status_code == 200, reply.json()
    return Session.objects.get(pk=reply.json()["data"]["session_id"])


def waiting(user: User, **body: Any) -> Session:
    reply = create(user, **body)
    assert reply.status_code == 202, reply.json()
    return Session.objects.get(pk=reply.json()["data"]["session_id"])


def claim(user: User, ticket: Session) -> Any:
    return call(user, "claim", session_id=str(ticket.pk))


def close(session: Session) -> None:
    reason = EndReason.VIEWER_CLOSED
    async_to_sync(services.close_session)(session, reason=reason)


def sweep() -> None:
    async_to_sync(services.sweep)()


def in_past(ticket: Session, field: str) -> None:
    past = now() - timedelta(seconds=1)
    Session.objects.filter(pk=ticket.pk).update(**{field: past})


def line() -> list[str]:
    owners = Session.objects.in_line().values_list("owner__username", flat=True)
    return [str(name) for name in owners]


# Joining ----------------------------------------------------------------------------------


def test_who_finds_no_seat_gets_a_place_in_line(seat, anna, alice, bob):
    opened(alice)

    reply = create(bob, quality="low")

    assert reply.status_code == 202
    body = reply.json()
    assert body["success"] is True
    assert body["message"] == "All seats are taken. You are number 1 in line."
    ticket = body["data"]
    assert (ticket["status"], ticket["persona"]) == ("waiting", "anna")
    assert (ticket["position"], ticket["waiting"]) == (1, 1)
    assert ticket["quality"] == "low"
    assert ticket["estimated_wait_s"] > 0
    assert ticket["offered_until"] is None
    assert "sdp" not in ticket


def test_who_does_not_want_to_wait_is_told_so_at_once(seat, anna, alice, bob):
    opened(alice)

    reply = create(bob, wait=False)

    assert (reply.status_code, reply.json()["code"]) == (409, "no_seat")
    assert line() == []


def test_asking_again_keeps_the_ticket_and_takes_the_newest_wish(
    seat, anna, alice, bob
):
    opened(alice)
    first = waiting(bob)

    again = waiting(bob, quality="high")

    assert again.pk == first.pk
    assert again.place_at == first.place_at
    assert (again.quality, again.wish["quality"]) == ("high", "high")
    assert line() == ["bob"]


def test_a_site_may_allow_its_integrators_more_tickets(
    seat, anna, alice, bob, settings
):
    settings.QUEUE_TICKETS_PER_USER = 2
    opened(alice)

    tickets = [waiting(bob).pk for _ in range(3)]

    assert len(set(tickets)) == 2
    assert tickets[1] == tickets[2]


def test_nobody_waits_where_there_is_nothing_to_wait_for(seat, anna, alice, bob):
    opened(alice)
    Account.objects.update(is_draining=True)

    reply = create(bob)

    assert (reply.status_code, reply.json()["code"]) == (409, "no_seat")
    assert "No avatar account takes new sessions" in reply.json()["message"]
    assert line() == []


def test_threads_that_join_at_once_give_one_user_one_ticket(seat, anna, alice, bob):
    opened(alice)
    outcomes: list[int] = []

    def join() -> None:
        outcomes.append(create(bob).status_code)
        connection.close()

    threads = [threading.Thread(target=join) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes == [202] * 6
    assert line() == ["bob"]


# Whose turn it is -------------------------------------------------------------------------


def test_a_freed_seat_is_offered_to_the_first_in_line(
    seat, anna, alice, bob, carol, settings
):
    session = opened(alice)
    first, second = waiting(bob), waiting(carol)

    close(session)

    first.reread()
    second.reread()
    assert first.offered_until is not None
    left = first.offered_until - now()
    assert timedelta(seconds=settings.QUEUE_OFFER_S - 2) < left
    assert second.offered_until is None
    reply = claim(bob, first)
    assert reply.status_code == 200
    assert reply.json()["data"]["session_id"] == str(first.pk)
    assert reply.json()["data"]["sdp"]["sdp"].startswith("v=0")
    assert line() == ["carol"]


def test_nobody_who_comes_later_takes_the_seat_that_is_offered(
    seat, anna, alice, bob, dave
):
    session = opened(alice)
    waiting(bob)
    close(session)

    refused = create(dave, wait=False)

    assert refused.status_code == 409
    assert "people in line" in refused.json()["message"]
    assert create(dave).json()["data"]["position"] == 2


def test_a_claim_before_its_turn_is_a_sign_of_life_and_no_more(
    seat, anna, alice, bob, dave
):
    session = opened(alice)
    waiting(bob)
    ticket = waiting(dave)
    close(session)
    Session.objects.filter(pk=ticket.pk).update(lease_expires_at=now())

    reply = claim(dave, ticket)

    assert reply.status_code == 202
    assert reply.json()["data"]["position"] == 2
    ticket.reread()
    assert ticket.lease_expires_at > now() + timedelta(seconds=60)


def test_asking_again_takes_the_seat_that_is_offered(seat, anna, alice, bob):
    session = opened(alice)
    ticket = waiting(bob)
    close(session)

    assert opened(bob).pk == ticket.pk


def test_a_missed_offer_goes_to_the_next(seat, anna, alice, bob, dave):
    session = opened(alice)
    first, second = waiting(bob), waiting(dave)
    close(session)
    first.reread()
    in_past(first, "offered_until")

    sweep()

    first.reread()
    second.reread()
    assert (first.state, first.end_reason) == (State.CLOSED, EndReason.OFFER_MISSED)
    assert second.offered_until is not None
    late = claim(bob, first)
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")


def test_two_free_seats_are_offered_to_two(account, anna, alice, bob, carol, dave):
    sessions = [opened(alice) for _ in range(3)]
    tickets = [waiting(user) for user in (bob, carol, dave)]

    close(sessions[0])
    close(sessions[1])

    for ticket in tickets:
        ticket.reread()
    assert [ticket.offered_until is not None for ticket in tickets] == [
        True,
        True,
        False,
    ]
    # The second need not wait until the first has decided.
    assert claim(carol, tickets[1]).status_code == 200
    assert claim(dave, tickets[2]).status_code == 202
    assert claim(bob, tickets[0]).status_code == 200


def test_an_offer_is_withdrawn_when_its_seat_is_gone(seat, anna, alice, bob):
    session = opened(alice)
    ticket = waiting(bob)
    close(session)
    Account.objects.update(is_draining=True)

    sweep()

    ticket.reread()
    assert (ticket.state, ticket.offered_until) == (State.WAITING, None)


def test_the_line_moves_without_a_worker_because_every_create_sweeps(
    seat, anna, alice, bob, dave
):
    session = opened(alice)
    first = waiting(bob)
    in_past(session, "lease_expires_at")

    assert create(dave).json()["data"]["position"] == 2

    first.reread()
    assert first.offered_until is not None


def test_newcomers_at_the_same_time_leave_the_seats_of_those_in_line(
    seat, anna, alice, bob
):
    """Neither may count the seat that the other is taking as left for the line."""
    second_seat = Account.objects.create(
        name="Second", base_url=seat.base_url, api_key=ENGINE_KEY, seat_limit=1
    )
    sessions = [opened(alice) for _ in range(2)]
    # Both are at one engine, and would count each other's sessions as those of others.
    Account.objects.update(compared_at=now())
    ticket = waiting(bob)
    close(sessions[0])
    close(sessions[1])
    seated: list[Session] = []
    first_has_seat, second_is_done = threading.Event(), threading.Event()

    def take_seat(account: Account) -> Session:
        until = now() + timedelta(minutes=1)
        return Session.objects.reserve(account, lease_expires_at=until, ends_at=until)

    def first() -> None:
        with transaction.atomic():
            seated.append(take_seat(seat))
            first_has_seat.set()
            second_is_done.wait(0.5)  # in vain, if the second waits for our commit
        connection.close()

    def second() -> None:
        first_has_seat.wait(5)
        with suppress(NoSeat):
            seated.append(take_seat(second_seat))
        second_is_done.set()
        connection.close()

    threads = [threading.Thread(target=work) for work in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(seated) == 1
    assert claim(bob, ticket).status_code == 200


# Leaving ----------------------------------------------------------------------------------


def test_stopping_a_ticket_leaves_the_line(seat, anna, alice, bob, dave):
    opened(alice)
    first = waiting(bob)
    waiting(dave)

    stopped = call(bob, "stop", session_id=str(first.pk))

    assert stopped.json()["data"] == {"status": "closed", "end_reason": "viewer_closed"}
    assert create(dave).json()["data"]["position"] == 1


def test_who_shows_no_sign_of_life_loses_the_place(seat, anna, alice, bob):
    opened(alice)
    ticket = waiting(bob)
    in_past(ticket, "lease_expires_at")

    sweep()

    ticket.reread()
    assert (ticket.state, ticket.end_reason) == (State.CLOSED, EndReason.VIEWER_LOST)


def test_anothers_ticket_does_not_exist(seat, anna, alice, bob, carol):
    opened(alice)
    ticket = waiting(bob)

    for stranger in (alice, carol):  # staff may stop it, not sit down in it
        assert claim(stranger, ticket).status_code == 404


def test_a_deleted_users_ticket_does_not_stop_the_line(seat, anna, alice, bob, dave):
    session = opened(alice)
    waiting(bob)
    second = waiting(dave)
    bob.delete()
    Session.objects.filter(owner=None).update(offered_until=None)
    close(session)

    in_past(Session.objects.get(owner=None), "offered_until")
    sweep()

    second.reread()
    assert second.offered_until is not None


# Order ------------------------------------------------------------------------------------


def test_staff_reorder_the_line(seat, anna, alice, bob, carol, dave):
    opened(alice)
    tickets = [waiting(user) for user in (bob, carol, dave)]

    queueing.move(tickets[2], 1)
    assert line() == ["dave", "bob", "carol"]
    queueing.move(tickets[0], 3)
    assert line() == ["dave", "carol", "bob"]
    queueing.move(tickets[0], 2)
    assert line() == ["dave", "bob", "carol"]
    queueing.move(tickets[1], 99)
    assert line() == ["dave", "bob", "carol"]


def test_who_lost_the_session_to_a_failure_is_first_in_line(
    seat, anna, alice, bob, dave
):
    broken = opened(alice)
    waiting(bob)
    async_to_sync(services.close_session)(broken, reason=EndReason.UPSTREAM_ENDED)
    broken.reread()

    back = create(alice, continues=str(broken.pk))

    assert back.status_code == 200, back.json()
    assert line() == ["bob"]


def test_who_closed_the_session_themselves_goes_to_the_end(seat, anna, alice, bob):
    session = opened(alice)
    waiting(bob)
    close(session)
    session.reread()

    back = create(alice, continues=str(session.pk))

    assert back.status_code == 202
    assert line() == ["bob", "alice"]


async def test_a_service_that_says_it_is_full_costs_nobody_the_place(
    transactional_db, anna, alice, bob
):
    async with rude_server() as rude:
        rude.will(answers(FULL, status=400))
        rude.listing = lists("somebody's", "else's")
        await Account.objects.acreate(
            name="Shared", base_url=rude.url, api_key="x", seat_limit=2
        )

        async def ask(owner: User) -> Any:
            return await services.open_or_wait(
                owner=owner, persona=anna, wish=StreamWish()
            )

        first, second = await ask(alice), await ask(bob)
        again = await ask(alice)

    assert (first.place.position, second.place.position) == (1, 2)
    assert again.place.position == 1
    assert again.place.offered_until is None


# Estimates --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rests_s", "waits"),
    [
        ([], []),
        ([0.0], [0, 60, 120, 180]),
        ([30.0], [30, 90, 150, 210]),
        ([30.0, 40.0, 100.0], [30, 40, 90, 100]),
    ],
    ids=["no seats", "a free seat", "one seat", "three seats"],
)
def test_the_wait_is_counted_from_the_seats_and_the_usual_length(rests_s, waits):
    assert estimated_waits_s(4, rests_s=rests_s, length_s=60.0) == waits


def test_the_estimate_follows_the_lengths_of_recent_sessions(seat, anna, alice, bob):
    for _ in range(3):
        past = opened(alice)
        close(past)
        began = now() - timedelta(seconds=40)
        Session.objects.filter(pk=past.pk).update(
            seated_at=began, opened_at=began, ended_at=now()
        )
    opened(alice)

    assert create(bob).json()["data"]["estimated_wait_s"] == pytest.approx(40, abs=2)


# By websocket -----------------------------------------------------------------------------


async def asked(owner: User) -> Session:
    """What comes of asking for a session: open or waiting."""
    persona = await Persona.objects.aget()
    outcome = await services.open_or_wait(
        owner=owner, persona=persona, wish=StreamWish()
    )
    return outcome.session


async def test_places_are_pushed_when_the_line_moves(
    seat, anna, alice, bob, dave, connect
):
    session, first, second = [await asked(user) for user in (alice, bob, dave)]
    socket = await connect(second.pk, dave)
    snapshot = await told(socket, "snapshot")
    assert snapshot["data"]["session"]["state"] == "waiting"
    assert snapshot["data"]["queue"]["position"] == 2

    await services.close_session(first, reason=EndReason.VIEWER_CLOSED)
    moved = await told(socket, "queue.position")
    assert (moved["seq"], moved["data"]["position"]) == (None, 1)
    assert moved["data"]["offered_until"] is None

    await services.close_session(session, reason=EndReason.VIEWER_CLOSED)
    offered = await told(socket, "queue.position")
    assert offered["data"]["offered_until"] is not None

    await services.claim(await services.own_session(second.pk, dave))
    assert (await told(socket, "session.status"))["data"]["to"] == "opening"


async def test_a_visitor_who_waits_keeps_the_line_moving(
    seat, anna, alice, bob, connect
):
    session, ticket = await asked(alice), await asked(bob)
    socket = await connect(ticket.pk, bob)
    await told(socket, "snapshot")
    await sync_to_async(in_past)(session, "lease_expires_at")

    async with asyncio.timeout(10):
        while True:
            await socket.send_json_to({"type": "heartbeat"})
            frame = await told(socket, "queue.position")
            if frame["data"]["offered_until"]:
                break

    await sync_to_async(session.reread)()
    assert session.end_reason == EndReason.VIEWER_LOST


async def test_who_leaves_the_page_gives_the_place_up_after_the_grace(
    seat, anna, alice, bob, connect, settings
):
    settings.LEASE_GRACE_S = 0.2
    _, ticket = await asked(alice), await asked(bob)
    socket = await connect(ticket.pk, bob)
    await told(socket, "snapshot")
    await beat(socket)

    await socket.disconnect()

    async with asyncio.timeout(5):
        while (await Session.objects.aget(pk=ticket.pk)).is_open:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await sync_to_async(ticket.reread)()
    assert ticket.end_reason == EndReason.VIEWER_LOST
