"""What one user has used."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from chat.models import Turn
from frontend.usage.figures import Column, Days, Figure, by_day, in_words, minutes
from frontend.usage.plots import Series, plot
from streaming import limits
from streaming.models import UsageEntry
from streaming.moments import LocalDay


@dataclass(frozen=True, slots=True)
class Pair:
    """A median, and what 95 of 100 stay below; milliseconds."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Allowance:
    """Minutes of a day or month: what is used, held by open sessions, and left."""

    is_month: bool
    used: float
    held: float
    limit: float | None

    @property
    def left(self) -> float | None:
        return (
            None if self.limit is None else max(0.0, self.limit - self.used - self.held)
        )


@dataclass(frozen=True, slots=True)
class Totals:
    minutes: float
    sessions: int
    first_word: Pair | None


def figures(user: Any, days: Days) -> Iterator[Figure]:
    """By day: minutes, sessions, and how soon the first word was heard."""
    entries = UsageEntry.objects.filter(user=user).ended_in(days.since, days.until)
    used = by_day(entries.by_day(days.bounds))
    spent = [minutes(used[day]["time"]) if day in used else 0.0 for day in days.all]
    count = [used[day]["count"] if day in used else 0 for day in days.all]
    yield Figure(
        name="minutes",
        title=_("Minutes"),
        columns=(Column(_("Day"), "day"), Column(_("Minutes"), "minutes")),
        rows=list(zip(days.all, spent, strict=True)),
        plot=plot(
            days.all,
            bars=[Series("minutes", _("Minutes"), spent)],
            say=lambda value: in_words(value, "minutes"),
        ),
    )
    yield Figure(
        name="sessions",
        title=_("Sessions"),
        columns=(Column(_("Day"), "day"), Column(_("Sessions"))),
        rows=list(zip(days.all, count, strict=True)),
        plot=plot(days.all, bars=[Series("sessions", _("Sessions"), count)]),
        note=_("Replays count as sessions: they hold a seat as well."),
    )
    heard = first_words(user, days)
    p50 = [heard[day].p50 if day in heard else None for day in days.all]
    p95 = [heard[day].p95 if day in heard else None for day in days.all]
    yield Figure(
        name="first-word",
        title=_("From your question to the first word"),
        columns=(
            Column(_("Day"), "day"),
            Column(_("Half of the answers within"), "ms"),
            Column(_("95 of 100 within"), "ms"),
        ),
        rows=list(zip(days.all, p50, p95, strict=True)),
        plot=plot(
            days.all,
            lines=[
                Series("p50", _("Half of the answers within"), p50),
                Series("p95", _("95 of 100 within"), p95),
            ],
            say=lambda value: in_words(value, "ms"),
        ),
        nothing=_("No answer was heard in this time."),
    )


def totals(user: Any, days: Days, shown: list[Figure]) -> Totals:
    """Of all days together; minutes and sessions are those of the figures."""
    by_name = {figure.name: figure for figure in shown}
    whole = _percentiles(_heard(user, days), None)
    return Totals(
        minutes=sum(row[1] for row in by_name["minutes"].rows),
        sessions=sum(row[1] for row in by_name["sessions"].rows),
        first_word=whole.get(None),
    )


def allowances(user: Any) -> list[Allowance]:
    """Of today and of this month, as sessions are refused by."""
    told = limits.usage_of(user, now())
    return [
        Allowance(
            is_month=name == "month",
            used=told[name]["used_s"] / 60,
            held=told[name]["reserved_s"] / 60,
            limit=told[name]["limit_s"] and told[name]["limit_s"] / 60,
        )
        for name in ("day", "month")
    ]


def first_words(user: Any, days: Days) -> dict[date | None, Pair]:
    """For each day on which an answer was heard; the day is that of the question."""
    day = LocalDay("created_at", days.bounds)
    return _percentiles(_heard(user, days).annotate(day=day), "day")


def _heard(user: Any, days: Days) -> Any:
    return Turn.objects.filter(
        session__owner=user,
        kind=Turn.Kind.ASK,
        talk_ms__isnull=False,
        created_at__gte=days.since,
        created_at__lt=days.until,
    )


def _percentiles(turns: Any, by: str | None) -> dict[Any, Pair]:
    """The p50 and p95 of each part, picked by the database: two rows of each come here."""
    parts: dict[str, Any] = {"partition_by": [F(by)]} if by else {}
    nth = Window(RowNumber(), order_by=["talk_ms", "pk"], **parts)
    of = Window(Count("pk"), **parts)
    ranked = turns.annotate(nth=nth, of=of).annotate(
        half=_share(1, 2), most=_share(19, 20)
    )
    picked = ranked.filter(Q(nth=F("half")) | Q(nth=F("most")))
    names = ("nth", "half", "most", "talk_ms")
    found: dict[Any, dict[str, float]] = {}
    for row in picked.order_by().values(*names, *([by] if by else [])):
        part = found.setdefault(row[by] if by else None, {})
        if row["nth"] == row["half"]:
            part["p50"] = row["talk_ms"]
        if row["nth"] == row["most"]:
            part["p95"] = row["talk_ms"]
    return {part: Pair(**pair) for part, pair in found.items()}


def _share(part: int, whole: int) -> Any:
    """Which one it is, counted from the smallest: the database divides whole numbers down."""
    return (F("of") * part + (whole - 1)) / whole
