"""Plots as SVG, made here: bars and lines by day, with words for who does not see them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from frontend.usage.words import day_in_words, number_in_words

Text = str | Promise

WIDTH, HEIGHT = 720, 200
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 10, 24
#: Days are named so often at most.
_MOST_DATES = 6
_MOST_TICKS = 4


@dataclass(frozen=True, slots=True)
class Series:
    """One value a day; None where there is none. `kind` is what styles call it."""

    kind: str
    name: Text
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Bar:
    kind: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Slot:
    """One day on the plot: its bars, one on the other, and what it says when pointed at."""

    x: float
    width: float
    bars: Sequence[Bar]
    title: str

    @property
    def drawn(self) -> SafeString:
        """Its SVG, made here: a template takes as long for hundreds of them as the numbers."""
        place = f'x="{self.x}" width="{self.width}"'
        bars = "".join(
            f'<rect data-series="{bar.kind}" {place} y="{bar.y}" height="{bar.height}"/>'
            for bar in self.bars
        )
        return mark_safe(  # noqa: S308  (numbers and our own words; the title is escaped)
            f'<g class="chart-day"><title>{escape(self.title)}</title>'
            f'<rect class="chart-slot" {place} y="0" height="{HEIGHT - BOTTOM}"/>{bars}</g>'
        )


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Plot:
    """All that the template draws; the whole is `WIDTH` by `HEIGHT`."""

    legend: Sequence[Series]
    slots: Sequence[Slot]
    lines: Sequence[Line]
    uprights: Sequence[Tick]
    dates: Sequence[Tick]

    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - BOTTOM


def plot(
    days: Sequence[date],
    *,
    bars: Sequence[Series] = (),
    lines: Sequence[Series] = (),
    say: Callable[[float], str] = lambda value: number_in_words(value, 0),
    least: float = 1.0,
) -> Plot:
    """Bars stand on each other, lines are on their own. `say` writes a value with its unit;
    the axis is marked with bare numbers, `least` apart or more."""
    tops = [sum(one.values[nth] or 0 for one in bars) for nth in range(len(days))]
    others = [value for one in lines for value in one.values if value is not None]
    ticks = ticks_to(max([*tops, *others], default=0.0), least=least)
    scale = (HEIGHT - TOP - BOTTOM) / ticks[-1]
    width = (WIDTH - LEFT - RIGHT) / len(days)

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - value * scale, 2)

    def x(nth: float) -> float:
        return round(LEFT + nth * width, 2)

    series = [*bars, *lines]
    return Plot(
        legend=series,
        slots=[
            Slot(
                x=x(nth),
                width=round(width, 2),
                bars=_stacked(bars, nth, y),
                title=_title(day, series, nth, say),
            )
            for nth, day in enumerate(days)
        ],
        lines=[Line(one.kind, _path(one.values, x, y)) for one in lines],
        uprights=[Tick(y(value), _in_figures(value)) for value in ticks],
        dates=[
            Tick(x(nth + 0.5), date_format(days[nth], "j M"))
            for nth in _dated(len(days))
        ],
    )


def _stacked(
    bars: Sequence[Series], nth: int, y: Callable[[float], float]
) -> list[Bar]:
    stack, below = [], 0.0
    for one in bars:
        if value := one.values[nth] or 0:
            top = y(below + value)
            stack.append(Bar(one.kind, top, round(y(below) - top, 2)))
            below += value
    return stack


def _title(
    day: date, series: Sequence[Series], nth: int, say: Callable[[float], str]
) -> str:
    said = [
        f"{one.name}: {say(value)}"
        for one in series
        if (value := one.values[nth]) is not None
    ]
    return "\n".join([day_in_words(day), *said])


def _path(
    values: Sequence[float | None],
    x: Callable[[float], float],
    y: Callable[[float], float],
) -> str:
    """A line through the days that have a value; alone, a day is a short dash."""
    path, was_known = [], False
    for nth, value in enumerate(values):
        if value is None:
            was_known = False
            continue
        path.append(f"{'L' if was_known else 'M'}{x(nth + 0.5)} {y(value)}h0.01")
        was_known = True
    return "".join(path)


def ticks_to(most: float, *, least: float = 1.0) -> list[float]:
    """Round numbers from 0 until at least `most`, few enough to read, `least` apart or more."""
    stride = least
    if most > least * _MOST_TICKS:
        size = 10.0 ** math.floor(math.log10(most))
        strides = (size * share for share in (0.1, 0.2, 0.25, 0.5, 1, 2, 2.5))
        stride = next(
            one for one in strides if one >= least and most / one <= _MOST_TICKS
        )
    count = max(1, math.ceil(most / stride))
    return [round(stride * nth, 6) for nth in range(count + 1)]


def _in_figures(value: float) -> str:
    return number_format(value, 0 if value == round(value) else 2)


def _dated(count: int) -> range:
    every = max(1, -(-count // _MOST_DATES))
    return range(every // 2, count, every)
