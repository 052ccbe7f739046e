"""Occupied seats and waiting visitors over time, from the sessions' own rows.

Nothing is sampled: each session says when it began to wait, took its seat and ended, so
the steps are exact, also for times in which nobody looked.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Q

from streaming.board.rows import seats_now
from streaming.models import Session

WINDOW = timedelta(hours=24)
HOUR = timedelta(hours=1)
#: More steps than this cannot be told apart on a screen; see `thinned`.
MOST_STEPS = 3000


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when; without an end it still goes on."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """From `at` on, until the next step."""

    at: datetime
    occupied: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One hour or day, or the part of it that lies in the window."""

    since: datetime
    until: datetime
    occupied_most: int
    occupied_mean: float
    waiting_most: int


def history(at: datetime) -> dict[str, Any]:
    """The last day until `at`, as the board's plot and its table want it.

    The number of seats is today's: what it was at other times is not kept.
    """
    since = at - WINDOW
    occupied, waiting = spans(since, at)
    exact = steps(occupied, waiting, since, at)
    seats = seats_now()
    return {
        "since": since.isoformat(),
        "until": at.isoformat(),
        "seats": seats,
        "steps": [_packed(step, since) for step in thinned(exact, at)],
        "hours": [_shown(stretch) for stretch in by_hour(exact, at)],
        "full_s": round(_full_s(exact, at, seats)) if seats else 0,
    }


def spans(since: datetime, until: datetime) -> tuple[list[Span], list[Span]]:
    """When seats were held and when visitors waited, of the sessions that touch the window."""
    rows = Session.objects.filter(
        Q(ended_at__gt=since) | Q(ended_at=None), created_at__lt=until
    ).values_list("created_at", "place_at", "seated_at", "ended_at")
    occupied, waiting = [], []
    for created_at, place_at, seated_at, ended_at in rows:
        if place_at is not None:
            waiting.append(Span(created_at, seated_at or ended_at))
        if seated_at is not None:
            occupied.append(Span(seated_at, ended_at))
    return occupied, waiting


def steps(
    occupied: Iterable[Span], waiting: Iterable[Span], since: datetime, until: datetime
) -> list[Step]:
    """The exact steps from `since` to `until`; the first is at `since`."""
    changes: defaultdict[datetime, list[int]] = defaultdict(lambda: [0, 0])
    changes[since] = [0, 0]
    for which, spans in enumerate((occupied, waiting)):
        for span in spans:
            begin, end = max(span.since, since), span.until or until
            if begin >= end or begin >= until:
                continue
            changes[begin][which] += 1
            if end < until:
                changes[end][which] -= 1
    return list(_summed(changes))


def _summed(changes: dict[datetime, list[int]]) -> Iterator[Step]:
    """Moments at which one left and another came at once are no step."""
    counts = None
    seated = queued = 0
    for at in sorted(changes):
        seated += changes[at][0]
        queued += changes[at][1]
        if counts != (seated, queued):
            counts = (seated, queued)
            yield Step(at, seated, queued)


def lengths_s(exact: list[Step], until: datetime) -> Iterator[tuple[Step, float]]:
    """Each step with how many seconds it lasts."""
    ends = [step.at for step in exact[1:]] + [until]
    for step, end in zip(exact, ends, strict=True):
        yield step, (end - step.at).total_seconds()


def _full_s(exact: list[Step], until: datetime, seats: int) -> float:
    return sum(
        length_s for step, length_s in lengths_s(exact, until) if step.occupied >= seats
    )


def by_hour(exact: list[Step], until: datetime) -> list[Stretch]:
    """The same by the clock's hours, oldest first; the outer two may be shorter."""
    bounds = [exact[0].at]
    while bounds[-1] < until:
        bounds.append(min(_next_hour(bounds[-1]), until))
    return between(exact, bounds)


def between(exact: list[Step], bounds: Iterable[datetime]) -> list[Stretch]:
    """The same from each of these moments to the next; the first step is not after them."""
    return [_stretch(exact, begin, end) for begin, end in pairwise(bounds)]


def _stretch(exact: list[Step], begin: datetime, end: datetime) -> Stretch:
    first = bisect_right(exact, begin, key=_at) - 1
    beyond = bisect_left(exact, end, key=_at)
    within = [replace(exact[first], at=begin), *exact[first + 1 : beyond]]
    seat_s = sum(step.occupied * length_s for step, length_s in lengths_s(within, end))
    return Stretch(
        since=begin,
        until=end,
        occupied_most=max(step.occupied for step in within),
        occupied_mean=seat_s / (end - begin).total_seconds(),
        waiting_most=max(step.waiting for step in within),
    )


def _at(step: Step) -> datetime:
    return step.at


def _next_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0) + HOUR


def thinned(exact: list[Step], until: datetime, most: int = MOST_STEPS) -> list[Step]:
    """All steps if they are few; else of each small slot its busiest and its last.

    So peaks stay, however short, and what follows a slot is joined rightly.
    """
    if len(exact) <= most:
        return exact
    slot = (until - exact[0].at) / (most // 2)
    slots: defaultdict[int, list[Step]] = defaultdict(list)
    for step in exact:
        slots[(step.at - exact[0].at) // slot].append(step)
    kept = []
    for within in slots.values():
        busiest = max(within, key=lambda step: step.occupied + step.waiting)
        kept += [busiest] if busiest is within[-1] else [busiest, within[-1]]
    return kept if kept[0] is exact[0] else [exact[0], *kept]


def _packed(step: Step, since: datetime) -> tuple[int, int, int]:
    """Milliseconds after the window's begin, occupied, waiting."""
    return round((step.at - since).total_seconds() * 1000), step.occupied, step.waiting


def _shown(stretch: Stretch) -> dict[str, Any]:
    return {
        "since": stretch.since.isoformat(),
        "until": stretch.until.isoformat(),
        "occupied_most": stretch.occupied_most,
        "occupied_mean": round(stretch.occupied_mean, 2),
        "waiting_most": stretch.waiting_most,
    }
