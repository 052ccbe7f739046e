"""What one user, or one persona, has used and may yet use.

Counted are the entries of the ledger, and of sessions that are open all that they may yet
use until their `ends_at`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.timezone import get_default_timezone

from personas.models import Persona
from streaming.errors import QuotaUsedUp, TooManySessions
from streaming.models import PersonaLimits, Session, State, UsageEntry, UserLimits
from streaming.periods import Period, Span, period_of

#: For less than this a session is not worth opening.
LEAST = timedelta(seconds=10)


class Budget(ABC):
    """The limits of one, 0 meaning none, and what is used of them.

    Open sessions are looked up once, when first needed; `lock` comes before.
    """

    def __init__(self, *, max_sessions: int, minutes: Mapping[Span, int]) -> None:
        self.max_sessions = max_sessions
        self.minutes = minutes

    @property
    def is_limited(self) -> bool:
        return bool(self.max_sessions or any(self.minutes.values()))

    @property
    def must_lock(self) -> bool:
        """Whether a session may begin only under `lock`."""
        return self.is_limited

    @abstractmethod
    def lock(self) -> None:
        """Until the transaction ends, let others who would use of this wait."""

    @property
    @abstractmethod
    def _theirs(self) -> tuple[Q, Q]:
        """Whose sessions, and whose entries in the ledger, are counted."""

    # Sessions at once -----------------------------------------------------------------

    def require_room(self) -> None:
        """Raise `TooManySessions` unless one more may be opened."""
        if 0 < self.max_sessions <= self.session_count():
            raise TooManySessions(self._too_many())

    def session_count(self) -> int:
        """Those that hold a seat and are not on their way out."""
        return sum(session.state != State.CLOSING for session in self._sessions)

    @abstractmethod
    def _too_many(self) -> str:
        """What to tell who is refused for the number of sessions."""

    # Time -----------------------------------------------------------------------------

    def latest_end(self, at: datetime, until: datetime) -> datetime:
        """`until`, or when the time that is left from `at` on has run out before.

        A session that reaches into the next day or month uses of that one there. Raises
        `QuotaUsedUp` when so little is left that none is worth opening.
        """
        for span in (
            Span.MONTH,
            Span.DAY,
        ):  # who must wait for both waits for the month
            period = period_of(span, at)
            while self.minutes[span] and period.start < until:
                until = self._end_in(period, at, until)
                period = period.next()
        return until

    def _end_in(self, period: Period, at: datetime, until: datetime) -> datetime:
        limit = timedelta(minutes=self.minutes[period.span])
        end = max(at, period.start) + limit - self.taken(period, at)
        if end >= min(until, period.end):
            return until
        if end - at < LEAST:
            raise QuotaUsedUp(
                self._used_up(period) + self._next_time(period),
                retry_after_s=(period.end - at).total_seconds(),
            )
        return end

    def taken(self, period: Period, at: datetime) -> timedelta:
        """What is used of a period, and what open sessions may yet use of it."""
        return self._entered(period) + _sum(
            period.overlap(*_reserved(session, at)) for session in self._sessions
        )

    def used(self, period: Period, at: datetime) -> timedelta:
        """What is used of a period up to now."""
        return self._entered(period) + _sum(
            period.overlap(*_used(session, at)) for session in self._sessions
        )

    def usage(self, period: Period, at: datetime) -> dict[str, Any]:
        """One period as programs are shown it."""
        used, taken = self.used(period, at), self.taken(period, at)
        until = period.end.astimezone(get_default_timezone())
        return {
            "used_s": round(used.total_seconds(), 3),
            "reserved_s": round((taken - used).total_seconds(), 3),
            "limit_s": self.minutes[period.span] * 60 or None,
            "until": until.isoformat(),
        }

    @abstractmethod
    def _used_up(self, period: Period) -> str:
        """What to tell who is refused for want of time."""

    def _next_time(self, period: Period) -> str:
        until = period.end.astimezone(get_default_timezone())
        words = f" There is new time from {until:%-d %B %Y, %H:%M %Z} on."
        if self._sessions:
            words += (
                " Open sessions hold some of it; what they do not use is free again."
            )
        return words

    @cached_property
    def _sessions(self) -> list[Session]:
        sessions, _ = self._theirs
        return list(Session.objects.seated().filter(sessions))

    def _entered(self, period: Period) -> timedelta:
        # The sessions come first, and their entries not: one that ends between the two
        # queries is counted once.
        open_ids = [session.pk for session in self._sessions]
        _, entries = self._theirs
        counted = UsageEntry.objects.filter(entries).exclude(session__in=open_ids)
        return counted.used_in(period)


class UserBudget(Budget):
    """What one user may use; where staff entered nothing, as the settings have it.

    What visitors of other sites use by the user's keys is the user's.
    """

    def __init__(self, user: User) -> None:
        self.user = user
        own = UserLimits.objects.filter(user=user).first() or UserLimits()
        super().__init__(
            max_sessions=_chosen(own.max_sessions, settings.USER_MAX_SESSIONS),
            minutes={
                Span.DAY: _chosen(own.minutes_per_day, settings.USER_MINUTES_PER_DAY),
                Span.MONTH: _chosen(
                    own.minutes_per_month, settings.USER_MINUTES_PER_MONTH
                ),
            },
        )

    def lock(self) -> None:
        users = get_user_model().objects.select_for_update(no_key=True)
        users.filter(pk=self.user.pk).first()

    @property
    def _theirs(self) -> tuple[Q, Q]:
        return (
            Q(owner=self.user) | Q(owner__visitor__key__owner=self.user),
            Q(user=self.user) | Q(user__visitor__key__owner=self.user),
        )

    def _too_many(self) -> str:
        count, limit = self.session_count(), self.max_sessions
        return (
            f"You have {_counted(count, 'session')} open, and may have {limit} at once. "
            "Go on with one of them, or close one first."
        )

    def _used_up(self, period: Period) -> str:
        minutes = _counted(self.minutes[period.span], "minute")
        return f"Your {minutes} {period.span.in_words} are used up."


class PersonaBudget(Budget):
    """How much of one persona all users together may use."""

    def __init__(self, persona: Persona, *, archived_too: bool = False) -> None:
        self.persona = persona
        self.archived_too = archived_too
        own = PersonaLimits.objects.filter(persona=persona).first() or PersonaLimits()
        super().__init__(
            max_sessions=own.max_sessions or 0,
            minutes={
                Span.DAY: own.minutes_per_day or 0,
                Span.MONTH: own.minutes_per_month or 0,
            },
        )

    @property
    def must_lock(self) -> bool:
        """Always, or a session could begin with somebody who is just going away."""
        return True

    def lock(self) -> None:
        """Raises `PersonaNotFound` when it has been archived or deleted meanwhile."""
        self.persona.hold(archived_too=self.archived_too)

    @property
    def _theirs(self) -> tuple[Q, Q]:
        return Q(persona=self.persona), Q(persona=self.persona)

    def _too_many(self) -> str:
        count, limit = self.session_count(), self.max_sessions
        return (
            f"{self.persona.name} is in {_counted(count, 'session')}, and may be in "
            f"{limit} at once. Try again when one has ended, or choose somebody else."
        )

    def _used_up(self, period: Period) -> str:
        minutes = _counted(self.minutes[period.span], "minute")
        return (
            f"The {minutes} that {self.persona.name} has for all visitors "
            f"{period.span.in_words} are used up."
        )


def _chosen(own: int | None, site: int) -> int:
    return site if own is None else own


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _sum(times: Iterable[timedelta]) -> timedelta:
    return sum(times, timedelta(0))


def _used(session: Session, at: datetime) -> tuple[datetime, datetime]:
    """From when until when an open session has had a stream, up to now."""
    began_at = session.counts_from or at
    return began_at, max(began_at, session.closing_at or at)


def _reserved(session: Session, at: datetime) -> tuple[datetime, datetime]:
    """What it has used and may yet use; also past its end, while nobody has closed it."""
    if session.state == State.CLOSING:
        return _used(session, at)
    began_at = session.counts_from or session.seated_at or session.created_at
    return began_at, max(session.ends_at, at)
