"""What everybody has used together, for staff."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from frontend.usage.figures import (
    MOST_ROWS,
    Column,
    Days,
    Figure,
    by_day,
    in_words,
    minutes,
)
from frontend.usage.plots import Series, plot
from frontend.usage.seats import Spans, Wait, in_line, levels, stays
from streaming.board.rows import seats_now
from streaming.models import Account, UsageEntry

_DAY = Column(_("Day"), "day")


def figures(days: Days) -> Iterator[Figure]:
    entries = UsageEntry.objects.ended_in(days.since, days.until)
    yield from _by_day(entries, days)
    held, waited = stays(days.since, days.until)
    yield _seats(days, held, waited)
    yield _waiting(days, waited)
    yield _ranked(entries, "persona", ("persona_name", "persona"), _("By persona"))
    yield _accounts(entries)
    yield _ranked(entries, "user", ("user_name", "user"), _("By person"))


def _by_day(entries: Any, days: Days) -> Iterator[Figure]:
    used = by_day(entries.by_day(days.bounds))
    spent = [minutes(used[day]["time"]) if day in used else 0.0 for day in days.all]
    count = [used[day]["count"] if day in used else 0 for day in days.all]
    price = [used[day]["price"] if day in used else None for day in days.all]
    yield Figure(
        name="minutes",
        title=_("Minutes and sessions"),
        columns=(
            _DAY,
            Column(_("Minutes"), "minutes"),
            Column(_("Sessions")),
        ),
        rows=list(zip(days.all, spent, count, strict=True)),
        plot=plot(
            days.all,
            bars=[Series("minutes", _("Minutes"), spent)],
            say=lambda value: in_words(value, "minutes"),
        ),
    )
    yield Figure(
        name="cost",
        title=_("Cost"),
        columns=(_DAY, Column(_("Cost"), "money")),
        rows=list(zip(days.all, price, strict=True)),
        plot=plot(
            days.all,
            bars=[
                Series(
                    "cost", _("Cost"), [float(one) if one else None for one in price]
                )
            ],
            say=lambda value: in_words(value, "money"),
            least=0.01,
        ),
        nothing=_(
            "No session in this time had a price. Enter a price per minute at an account, "
            "and those that end from then on are reckoned."
        ),
        note=_(
            "Used time by the account’s price per minute when the session ended. Later "
            "prices change nothing."
        ),
    )


def _seats(days: Days, held: Spans, waited: list[Wait]) -> Figure:
    """The peak of each day against the seats that there are now."""
    until = min(days.until, now())
    bounds = [at for at in days.bounds if at < until] + [until]
    occupied, waiting = list(levels(held, bounds)), levels(in_line(waited), bounds)
    # Midnights in the site's time zone are the days; the last one is not over yet.
    days_shown = days.all[: len(occupied)]
    most = [one.most for one in occupied]
    queue = [one.most for one in waiting]
    mean = [one.mean for one in occupied]
    seats = seats_now()
    return Figure(
        name="seats",
        title=_("Seats"),
        columns=(
            _DAY,
            Column(_("Seats taken at most")),
            Column(_("Waiting at most")),
            Column(_("Seats taken on average"), "minutes"),
        ),
        rows=list(zip(days_shown, most, queue, mean, strict=True)),
        plot=plot(
            days_shown,
            bars=[
                Series("occupied", _("Seats taken at most"), most),
                Series("waiting", _("Waiting at most"), queue),
            ],
            lines=[
                Series("seats", _("Seats there are now"), [seats] * len(days_shown))
            ],
        ),
        note=_("The two peaks of a day need not have been at the same time."),
    )


def _waiting(days: Days, waited: list[Wait]) -> Figure:
    """Of those who joined the line: how many gave up, and how long the others waited."""
    edges = [bound.timestamp() for bound in days.bounds]
    lengths_s: list[list[float]] = [[] for _ in days.all]
    gave_up = [0] * days.count
    for one in waited:
        nth = bisect_right(edges, one.came) - 1
        if nth < 0:
            continue  # came before the first day
        if one.seated is not None:
            lengths_s[nth].append(one.seated - one.came)
        elif one.ended is not None:
            gave_up[nth] += 1
    seated = [len(of_day) for of_day in lengths_s]
    mean = [sum(of_day) / len(of_day) if of_day else None for of_day in lengths_s]
    longest = [max(of_day, default=None) for of_day in lengths_s]
    return Figure(
        name="waiting",
        title=_("Waiting in line"),
        columns=(
            _DAY,
            Column(_("Got a seat")),
            Column(_("Gave up")),
            Column(_("Waited on average, s"), "seconds"),
            Column(_("Waited at most, s"), "seconds"),
        ),
        rows=list(
            zip(
                days.all,
                seated,
                gave_up,
                mean,
                longest,
                strict=True,
            )
        ),
        plot=plot(
            days.all,
            bars=[
                Series("seated", _("Got a seat"), seated),
                Series("waiting", _("Gave up"), gave_up),
            ],
        ),
        nothing=_("Nobody had to wait in this time."),
    )


def _ranked(entries: Any, name: str, by: tuple[str, str], title: Any) -> Figure:
    """Who used most. A name is kept when whoever had it is deleted."""
    rows = entries.summed(*by).order_by("-time", *reversed(by))[:MOST_ROWS]
    return Figure(
        name=f"by-{name}",
        title=title,
        columns=(
            Column(_("Name"), "text"),
            Column(_("Minutes"), "minutes"),
            Column(_("Sessions")),
            Column(_("Cost"), "money"),
        ),
        rows=[
            (row[by[0]], minutes(row["time"]), row["count"], row["price"])
            for row in rows
        ],
        bar_column=1,
    )


def _accounts(entries: Any) -> Figure:
    prices = dict(Account.objects.values_list("pk", "price_per_minute"))
    by = ("account_name", "account")
    rows = entries.summed(*by).order_by("-time", *reversed(by))[:MOST_ROWS]
    return Figure(
        name="by-account",
        title=_("By account"),
        columns=(
            Column(_("Name"), "text"),
            Column(_("Minutes"), "minutes"),
            Column(_("Sessions")),
            Column(_("A minute costs now"), "money"),
            Column(_("Cost"), "money"),
        ),
        rows=[
            (
                row["account_name"],
                minutes(row["time"]),
                row["count"],
                prices.get(row["account"]),
                row["price"],
            )
            for row in rows
        ],
        bar_column=1,
    )
