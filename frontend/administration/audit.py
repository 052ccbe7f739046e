"""What the audit knows: who changed what, when, from which to which value.

Two sources: the histories of audited models (`personas.auditing`), and Django's log of
what was done in the admin, for whatever has no history and for what staff did and looked
at. Neither has secrets.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from personas.acts import Act
from personas.auditing import MANAGER
from personas.models import Membership, Persona, Team
from streaming.models import Account, PersonaLimits, UserLimits

#: Further back nobody pages; a filter by date does it.
MOST_PAGES = 40

#: Models with a history, by their name in the filter.
KEPT: dict[str, type[Model]] = {
    "account": Account,
    "persona": Persona,
    "team": Team,
    "membership": Membership,
    "person": User,
    "limits": UserLimits,
    "persona-limits": PersonaLimits,
}
#: What has no history of its own.
DONE = "done"

KINDS: dict[str, Any] = {
    "account": _("Accounts"),
    "persona": _("Personas"),
    "team": _("Teams"),
    "membership": _("Members of teams"),
    "person": _("People"),
    "limits": _("Limits of people"),
    "persona-limits": _("Limits of personas"),
    DONE: _("What staff did and looked at"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries are asked for; empty is all."""

    person: User | None = None
    kind: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Change:
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the audit."""

    at: datetime
    who: str
    #: Of whoever did it, where they are still there.
    who_id: int | None
    verb: str
    kind: str
    subject: str
    url: str = ""
    changes: Sequence[Change] = field(default_factory=tuple)
    note: str = ""


def entries(wanted: Wanted, *, first: int, count: int) -> list[Entry]:
    """`count` entries from number `first` on, newest first."""
    sources = [
        _Kept(kind, model, wanted)
        for kind, model in KEPT.items()
        if wanted.kind in ("", kind)
    ]
    found: list[Iterable[tuple[datetime, Any, Any]]] = [
        source.rows(first + count) for source in sources
    ]
    if wanted.kind in ("", DONE):
        found.append(_logged(wanted, first + count))
    newest = heapq.merge(*found, key=lambda row: row[0], reverse=True)
    shown = list(islice(newest, first, first + count))
    names = _Names()
    for source in sources:
        source.look_back([row for _at, row, of in shown if of is source])
    return [
        _of_log(row) if source is None else source.entry(row, names)
        for _at, row, source in shown
    ]


# Histories --------------------------------------------------------------------------------


class _Kept:
    """The history of one model."""

    def __init__(self, kind: str, model: type[Model], wanted: Wanted) -> None:
        self.kind, self.model, self.wanted = kind, model, wanted
        self.history: Any = getattr(model, MANAGER).model
        self.before: dict[int, Any] = {}

    def rows(self, most: int) -> Iterator[tuple[datetime, Any, "_Kept"]]:
        found = self.history.objects.select_related("history_user").order_by(
            "-history_date", "-history_id"
        )
        found = _when(found, "history_date", self.wanted)
        if self.wanted.person:
            found = found.filter(history_user=self.wanted.person)
        return ((row.history_date, row, self) for row in found[:most])

    def look_back(self, rows: list[Any]) -> None:
        """Find what was before each row, all in two queries."""
        if not rows:
            return
        pk = self.model._meta.pk.attname
        earlier = self.history.objects.filter(
            **{pk: OuterRef(pk), "history_id__lt": OuterRef("history_id")}
        ).order_by("-history_id")
        pairs = dict(
            self.history.objects.filter(pk__in=[row.pk for row in rows])
            .annotate(earlier=Subquery(earlier.values("history_id")[:1]))
            .values_list("pk", "earlier")
        )
        known = self.history.objects.in_bulk([pk for pk in pairs.values() if pk])
        self.before = {pk: known[at] for pk, at in pairs.items() if at}

    def entry(self, row: Any, names: "_Names") -> Entry:
        pk = getattr(row, self.model._meta.pk.attname)
        subject = names.of_row(self.model, row)
        return Entry(
            at=row.history_date,
            who=row.history_user.get_username() if row.history_user else "",
            who_id=row.history_user_id,
            verb={
                "+": pgettext("audit", "added"),
                "~": pgettext("audit", "changed"),
                "-": pgettext("audit", "deleted"),
            }[row.history_type],
            kind=_kind_name(self.model),
            subject=subject,
            url="" if row.history_type == "-" else _url(self.model, pk),
            changes=list(self._changes(row, names)),
            note=_note(row.history_change_reason),
        )

    def _changes(self, row: Any, names: "_Names") -> Iterator[Change]:
        if row.history_type != "~":
            return
        before = self.before.get(row.pk)
        for one in self.history.tracked_fields:
            if one.primary_key:
                continue
            was, now = (
                getattr(at, one.attname) if at else None for at in (before, row)
            )
            if before is not None and was != now:
                yield Change(
                    str(capfirst(one.verbose_name)),
                    names.of_value(one, was),
                    names.of_value(one, now),
                )
        if self.model is User:
            yield from self._groups(before, row)

    def _groups(self, before: Any, row: Any) -> Iterator[Change]:
        was, now = (
            ", ".join(
                sorted(one.group.name for one in at.groups.select_related("group"))
            )
            if at
            else ""
            for at in (before, row)
        )
        if was != now:
            yield Change(gettext("Groups"), was or "–", now or "–")


class _Names:
    """Values in words; what a row refers to is looked up once."""

    def __init__(self) -> None:
        self._found = cache(self._look_up)

    def of_row(self, model: type[Model], row: Any) -> str:
        if model is Membership:
            return gettext("{person} in {team}").format(
                person=self._found(User, row.user_id),
                team=self._found(Team, row.team_id),
            )
        if model is UserLimits:
            return self._found(User, row.user_id)
        if model is PersonaLimits:
            return self._found(Persona, row.persona_id)
        return str(getattr(row, "name", "") or getattr(row, "username", "") or row.pk)

    def of_value(self, of: Any, value: Any) -> str:
        if value is None or value == "":
            return "–"
        if isinstance(value, bool):
            return gettext("yes") if value else gettext("no")
        if of.remote_field:
            return self._found(of.remote_field.model, value)
        if of.choices:
            return str(dict(of.flatchoices).get(value, value))
        if isinstance(value, datetime):
            return f"{value:%Y-%m-%d %H:%M}"
        return str(value)

    def _look_up(self, model: type[Model], pk: Any) -> str:
        found = model._default_manager.filter(pk=pk).first()
        return str(found) if found else gettext("(deleted, number {pk})").format(pk=pk)


# What was done ----------------------------------------------------------------------------


def _logged(wanted: Wanted, most: int) -> Iterator[tuple[datetime, Any, None]]:
    """Django's log, but for what the histories tell better."""
    kept = ContentType.objects.get_for_models(*KEPT.values()).values()
    found = LogEntry.objects.select_related("user", "content_type")
    found = found.exclude(
        content_type__in=list(kept), action_flag__lt=min(Act.values)
    ).order_by("-action_time", "-pk")
    found = _when(found, "action_time", wanted)
    if wanted.person:
        found = found.filter(user=wanted.person)
    return ((row.action_time, row, None) for row in found[:most])


