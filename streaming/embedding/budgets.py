"""How much one visitor, and all visitors of a key together, may use."""

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _

from streaming.budgets import Budget, UserBudget
from streaming.embedding.standing import gone, require_in_use
from streaming.models import EmbedKey, Visitor
from streaming.periods import Period, Span


class _VisitorsBudget(Budget):
    """Its words are for people who know nothing of this site, and can change nothing."""

    def _next_time(self, period: Period) -> str:
        until = period.end.astimezone(get_default_timezone())
        when = date_format(until, "DATETIME_FORMAT")
        return " " + _("There is new time from %(when)s on.") % {"when": when}


class VisitorBudget(_VisitorsBudget):
    """One conversation at a time, and some minutes a day."""

    def __init__(self, visitor: Visitor, key: EmbedKey) -> None:
        self.visitor = visitor
        minutes = {Span.DAY: key.visitor_minutes_per_day, Span.MONTH: 0}
        super().__init__(max_sessions=1, minutes=minutes)

    def lock(self) -> None:
        users = type(self.visitor.user).objects.select_for_update(no_key=True)
        users.filter(pk=self.visitor.user_id).first()

    @property
    def _theirs(self) -> tuple[Q, Q]:
        user_id = self.visitor.user_id
        return Q(owner=user_id), Q(user=user_id)

    def _too_many(self) -> str:
        return _("You are in a conversation here already, perhaps in another window.")

    def _used_up(self, period: Period) -> str:
        return _("Your time for today is used up.")


class EmbedBudget(_VisitorsBudget):
    """What all who come by one key may use together."""

    def __init__(self, key: EmbedKey, came_by: str = "") -> None:
        """`came_by` is what let the visitor in, when that was checked."""
        self.key = key
        self.came_by = came_by or key.key
        minutes = {Span.DAY: key.minutes_per_day, Span.MONTH: 0}
        super().__init__(max_sessions=key.max_sessions, minutes=minutes)

    def lock(self) -> None:
        """Raises `EmbedOff` when the key has been withdrawn or replaced meanwhile."""
        keys = EmbedKey.objects.select_for_update(no_key=True)
        locked = keys.filter(pk=self.key.pk).first()
        if locked is None or locked.key != self.came_by:
            raise gone()
        require_in_use(locked)

    @property
    def _theirs(self) -> tuple[Q, Q]:
        return Q(owner__visitor__key=self.key), Q(user__visitor__key=self.key)

    def _too_many(self) -> str:
        return _("Everybody who may talk here at once does so. Try again in a moment.")

    def _used_up(self, period: Period) -> str:
        return _("The time that this site has for visitors today is used up.")


class HostBudget(_VisitorsBudget, UserBudget):
    """What the maker of a key may use, over all their keys and for themselves."""

    def _too_many(self) -> str:
        return _("Everybody who may talk here at once does so. Try again in a moment.")

    def _used_up(self, period: Period) -> str:
        return _("The time that this site has for visitors is used up.")
