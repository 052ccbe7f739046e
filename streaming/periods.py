"""Calendar days and months in the site's time zone, and how much of them times take up."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from django.utils.timezone import get_default_timezone


class Span(StrEnum):
    """How long a period is; the words that follow are "today" and "this month"."""

    DAY = "day"
    MONTH = "month"

    @property
    def in_words(self) -> str:
        return "today" if self == Span.DAY else "this month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From `start` until just before `end`. A day has 23 or 25 hours twice a year."""

    span: Span
    start: datetime
    end: datetime

    def next(self) -> "Period":
        return period_of(self.span, self.end)

    def overlap(self, began_at: datetime, ended_at: datetime) -> timedelta:
        """How much of that time lies in this period."""
        common = min(ended_at, self.end) - max(began_at, self.start)
        return max(common, timedelta(0))


def period_of(span: Span, at: datetime) -> Period:
    """The day or month that it is at `at`, by the site's clocks."""
    first = at.astimezone(get_default_timezone()).date()
    if span == Span.MONTH:
        first = first.replace(day=1)
    return Period(span=span, start=_midnight(first), end=_midnight(_after(span, first)))


def _after(span: Span, first: date) -> date:
    if span == Span.DAY:
        return first + timedelta(days=1)
    return (first + timedelta(days=31)).replace(day=1)


def _midnight(day: date) -> datetime:
    # In UTC, since Python counts hours by the wall within one zone, also when it changes.
    return datetime.combine(day, time.min, get_default_timezone()).astimezone(UTC)
