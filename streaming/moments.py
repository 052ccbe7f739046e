"""Moments of very many rows at once.

Django has SQLite call Python for each row to tell its day, and reads each moment that
comes from there by several calls more: with a hundred thousand rows, that takes seconds.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import CharField
from django.db.models.functions import Cast, TruncDate
from django.utils.timezone import get_default_timezone

_DAY = timedelta(days=1)


def as_text(name: str) -> Cast:
    """The field for `values_list`, as `seconds` reads it."""
    return Cast(name, CharField())


def seconds(text: str) -> float:
    """Since 1970, to the microsecond. Both databases tell UTC, but one of them says so."""
    return datetime.fromisoformat(text.removesuffix("+00") + "+00:00").timestamp()


class LocalDay(TruncDate):
    """The day on the site's clocks, as `TruncDate`, but SQLite works it out alone.

    `bounds` are the midnights, in UTC, around all days that can occur.
    """

    def __init__(
        self, expression: Any, bounds: Sequence[datetime] = (), **extra: Any
    ) -> None:
        super().__init__(expression, tzinfo=get_default_timezone(), **extra)
        self.bounds = bounds

    def as_sqlite(
        self, compiler: Any, connection: Any, **context: Any
    ) -> tuple[str, Any]:
        moment, params = compiler.compile(self.lhs)
        *changes, (_, last_s) = _clocks(self.bounds)
        cases = "".join(
            f"WHEN {moment} < '{until:%Y-%m-%d %H:%M:%S}' THEN '{ahead_s:+} seconds' "
            for until, ahead_s in changes
        )
        ahead = f"'{last_s:+} seconds'"
        ahead = f"CASE {cases}ELSE {ahead} END" if cases else ahead
        # Without the fraction, which SQLite would round, perhaps into the next day.
        sql = f"date(substr({moment}, 1, 19), {ahead})"
        return sql, (*params, *params * len(changes))


def _clocks(bounds: Sequence[datetime]) -> Iterator[tuple[datetime, int]]:
    """How far the clocks are ahead of UTC, and until when.

    A change counts from the end of its day, but no more than 24 hours after the day's
    begin: so the 25th hour of a day belongs to it as well.
    """
    for midnight, following in pairwise(bounds):
        if _ahead_s(midnight) != _ahead_s(following):
            yield min(midnight + _DAY, following), _ahead_s(midnight)
    yield bounds[-1], _ahead_s(bounds[-1])


def _ahead_s(at: datetime) -> int:
    ahead = at.astimezone(get_default_timezone()).utcoffset() or timedelta(0)
    return ahead // timedelta(seconds=1)
