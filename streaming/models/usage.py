"""The usage ledger: what each session that ever had a stream has used."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from personas.models import Persona
from streaming.models.account import Account
from streaming.moments import LocalDay
from streaming.periods import Period

if TYPE_CHECKING:
    from streaming.models.session import Session


class UsageQuerySet(models.QuerySet["UsageEntry"]):
    """Adding the ledger up."""

    def total(self) -> timedelta:
        """All that these sessions used."""
        used: timedelta | None = self.aggregate(total=Sum("used"))["total"]
        return used or timedelta(0)

    def ended_in(self, since: datetime, until: datetime) -> Self:
        return self.filter(ended_at__gte=since, ended_at__lt=until)

    def summed(self, *by: str) -> Any:
        """Count, time and cost, together for all that agree in the fields `by`."""
        return (
            self.order_by()
            .values(*by)
            .annotate(count=Count("pk"), time=Sum("used"), price=Sum("cost"))
        )

    def by_day(self, bounds: Sequence[datetime]) -> Any:
        """`summed` by `day`, on the site's clocks: that on which a session ended.

        `bounds` are the midnights around all of them.
        """
        return self.annotate(day=LocalDay("ended_at", bounds)).summed("day")

    def used_in(self, period: Period) -> timedelta:
        """What of it lies in `period`, to the microsecond."""
        some = self.filter(ended_at__gt=period.start, began_at__lt=period.end)
        is_inside = Q(began_at__gte=period.start, ended_at__lte=period.end)
        across = some.exclude(is_inside).values_list("began_at", "ended_at")
        cut = (period.overlap(*times) for times in across)
        return sum(cut, some.filter(is_inside).total())


class UsageEntry(models.Model):
    """One session's use, written in the transaction that ends it and never changed.

    `used` is exactly from `began_at` to `ended_at`: from when the avatar service gave the
    stream to when we began to close it. A session in which personas took turns has an
    entry for each turn. A price that changes later changes nothing here. It outlives the
    session, the user and the persona; their names are kept for that. That of a visitor who
    is forgotten goes to the `user` who made their key, whose time it was.
    """

    session = models.OneToOneField(
        "streaming.Session", models.SET_NULL, null=True, related_name="usage"
    )
    account = models.ForeignKey(
        Account, models.SET_NULL, null=True, related_name="usage"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="usage"
    )
    persona = models.ForeignKey(
        Persona, models.SET_NULL, null=True, related_name="usage"
    )
    account_name = models.CharField(max_length=80)
    user_name = models.CharField(max_length=150, blank=True)
    persona_name = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    used = models.DurationField()
    #: The account's price when it ended, and what the session cost by it; null without one.
    price_per_minute = models.DecimalField(
        _("price per minute"), max_digits=10, decimal_places=4, null=True, blank=True
    )
    cost = models.DecimalField(
        _("cost"), max_digits=14, decimal_places=6, null=True, blank=True
    )

    objects = UsageQuerySet.as_manager()

    class Meta:
        ordering = ("-ended_at",)
        verbose_name = _("usage entry")
        verbose_name_plural = _("usage entries")
        indexes = [
            models.Index(fields=["ended_at"], name="streaming_usage_by_end"),
            models.Index(fields=["user", "ended_at"]),
            models.Index(fields=["persona", "ended_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.user_name} with {self.persona_name}: {self.used}"

    @classmethod
    def enter(cls, session: "Session") -> None:
        """Enter a session that ends; one that never had a stream has used nothing."""
        began_at, ended_at = session.counts_from, session.closing_at
        if began_at is None or ended_at is None:
            return
        ended = _read_anew(session)
        cls._enter(ended, ended.persona, began_at, ended_at, session=ended)

    @classmethod
    def enter_part(
        cls,
        session: "Session",
        persona: Persona | None,
        began_at: datetime,
        ended_at: datetime,
    ) -> None:
        """Enter what `persona` has used of a session that goes on with another one.

        The session itself is named by the entry of its last part, which is its end.
        """
        persona = persona and Persona.objects.filter(pk=persona.pk).first()
        cls._enter(_read_anew(session), persona, began_at, ended_at, session=None)

    @classmethod
    def _enter(
        cls,
        found: "Session",
        persona: Persona | None,
        began_at: datetime,
        ended_at: datetime,
        *,
        session: "Session | None",
    ) -> None:
        account, owner = found.account, found.owner
        used = ended_at - began_at
        price = account.price_per_minute if account else None
        cls.objects.create(
            session=session,
            account=account,
            user=owner,
            persona=persona,
            account_name=account.name if account else "",
            user_name=owner.get_username() if owner else "",
            persona_name=persona.name if persona else "",
            began_at=began_at,
            ended_at=ended_at,
            used=used,
            price_per_minute=price,
            cost=None if price is None else cost_of(used, price),
        )


def _read_anew(session: "Session") -> "Session":
    """Whom the session remembers may have been deleted since."""
    found = type(session).objects.select_related("account", "owner", "persona")
    return found.get(pk=session.pk)


def cost_of(used: timedelta, price_per_minute: Decimal) -> Decimal:
    """What that much costs, to the millionth; no session is rounded up to a minute."""
    microseconds = Decimal(used // timedelta(microseconds=1))
    cost = microseconds * price_per_minute / 60_000_000
    return cost.quantize(Decimal("0.000001"), ROUND_HALF_UP)
