"""Seats and the line by day.

`streaming.board.history` tells the same of one day, step by step. A year of it has so many
sessions that here they are columns of plain numbers: seconds since 1970.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, pairwise
from math import inf
from operator import mul, sub
from typing import NamedTuple

from django.db.models import Q

from streaming.models import Session
from streaming.moments import as_text, seconds


class Spans(NamedTuple):
    """From when until when each one goes; without an end, until infinity."""

    begins: list[float]
    ends: list[float]


class Wait(NamedTuple):
    """When a visitor joined the line, then got a seat or not, and ended."""

    came: float
    seated: float | None
    ended: float | None


@dataclass(frozen=True, slots=True)
class Level:
    """How many there were on a day at most and on average."""

    most: int
    mean: float


def stays(since: datetime, until: datetime) -> tuple[Spans, list[Wait]]:
    """Who held a seat and who waited, of the sessions that touch this time."""
    names = ("created_at", "place_at", "seated_at", "ended_at")
    rows = (
        Session.objects.filter(
            Q(ended_at__gt=since) | Q(ended_at=None), created_at__lt=until
        )
        .order_by()
        .values_list(*map(as_text, names))
    )
    held, waited = Spans([], []), []
    # One by one: so many rows at once would keep the garbage collector busy.
    for came, place, seated, ended in rows.iterator():
        end = seconds(ended) if ended else None
        seat = seconds(seated) if seated else None
        if seat is not None:
            held.begins.append(seat)
            held.ends.append(inf if end is None else end)
        if place:
            waited.append(Wait(seconds(came), seat, end))
    return held, waited


def in_line(waited: list[Wait]) -> Spans:
    ends = [one.seated or one.ended or inf for one in waited]
    return Spans([one.came for one in waited], ends)


def levels(spans: Spans, bounds: Sequence[datetime]) -> Iterator[Level]:
    """Of each day between these moments."""
    edges = [bound.timestamp() for bound in bounds]
    since, until = edges[0], edges[-1]
    changes: defaultdict[float, int] = defaultdict(int, {since: 0})
    for begins, ends in zip(*spans, strict=True):
        begin, end = max(begins, since), min(ends, until)
        if begin < end:
            changes[begin] += 1
            changes[end] -= 1
    moments = sorted(changes)
    counts = list(accumulate(map(changes.__getitem__, moments)))
    for begin, end in pairwise(edges):
        first, beyond = bisect_right(moments, begin), bisect_left(moments, end)
        within = counts[first - 1 : beyond]
        steps = [begin, *moments[first:beyond], end]
        seat_s = sum(map(mul, within, map(sub, steps[1:], steps)))
        yield Level(most=max(within), mean=seat_s / (end - begin))