def _of_log(row: LogEntry) -> Entry:
    model = row.content_type.model_class() if row.content_type else None
    is_act = row.action_flag in Act.values
    verbs = {1: "added", 2: "changed", 3: "deleted"}
    if is_act:
        verb = str(Act(row.action_flag).label)
    else:
        verb = {
            "added": pgettext("audit", "added"),
            "changed": pgettext("audit", "changed"),
            "deleted": pgettext("audit", "deleted"),
        }[verbs[row.action_flag]]
    return Entry(
        at=row.action_time,
        who=row.user.get_username(),
        who_id=row.user_id,
        verb=verb,
        kind=_kind_name(model) if model else "",
        subject=row.object_repr,
        url=_url(model, row.object_id) if model and row.action_flag != 3 else "",
        note="" if is_act else row.get_change_message(),
    )


def _when(found: QuerySet[Any], name: str, wanted: Wanted) -> QuerySet[Any]:
    if wanted.since:
        found = found.filter(**{f"{name}__date__gte": wanted.since})
    if wanted.until:
        found = found.filter(**{f"{name}__date__lte": wanted.until})
    return found


def _kind_name(model: type[Model]) -> str:
    return str(capfirst(model._meta.verbose_name or ""))


def _url(model: type[Model], pk: Any) -> str:
    """The page of the subject, where the admin has one; limits are on that of their owner."""
    if model not in admin.site._registry:
        return ""
    opts = model._meta
    try:
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[pk])
    except NoReverseMatch:
        return ""


def _note(reason: str | None) -> str:
    """Reasons are kept as codes, since whoever reads them may use another language."""
    if reason == Account.KEY_REPLACED:
        return gettext("The API key was replaced.")
    return reason or ""
