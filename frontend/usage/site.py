"""What everybody has used together, for staff."""

from collections.abc import Iterable, Iterator
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
from frontend.usage.ranking import Use, ranked
from frontend.usage.seats import Spans, Waits, in_line, levels, stays, waits_by_day
from streaming.board.rows import seats_now
from streaming.models import Account, UsageEntry

_DAY = Column(_("Day"), "day")
#: Whom the ledger names: so, and by number while they are there.
_PERSONA = ("persona_name", "persona")
_ACCOUNT = ("account_name", "account")
_PERSON = ("user_name", "user")


def figures(days: Days) -> Iterator[Figure]:
    entries = UsageEntry.objects.ended_in(days.since, days.until)
    yield from _by_day(entries, days)
    held, waits = stays(days.since, days.until)
    yield _seats(days, held, waits)
    yield _waiting(days, waits)
    # There are few accounts, so that this is one look at the ledger instead of two.
    of_both = list(entries.summed(*_PERSONA, *_ACCOUNT))
    yield _ranked(ranked(of_both, *_PERSONA), "persona", _("By persona"))
    yield _accounts(ranked(of_both, *_ACCOUNT))
    people = entries.summed(*_PERSON).order_by("-time", *reversed(_PERSON))
    yield _ranked(ranked(people[:MOST_ROWS], *_PERSON), "user", _("By person"))


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


def _seats(days: Days, held: Spans, waits: Waits) -> Figure:
    """The peak of each day against the seats that there are now."""
    until = min(days.until, now())
    bounds = [at for at in days.bounds if at < until] + [until]
    occupied, waiting = list(levels(held, bounds)), levels(in_line(waits), bounds)
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


def _waiting(days: Days, waits: Waits) -> Figure:
    """Of those who joined the line: how many gave up, and how long the others waited."""
    seated, gave_up, mean, longest = waits_by_day(waits, days.bounds)
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


def _ranked(rows: Iterable[Use], name: str, title: Any) -> Figure:
    """Who used most. A name is kept when whoever had it is deleted."""
    return Figure(
        name=f"by-{name}",
        title=title,
        columns=(
            Column(_("Name"), "text"),
            Column(_("Minutes"), "minutes"),
            Column(_("Sessions")),
            Column(_("Cost"), "money"),
        ),
        rows=[(one.name, minutes(one.time), one.count, one.price) for one in rows],
        bar_column=1,
    )


def _accounts(rows: Iterable[Use]) -> Figure:
    prices = dict(Account.objects.values_list("pk", "price_per_minute"))
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
                one.name,
                minutes(one.time),
                one.count,
                prices.get(one.pk) if one.pk else None,
                one.price,
            )
            for one in rows
        ],
        bar_column=1,
    )
