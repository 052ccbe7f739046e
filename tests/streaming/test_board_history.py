"""Occupied seats and waiting visitors over time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.board.history import (
    MOST_STEPS,
    Span,
    Step,
    by_hour,
    history,
    lengths_s,
    steps,
    thinned,
)
from streaming.models import Account, Session, State

SINCE = datetime(2030, 1, 1, 12, 20, tzinfo=UTC)
UNTIL = SINCE + timedelta(hours=3)


def minute(number: float) -> datetime:
    return SINCE + timedelta(minutes=number)


def span(since: float, until: float | None = None) -> Span:
    return Span(minute(since), None if until is None else minute(until))


def counts(exact: list[Step]) -> list[tuple[float, int, int]]:
    return [
        ((step.at - SINCE).total_seconds() / 60, step.occupied, step.waiting)
        for step in exact
    ]


def test_each_coming_and_going_is_a_step():
    exact = steps([span(10, 30), span(20, 40)], [span(15, 20)], SINCE, UNTIL)

    assert counts(exact) == [
        (0, 0, 0),
        (10, 1, 0),
        (15, 1, 1),
        (20, 2, 0),
        (30, 1, 0),
        (40, 0, 0),
    ]


def test_a_seat_that_changes_hands_at_once_is_no_step():
    exact = steps([span(10, 30), span(30, 50)], [], SINCE, UNTIL)

    assert counts(exact) == [(0, 0, 0), (10, 1, 0), (50, 0, 0)]


def test_what_began_before_or_ends_after_the_window_counts_within_it():
    exact = steps([span(-60, 10), span(170, 300), span(175)], [], SINCE, UNTIL)

    assert counts(exact) == [(0, 1, 0), (10, 0, 0), (170, 1, 0), (175, 2, 0)]


@pytest.mark.parametrize(
    "outside", [span(-60, -10), span(-60, 0), span(180, 190), span(181), span(20, 20)]
)
def test_what_does_not_touch_the_window_is_no_step(outside):
    assert counts(steps([outside], [], SINCE, UNTIL)) == [(0, 0, 0)]


_minutes = st.integers(-60, 240)
_spans = st.lists(
    st.tuples(_minutes, st.none() | _minutes).map(lambda pair: span(*pair)), max_size=30
)


@given(occupied=_spans, waiting=_spans, at=st.floats(0, 179.99))
def test_the_steps_say_at_each_moment_what_the_spans_say(occupied, waiting, at):
    moment = minute(at)

    def there(spans: list[Span]) -> int:
        return sum(
            one.since <= moment < (one.until or UNTIL)
            for one in spans
            if one.since < (one.until or UNTIL)
        )

    exact = steps(occupied, waiting, SINCE, UNTIL)

    last = [step for step in exact if step.at <= moment][-1]
    assert (last.occupied, last.waiting) == (there(occupied), there(waiting))


@given(occupied=_spans, waiting=_spans)
def test_the_hours_add_up_to_the_steps(occupied, waiting):
    exact = steps(occupied, waiting, SINCE, UNTIL)

    hours = by_hour(exact, UNTIL)

    seat_s = sum(step.occupied * length_s for step, length_s in lengths_s(exact, UNTIL))
    by_hours = sum(
        one.occupied_mean * (one.until - one.since).total_seconds() for one in hours
    )
    assert by_hours == pytest.approx(seat_s)
    assert max(one.occupied_most for one in hours) == max(s.occupied for s in exact)
    assert max(one.waiting_most for one in hours) == max(s.waiting for s in exact)


def test_hours_are_those_of_the_clock():
    hours = by_hour(steps([span(30, 50)], [], SINCE, UNTIL), UNTIL)

    assert [one.since.strftime("%H:%M") for one in hours] == [
        "12:20",
        "13:00",
        "14:00",
        "15:00",
    ]
    assert [one.occupied_most for one in hours] == [1, 1, 0, 0]
    assert hours[0].occupied_mean == pytest.approx(10 / 40)


def test_few_steps_are_all_kept():
    exact = steps([span(10, 30)], [], SINCE, UNTIL)

    assert thinned(exact, UNTIL) == exact


def test_of_very_many_steps_the_peaks_and_the_ends_are_kept():
    short = timedelta(milliseconds=900)
    brief = [
        Span(
            SINCE + number * timedelta(seconds=1),
            SINCE + number * timedelta(seconds=1) + short,
        )
        for number in range(10_000)
    ]
    peak = Span(SINCE + timedelta(seconds=5000.2), SINCE + timedelta(seconds=5000.3))
    exact = steps([*brief, peak], [], SINCE, UNTIL)

    kept = thinned(exact, UNTIL)

    assert len(exact) > 4 * MOST_STEPS
    assert len(kept) <= MOST_STEPS + 1
    assert kept[0] == exact[0]
    assert kept[-1] == exact[-1]
    assert max(step.occupied for step in kept) == 2
    assert [step.at for step in kept] == sorted(step.at for step in kept)


# From the rows --------------------------------------------------------------------------


def ended(account: Account, *, ended_at: datetime, **times: Any) -> Session:
    return Session.objects.create(
        account=account,
        seat=1,
        state=State.CLOSED,
        lease_expires_at=ended_at,
        ends_at=ended_at,
        ended_at=ended_at,
        **times,
    )


def read(at: datetime) -> list[tuple[float, int, int]]:
    """The steps in minutes after the window's begin."""
    return [(ms / 60_000, taken, line) for ms, taken, line in history(at)["steps"]]


