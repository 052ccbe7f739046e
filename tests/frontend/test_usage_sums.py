"""The fast sums of the pages of usage are those of the slow and plain ways."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.utils.timezone import get_default_timezone

from frontend.usage.figures import Days, by_day
from frontend.usage.seats import in_line, levels, stays
from frontend.usage.site import figures
from streaming.board.history import between, spans, steps
from streaming.models import Session, State, UsageEntry

#: Thirty days in which the clocks of Berlin go back an hour, and forward.
MONTHS = (date(2025, 11, 5), date(2025, 4, 10))


@pytest.fixture(
    params=[
        ("Europe/Berlin", MONTHS[0]),
        ("Europe/Berlin", MONTHS[1]),
        ("America/New_York", MONTHS[0]),
        ("Asia/Kathmandu", MONTHS[0]),
    ],
    ids=str,
)
def days(request: Any, settings: Any, alice: User) -> Days:
    """With sessions and entries at random, and at the edges of each day."""
    settings.TIME_ZONE, last = request.param
    shown = Days(30, last)
    dice = random.Random(7)  # noqa: S311
    edges = [
        midnight + timedelta(microseconds=off)
        for midnight in shown.bounds
        for off in (-1, 0, 3_599_999_999, -3_600_000_000)
    ]
    random_times = [_some_time(dice, shown) for _ in range(100)]
    rows = [_rows(dice, alice, come) for come in [*edges, *random_times]]
    Session.objects.bulk_create(session for session, _ in rows)
    UsageEntry.objects.bulk_create(entry for _, entry in rows)
    return shown


def _some_time(dice: random.Random, days: Days) -> datetime:
    span_s = (days.until - days.since).total_seconds()
    return days.since + timedelta(seconds=dice.uniform(-90_000, span_s + 90_000))


def _rows(
    dice: random.Random, owner: User, come: datetime
) -> tuple[Session, UsageEntry]:
    seated = come + timedelta(seconds=dice.choice([0, dice.uniform(1, 9000)]))
    end = seated + timedelta(seconds=dice.choice([0, dice.uniform(1, 90_000)]))
    session = Session(
        owner=owner,
        state=State.CLOSED,
        created_at=come,
        place_at=come if seated > come else None,
        seated_at=seated if dice.random() < 0.8 else None,
        ended_at=end,
        ends_at=end,
        lease_expires_at=end,
    )
    entry = UsageEntry(user=owner, began_at=seated, ended_at=come, used=end - seated)
    return session, entry


def test_days_of_the_ledger_are_those_of_the_clocks(days: Days) -> None:
    entries = UsageEntry.objects.ended_in(days.since, days.until)
    zone = get_default_timezone()

    told = {
        day: row["count"] for day, row in by_day(entries.by_day(days.bounds)).items()
    }

    assert isinstance(zone, ZoneInfo)
    assert told == Counter(one.ended_at.astimezone(zone).date() for one in entries)
    assert len(told) == days.count


def test_seats_by_day_are_those_of_the_exact_steps(days: Days) -> None:
    exact = steps(*spans(days.since, days.until), days.since, days.until)
    held, waited = stays(days.since, days.until)

    stretches = between(exact, days.bounds)
    taken = list(levels(held, days.bounds))
    line = levels(in_line(waited), days.bounds)

    means = [one.occupied_mean for one in stretches]
    assert [one.mean for one in taken] == pytest.approx(means)
    assert [one.most for one in taken] == [one.occupied_most for one in stretches]
    assert [one.most for one in line] == [one.waiting_most for one in stretches]


def test_waits_by_day_are_those_of_the_sessions(days: Days) -> None:
    zone = get_default_timezone()
    lengths_s: dict[date, list[float]] = {day: [] for day in days.all}
    gave_up: Counter[date] = Counter()
    for one in Session.objects.exclude(place_at=None):
        day = one.created_at.astimezone(UTC).astimezone(zone).date()
        if day in lengths_s and one.seated_at:
            lengths_s[day].append((one.seated_at - one.created_at).total_seconds())
        elif day in lengths_s:
            gave_up[day] += 1

    [told] = [figure for figure in figures(days) if figure.name == "waiting"]

    assert list(told.rows) == [
        (
            day,
            len(of_day),
            gave_up[day],
            pytest.approx(sum(of_day) / len(of_day)) if of_day else None,
            pytest.approx(max(of_day)) if of_day else None,
        )
        for day, of_day in lengths_s.items()
    ]
