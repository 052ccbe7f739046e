"""What everybody has used together, for staff."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Max, Q
from django.db.models.functions import TruncDate
from django.utils.timezone import get_default_timezone, now
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
from streaming.board.history import between, spans, steps
from streaming.board.rows import seats_now
from streaming.models import Account, Session, UsageEntry

_DAY = Column(_("Day"), "day")


def figures(days: Days) -> Iterator[Figure]:
    entries = UsageEntry.objects.ended_in(days.since, days.until)
    yield from _by_day(entries, days)
    yield _seats(days)
    yield _waiting(days)
    yield _ranked(entries, "persona", ("persona", "persona_name"), _("By persona"))
    yield _accounts(entries)
    yield _ranked(entries, "user", ("user", "user_name"), _("By person"))


def _by_day(entries: Any, days: Days) -> Iterator[Figure]:
    used = by_day(entries.by_day())
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


def _seats(days: Days) -> Figure:
    """The peak of each day against the seats that there are now."""
    until = min(days.until, now())
    bounds = [at for at in days.bounds if at < until] + [until]
    occupied, waiting = spans(days.since, until)
    stretches = between(steps(occupied, waiting, days.since, until), bounds)
    # Midnights in the site's time zone are the days; the last one is not over yet.
    days_shown = days.all[: len(stretches)]
    most = [one.occupied_most for one in stretches]
    queue = [one.waiting_most for one in stretches]
    mean = [one.occupied_mean for one in stretches]
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


def _waiting(days: Days) -> Figure:
    """Of those who joined the line: how many gave up, and how long the others waited."""
    waited = Session.objects.filter(
        place_at__isnull=False, created_at__gte=days.since, created_at__lt=days.until
    )
    length = ExpressionWrapper(
        F("seated_at") - F("created_at"), output_field=DurationField()
    )
    rows = by_day(
        waited.order_by()
        .annotate(
            day=TruncDate("created_at", tzinfo=get_default_timezone()), length=length
        )
        .values("day")
        .annotate(
            seated=Count("seated_at"),
            gave_up=Count("pk", filter=Q(seated_at=None, ended_at__isnull=False)),
            mean=Avg("length"),
            longest=Max("length"),
        )
    )

    def column(name: str) -> list[Any]:
        return [rows[day][name] if day in rows else 0 for day in days.all]

    def in_seconds(name: str) -> list[float | None]:
        return [one.total_seconds() if one else None for one in column(name)]

    seated, gave_up = column("seated"), column("gave_up")
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
                in_seconds("mean"),
                in_seconds("longest"),
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
    rows = entries.summed(*by).order_by("-time", *by)[:MOST_ROWS]
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
            (row[by[1]], minutes(row["time"]), row["count"], row["price"])
            for row in rows
        ],
        bar_column=1,
    )


def _accounts(entries: Any) -> Figure:
    prices = dict(Account.objects.values_list("pk", "price_per_minute"))
    by = ("account", "account_name")
    rows = entries.summed(*by).order_by("-time", *by)[:MOST_ROWS]
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