def test_a_session_that_waited_is_in_line_until_it_has_its_seat(dead_account):
    at = SINCE + timedelta(hours=24)
    ended(
        dead_account,
        created_at=minute(10),
        place_at=minute(5),  # moved to the front: its place is not when it came
        seated_at=minute(20),
        ended_at=minute(30),
    )

    assert read(at) == [(0, 0, 0), (10, 0, 1), (20, 1, 0), (30, 0, 0)]


def test_a_visitor_who_left_the_line_never_had_a_seat(dead_account):
    at = SINCE + timedelta(hours=24)
    ended(
        dead_account,
        created_at=minute(10),
        place_at=minute(10),
        seated_at=None,
        ended_at=minute(30),
    )

    assert read(at) == [(0, 0, 0), (10, 0, 1), (30, 0, 0)]


def test_a_session_that_never_waited_was_not_in_line(dead_account):
    at = SINCE + timedelta(hours=24)
    ended(
        dead_account,
        created_at=minute(10),
        place_at=None,
        seated_at=minute(10),
        ended_at=minute(30),
    )

    assert read(at) == [(0, 0, 0), (10, 1, 0), (30, 0, 0)]


def test_an_open_session_holds_its_seat_until_now(dead_account, alice):
    at = minute(60)
    Session.objects.reserve(dead_account, owner=alice, lease_expires_at=at, ends_at=at)
    Session.objects.update(created_at=minute(10), seated_at=minute(10))

    assert read(at) == [(0, 0, 0), (23 * 60 + 10, 1, 0)]


def test_only_the_last_day_is_looked_at(dead_account):
    ended(
        dead_account,
        created_at=minute(10),
        place_at=None,
        seated_at=minute(10),
        ended_at=minute(30),
    )

    assert read(minute(30) + timedelta(hours=24)) == [(0, 0, 0)]


def test_the_time_in_which_all_seats_were_taken_is_told(dead_account):
    Account.objects.update(seat_limit=1)
    at = SINCE + timedelta(hours=24)
    ended(
        dead_account,
        created_at=minute(10),
        place_at=None,
        seated_at=minute(10),
        ended_at=minute(30),
    )

    told = history(at)

    assert (told["seats"], told["full_s"]) == (1, 20 * 60)


def test_a_site_without_seats_has_an_empty_history(db):
    told = history(UNTIL)

    assert (told["seats"], told["full_s"], told["steps"]) == (0, 0, [(0, 0, 0)])
