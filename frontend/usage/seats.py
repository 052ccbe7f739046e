"""Seats and the line by day.

`streaming.board.history` tells the same of one day, step by step. A year of it has so many
sessions that here they are columns of plain numbers: microseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Case, Q, When

from streaming.models import Session
from streaming.moments import NEVER, Listed, in_columns, microseconds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Moments = NDArray[np.int64]


class Spans(NamedTuple):
    """From when until when each one goes; one without an end goes on for ever."""

    begins: Moments
    ends: Moments


class Waits(NamedTuple):
    """When visitors joined the line, then got a seat, and ended; or `NEVER`."""

    came: Moments
    seated: Moments
    ended: Moments


@dataclass(frozen=True, slots=True)
class Level:
    """How many there were on a day at most and on average."""

    most: int
    mean: float


def stays(since: datetime, until: datetime) -> tuple[Spans, Waits]:
    """Who held a seat and who waited, of the sessions that touch this time."""
    touching = Session.objects.order_by().filter(
        Q(ended_at__gt=since) | Q(ended_at=None), created_at__lt=until
    )
    joined = Case(When(place_at__isnull=False, then="created_at"))
    listed = touching.aggregate(all=Listed(joined, "seated_at", "ended_at"))["all"]
    came, seated, ended = in_columns(listed, 3)
    held, waited = seated != NEVER, came != NEVER
    return (
        Spans(seated[held], _or_for_ever(ended[held])),
        Waits(came[waited], seated[waited], ended[waited]),
    )


def in_line(waits: Waits) -> Spans:
    import numpy as np

    left = np.where(waits.seated != NEVER, waits.seated, waits.ended)
    return Spans(waits.came, _or_for_ever(left))


def _or_for_ever(ends: Any) -> Moments:
    import numpy as np

    never = np.iinfo(np.int64).max
    return np.where(ends != NEVER, ends, never)


def waits_by_day(
    waits: Waits, bounds: Sequence[datetime]
) -> tuple[list[int], list[int], list[float | None], list[float | None]]:
    """Of who came on each day: how many got a seat and how many gave up, and for how many
    seconds those with a seat had waited, on average and at most."""
    import numpy as np

    edges = [microseconds(bound) for bound in bounds]
    count = len(edges) - 1
    day = np.searchsorted(edges, waits.came, side="right") - 1
    is_in = day >= 0  # and did not come before the first day
    seated = is_in & (waits.seated != NEVER)
    gave_up = is_in & ~seated & (waits.ended != NEVER)
    took = (waits.seated - waits.came)[seated]
    most = np.zeros(count, dtype=np.int64)
    np.maximum.at(most, day[seated], took)
    many = np.bincount(day[seated], minlength=count).tolist()
    whole = np.bincount(day[seated], weights=took, minlength=count).tolist()
    return (
        many,
        np.bincount(day[gave_up], minlength=count).tolist(),
        [sum_ / 1e6 / n if n else None for sum_, n in zip(whole, many, strict=True)],
        [
            most_ / 1e6 if n else None
            for most_, n in zip(most.tolist(), many, strict=True)
        ],
    )


def levels(spans: Spans, bounds: Sequence[datetime]) -> Iterator[Level]:
    """Of each day between these moments."""
    import numpy as np

    edges = np.array([microseconds(bound) for bound in bounds])
    begins = np.maximum(spans.begins, edges[0])
    ends = np.minimum(spans.ends, edges[-1])
    inside = begins < ends
    begins, ends = begins[inside], ends[inside]

    moments = np.concatenate([begins, ends, edges])
    changes = np.repeat([1, -1, 0], [len(begins), len(ends), len(edges)])
    order = np.argsort(moments, kind="stable")
    moments, counts = moments[order], np.cumsum(changes[order])
    # What changes in one moment changes together: only the last count of it holds.
    is_last = np.append(np.diff(moments) > 0, True)
    moments, counts = moments[is_last], counts[is_last][:-1]

    days = np.searchsorted(moments, edges)[:-1]
    most = np.maximum.reduceat(counts, days)
    seat_time = np.add.reduceat(counts * np.diff(moments), days)
    for at_most, sum_of_day, length in zip(
        most, seat_time, np.diff(edges), strict=True
    ):
        yield Level(most=int(at_most), mean=float(sum_of_day / length))
