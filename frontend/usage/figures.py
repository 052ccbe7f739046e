"""What the pages of usage show: tables of numbers, each with a plot of the same numbers."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from frontend.usage.plots import Plot
from frontend.usage.words import day_in_words, number_in_words
from streaming.spreadsheets import harmless

Text = str | Promise

#: For how many days back one may look.
RANGES_DAYS = (30, 90, 365)
#: Of personas, accounts and people, so many are listed: those that used most.
MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Days:
    """The last so many calendar days, today with them, by the site's clocks."""

    count: int
    last: date

    @classmethod
    def asked(cls, given: str | None) -> "Days":
        """The range that an address names; the shortest where it names none of ours."""
        known = {str(count): count for count in RANGES_DAYS}
        return cls(known.get(given or "", RANGES_DAYS[0]), localdate())

    @property
    def all(self) -> list[date]:
        first = self.last - timedelta(days=self.count - 1)
        return [first + timedelta(days=nth) for nth in range(self.count)]

    @property
    def bounds(self) -> list[datetime]:
        """The midnights around all days: one more than there are days."""
        return [_midnight(day) for day in [*self.all, self.last + timedelta(days=1)]]

    @property
    def since(self) -> datetime:
        return self.bounds[0]

    @property
    def until(self) -> datetime:
        return self.bounds[-1]


def _midnight(day: date) -> datetime:
    # In UTC, since Python counts hours by the wall within one zone, also when it changes.
    return datetime.combine(day, time.min, get_default_timezone()).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, and what its numbers are: "day", "text", "count", "minutes", "ms",
    "seconds" or "money"."""

    heading: Text
    kind: str = "count"

    @property
    def is_number(self) -> bool:
        return self.kind not in ("day", "text")


@dataclass(frozen=True, slots=True)
class Figure:
    """One subject: a plot, the table of its numbers, and the same as CSV."""

    name: str
    title: Text
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    summary: Text = ""
    plot: Plot | None = None
    #: Which of the columns bars beside the rows are drawn from, where there is no plot.
    bar_column: int | None = None
    #: What to say where there is nothing to show.
    nothing: Text = _("Nothing in this time.")
    note: Text = ""

    @property
    def is_empty(self) -> bool:
        return not self.shown_rows

    @property
    def shown_rows(self) -> Sequence[Sequence[Any]]:
        """Those of the page's table; a day without anything is not worth a line."""
        if self.columns[0].kind != "day":
            return self.rows
        return [row for row in self.rows if any(row[1:])]

    @property
    def table(self) -> list[list[tuple[Column, str]]]:
        """The rows for people, newest day first."""
        rows = self.shown_rows
        if self.columns[0].kind == "day":
            rows = rows[::-1]
        return [self._in_words(row) for row in rows]

    @property
    def drawn_table(self) -> SafeString:
        """The rows as HTML, made here: a template takes as long for hundreds of them as the
        numbers."""
        return mark_safe("".join(map(_drawn, self.table)))  # noqa: S308  (escaped there)

    @property
    def bars(self) -> list[tuple[list[tuple[Column, str]], float]]:
        """The rows for people, each with the length of its bar in hundredths."""
        assert self.bar_column is not None  # noqa: S101  (asked only of those with bars)
        values = [float(row[self.bar_column] or 0) for row in self.rows]
        most = max(values, default=0.0) or 1.0
        return [
            (self._in_words(row), round(100 * value / most, 1))
            for row, value in zip(self.rows, values, strict=True)
        ]

    def _in_words(self, row: Sequence[Any]) -> list[tuple[Column, str]]:
        cells = zip(self.columns, row, strict=True)
        return [(column, in_words(value, column.kind)) for column, value in cells]

    def as_csv(self) -> str:
        """The same numbers for a spreadsheet, in the units that the headings name."""
        text = io.StringIO()
        lines = csv.writer(text)
        lines.writerow([_csv_heading(column) for column in self.columns])
        for row in self.rows:
            lines.writerow([_csv_cell(value) for value in row])
        return text.getvalue()


def _drawn(row: Sequence[tuple[Column, str]]) -> str:
    (column, first), *others = row
    untold = ' translate="no"' if column.kind == "text" else ""
    cells = "".join(
        f'<td class="number" translate="no">{escape(words)}</td>'
        for _column, words in others
    )
    return f'<tr><th scope="row"{untold}>{escape(first)}</th>{cells}</tr>'


def in_words(value: Any, kind: str) -> str:
    if value is None or value == "":
        return "–"
    match kind:
        case "day":
            return day_in_words(value)
        case "minutes":
            return number_in_words(value, 1)
        case "seconds":
            return number_in_words(value, 0)
        case "ms":
            return gettext("%(ms)s ms") % {"ms": number_in_words(value, 0)}
        case "money":
            return f"{number_in_words(value, 2)} {settings.COST_CURRENCY}"
        case _:
            return str(value)


_UNITS = {"minutes": "min", "seconds": "s", "ms": "ms"}


def _csv_heading(column: Column) -> str:
    unit = settings.COST_CURRENCY if column.kind == "money" else _UNITS.get(column.kind)
    return f"{column.heading} ({unit})" if unit else str(column.heading)


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, Decimal):
        return f"{value:.6f}"
    if isinstance(value, date):
        return value.isoformat()
    return harmless(str(value))


def minutes(time: timedelta | None) -> float:
    return (time or timedelta(0)).total_seconds() / 60


def by_day(rows: Iterable[Any]) -> dict[date, dict[str, Any]]:
    return {row["day"]: row for row in rows}
