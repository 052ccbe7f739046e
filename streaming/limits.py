"""How much anybody may use: sessions at once, minutes in a day, minutes in a month.

A limit holds for one user, or for one persona over all who talk with it; what visitors of
other sites use counts for who made their key, too. A new session gets
what is left as its own end, so that the sum cannot pass the limit. A place in line costs
nothing. What is counted is said in `streaming.budgets`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User

from personas.models import Persona
from streaming.budgets import Budget, PersonaBudget, UserBudget
from streaming.embedding.budgets import EmbedBudget, HostBudget, VisitorBudget
from streaming.embedding.standing import gone
from streaming.models import EndReason, Visitor
from streaming.periods import Span, period_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Until when a new session may last, and which limit that is."""

    ends_at: datetime
    because: EndReason

    def up_to(self, latest: datetime) -> "Grant":
        """The same, or less where the longest session ends before."""
        if self.ends_at <= latest:
            return self
        return Grant(ends_at=latest, because=EndReason.MAX_AGE)


def check(owner: User, persona: Persona | None, at: datetime) -> None:
    """Raise what refuses a session now: `TooManySessions`, `QuotaUsedUp`, or `EmbedOff`."""
    longest = timedelta(seconds=settings.SESSION_MAX_S)
    _granted(_budgets(owner, persona), at, at + longest)


def grant(
    owner: User,
    persona: Persona | None,
    *,
    at: datetime,
    until: datetime,
    came_by: str = "",
    is_replay: bool = False,
) -> Grant:
    """What a session that begins now may use, `until` then at most; raises as `check` does.

    Call it in the transaction that makes the session: others who open one for the same user
    or persona wait until that ends, and then see it. So does whoever archives or deletes
    the persona, or puts another key in the place of the one by which a visitor `came_by`;
    who was faster makes this raise `PersonaNotFound` or `EmbedOff`. A replay may be of
    somebody who is archived.
    """
    budgets = _budgets(owner, persona, came_by=came_by, is_replay=is_replay)
    for budget in budgets:
        if budget.must_lock:
            budget.lock()
    return _granted(budgets, at, until)


def grant_swap(
    persona: Persona, *, at: datetime, until: datetime, because: EndReason
) -> Grant:
    """What a session may use that goes on with `persona`; never more than it had.

    Call it in the transaction that swaps; raises as `grant` does. The owner's own time was
    granted to the session before.
    """
    budget = PersonaBudget(persona)
    budget.lock()
    if not budget.is_limited:
        return Grant(ends_at=until, because=because)
    budget.require_room()
    ends_at = budget.latest_end(at, until)
    return Grant(
        ends_at=ends_at, because=EndReason.QUOTA if ends_at < until else because
    )


def usage_of(user: User, at: datetime) -> dict[str, Any]:
    """What a user has used, what their open sessions may yet use, and their limits."""
    budget = UserBudget(user)
    return {
        **{str(span): budget.usage(period_of(span, at), at) for span in Span},
        "sessions": {
            "open": budget.session_count(),
            "limit": budget.max_sessions or None,
        },
    }


def _budgets(
    owner: User, persona: Persona | None, *, came_by: str = "", is_replay: bool = False
) -> list[Budget]:
    """Of a user, or of a visitor, who made the key that they came by, and that key.

    In the order in which everybody locks them: with people go their personas, and with
    those the keys to them.
    """
    whose: list[Budget] = []
    if persona is not None:
        whose.append(PersonaBudget(persona, archived_too=is_replay))
    visitors = Visitor.objects.select_related("user", "key__owner")
    visitor = visitors.filter(user=owner).first()
    if visitor is None:
        return [UserBudget(owner), *whose]
    key = visitor.key
    if key is None:  # deleted meanwhile
        raise gone()
    people = [VisitorBudget(visitor, key), HostBudget(key.owner)]
    return [*people, *whose, EmbedBudget(key, came_by)]


def _granted(budgets: Sequence[Budget], at: datetime, until: datetime) -> Grant:
    ends_at = until
    for budget in budgets:
        if not budget.is_limited:
            continue
        budget.require_room()
        ends_at = budget.latest_end(at, ends_at)
    because = EndReason.QUOTA if ends_at < until else EndReason.MAX_AGE
    return Grant(ends_at=ends_at, because=because)
