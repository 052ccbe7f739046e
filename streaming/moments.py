"""Moments of very many rows at once.

Django has SQLite call Python for each row to tell its day, and reads each moment that
comes from there by several calls more: with a hundred thousand rows, that takes seconds.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.db.models import Aggregate, TextField
from django.db.models.functions import TruncDate
from django.utils.timezone import get_default_timezone

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_DAY = timedelta(days=1)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


#: What stands for a moment that there is not.
NEVER = -(2**63)


class Listed(Aggregate):
    """All moments of some columns as one text, for `in_columns`.

    A row each would be made a tuple of strings: that takes longer than reading it.
    """

    output_field = TextField()

    def as_sqlite(
        self, compiler: Any, connection: Any, **context: Any
    ) -> tuple[str, Any]:
        return self._joined("group_concat({})", "{}", compiler)

    def as_postgresql(
        self, compiler: Any, connection: Any, **context: Any
    ) -> tuple[str, Any]:
        plain = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
        return self._joined("string_agg({}, ',')", plain, compiler)

    def _joined(self, template: str, plain: str, compiler: Any) -> tuple[str, Any]:
        columns = [
            compiler.compile(one) for one in self.get_source_expressions() if one
        ]
        moments = (f"coalesce({plain.format(sql)}, '')" for sql, _ in columns)
        params = [param for _, of_one in columns for param in of_one]
        return template.format(" || ',' || ".join(moments)), params


def in_columns(listed: str | None, count: int) -> "NDArray[np.int64]":
    """What `Listed` tells of so many columns, each as microseconds since 1970, or `NEVER`."""
    import numpy as np

    texts = listed.split(",") if listed else []
    moments = np.array(texts, dtype="datetime64[us]").astype(np.int64)
    return moments.reshape(-1, count).T


def microseconds(at: datetime) -> int:
    """Since 1970."""
    return (at - _BEGINNING) // timedelta(microseconds=1)


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
        if not changes and last_s == 0:
            return f"substr({moment}, 1, 10)", params
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
