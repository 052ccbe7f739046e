"""The session's state machine and its seats: rules that need only the database."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.utils.timezone import now

from streaming.errors import IllegalTransition, NoSeat
from streaming.models import (
    ENDED,
    SEATED,
    Account,
    EndReason,
    Session,
    SessionEvent,
    State,
)


def reserve(account: Account, **fields: Any) -> Session:
    until = now() + timedelta(seconds=60)
    fields = {"lease_expires_at": until, "ends_at": until} | fields
    return Session.objects.reserve(account, **fields)


@pytest.fixture
def session(dead_account, alice, anna) -> Session:
    return reserve(dead_account, owner=alice, persona=anna)


def live(session: Session) -> Session:
    session.opened("up-1", ends_at=session.ends_at)
    session.answered()
    session.go_live()
    return session


def test_it_walks_from_opening_to_closed(session):
    live(session)
    session.begin_closing(EndReason.VIEWER_CLOSED)
    session.finish()

    walked = [event.data["to"] for event in session.events.all()]
    assert walked == ["opening", "ready", "connecting", "live", "closing", "closed"]
    assert session.ended_at is not None


def test_events_are_numbered_without_gaps(session):
    live(session)

    assert [event.seq for event in session.events.all()] == [1, 2, 3, 4]
    session.refresh_from_db()
    assert session.last_seq == 4


def test_a_failure_ends_as_failed_with_its_reason(session):
    live(session).begin_closing(EndReason.ICE_FAILED)
    session.finish()

    assert (session.state, session.end_reason) == (State.FAILED, "ice_failed")


def test_it_refuses_a_step_that_the_table_does_not_have(session):
    with pytest.raises(IllegalTransition, match="from opening to live"):
        session.go_live()

    session.refresh_from_db()
    assert session.state == State.OPENING
    assert session.events.count() == 1


def test_it_lets_only_the_first_of_two_workers_end_it(session):
    live(session)
    theirs = Session.objects.get(pk=session.pk)
    theirs.begin_closing(EndReason.IDLE)

    with pytest.raises(IllegalTransition):
        session.begin_closing(EndReason.VIEWER_CLOSED)

    session.refresh_from_db()
    assert session.end_reason == EndReason.IDLE


def test_every_state_has_a_row_in_the_table():
    assert set(Session.NEXT) == set(State)
    assert {s for s in State if not Session.NEXT[s]} == set(ENDED)


def test_the_fourth_session_on_three_seats_is_refused(dead_account):
    seats = [reserve(dead_account).seat for _ in range(3)]

    with pytest.raises(NoSeat, match="All 3 seats"):
        reserve(dead_account)

    assert seats == [1, 2, 3]
    assert Session.objects.count() == 3


def test_the_database_itself_refuses_a_second_session_on_a_seat(session):
    with pytest.raises(IntegrityError):
        Session.objects.create(
            account=session.account,
            seat=session.seat,
            state=State.LIVE,
            lease_expires_at=now(),
            ends_at=now(),
        )


@pytest.mark.parametrize("state", SEATED)
def test_a_seat_is_held_in_every_state_that_upstream_counts(session, state):
    Session.objects.filter(pk=session.pk).update(state=state)

    assert reserve(session.account).seat == 2


@pytest.mark.parametrize("state", ENDED)
def test_an_ended_session_has_given_its_seat_back(session, state):
    Session.objects.filter(pk=session.pk).update(state=state, ended_at=now())

    assert reserve(session.account).seat == 1


@pytest.mark.django_db(transaction=True)
def test_threads_that_race_for_three_seats_get_exactly_three(dead_account):
    outcomes: list[str] = []
    start = threading.Barrier(12)

    def race() -> None:
        start.wait()
        try:
            outcomes.append(str(reserve(dead_account).seat))
        except NoSeat:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=race) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["1", "2", "3"] + ["refused"] * 9


def test_a_lease_is_renewed_but_never_shortened_by_renewing(session):
    before = live(session).lease_expires_at

    session.renew_lease(5)
    session.refresh_from_db()
    assert session.lease_expires_at == before

    session.renew_lease(500)
    session.refresh_from_db()
    assert session.lease_expires_at > before


def test_a_lost_viewer_shortens_the_lease(session):
    session.shorten_lease(5)

    session.refresh_from_db()
    assert session.lease_expires_at < now() + timedelta(seconds=6)


def test_an_ended_session_keeps_no_lease_alive(session):
    session.fail(EndReason.UPSTREAM_REFUSED)
    before = session.lease_expires_at

    session.renew_lease(500)

    session.refresh_from_db()
    assert session.lease_expires_at == before


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"lease_expires_at": -1}, EndReason.VIEWER_LOST),
        ({"ends_at": -1}, EndReason.MAX_AGE),
        ({"last_activity_at": -121}, EndReason.IDLE),
    ],
    ids=["lease", "age", "idleness"],
)
def test_a_session_past_one_of_its_limits_is_lost(session, changes, reason):
    live(session)
    at = now()
    assert list(Session.objects.lost(at)) == []

    moved = {name: at + timedelta(seconds=s) for name, s in changes.items()}
    Session.objects.filter(pk=session.pk).update(**moved)

    [lost] = Session.objects.lost(at)
    assert lost.why_lost(at) == reason


def test_ice_states_are_recorded_once_each(session):
    live(session)
    for state in ("checking", "connected", "connected"):
        session.note_ice(state)

    kinds = session.events.filter(type="ice.state").values_list("data", flat=True)
    assert list(kinds) == [{"state": "checking"}, {"state": "connected"}]


def test_numbers_of_events_are_unique_by_constraint(session):
    with pytest.raises(IntegrityError):
        SessionEvent.objects.create(session=session, seq=1, type="again")


def test_the_key_is_encrypted_in_the_database(dead_account):
    dead_account.api_key = "sk-very-secret"
    dead_account.save()

    with connection.cursor() as cursor:
        cursor.execute("SELECT api_key FROM streaming_account")
        [stored] = cursor.fetchone()
    assert "secret" not in stored
    assert Account.objects.get().api_key == "sk-very-secret"
    assert "secret" not in repr(Account.objects.get())
