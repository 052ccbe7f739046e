"""Looking sessions up, and taking seats."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.timezone import now

from streaming.errors import IllegalTransition, NoSeat
from streaming.models.account import Account
from streaming.models.states import OPEN, SEATED, USABLE, Kind, State

if TYPE_CHECKING:
    from streaming.models.session import Session


class SessionQuerySet(models.QuerySet["Session"]):
    """The vocabulary of session look-ups."""

    def open(self) -> "SessionQuerySet":
        return self.filter(state__in=OPEN)  # an index finds these, not "not ended"

    def seated(self) -> "SessionQuerySet":
        return self.filter(state__in=SEATED)

    def in_line(self) -> "SessionQuerySet":
        """Those who wait for a seat, in their order."""
        return self.filter(state=State.WAITING).order_by("place_at", "pk")

    def speaking(self) -> "SessionQuerySet":
        """Those in which somebody could still speak; what is closing is left to sweeps."""
        return self.open().exclude(state=State.CLOSING)

    def of_person(self, user: Any) -> "SessionQuerySet":
        """A user's own, and those of visitors who came by a key of theirs."""
        return self.filter(Q(owner=user) | Q(owner__visitor__key__owner=user))

    def with_personas(self, personas: Any) -> "SessionQuerySet":
        """Anybody's with these, and those of visitors who came by a key to them."""
        return self.filter(
            Q(persona__in=personas) | Q(owner__visitor__key__persona__in=personas)
        )

    def visible_to(self, user: Any) -> "SessionQuerySet":
        return self if user.is_staff else self.filter(owner=user)

    def talks(self) -> "SessionQuerySet":
        """Those in which somebody talks with a persona, and no replays of them."""
        return self.filter(kind=Kind.TALK)

    def history_of(self, user: Any) -> "SessionQuerySet":
        """A user's own talks, without those that they took out of their history."""
        return self.talks().filter(owner=user.pk, removed_at=None)

    def lost(self, at: datetime) -> "SessionQuerySet":
        """Open sessions that have outlived their lease, their time, use, opener or offer."""
        idle_since = at - timedelta(seconds=settings.SESSION_IDLE_S)
        return self.open().filter(
            Q(state=State.CLOSING, retry_at__lt=at)
            | ~Q(state=State.CLOSING)
            & (
                Q(lease_expires_at__lt=at)
                | Q(ends_at__lt=at)
                | Q(state=State.OPENING, opening_until__lt=at)
                | Q(state=State.WAITING, offered_until__lt=at)
                | Q(state__in=USABLE, last_activity_at__lt=idle_since)
            )
        )

    def nameless(self, at: datetime) -> "SessionQuerySet":
        """Closing sessions that may have a stream whose name we never heard.

        Whoever asked for it has certainly given up at `at`, so what upstream lists from
        then on tells whether there is one.
        """
        return self.filter(state=State.CLOSING, upstream_id="", opening_until__lt=at)

    def being_named(self, at: datetime) -> "SessionQuerySet":
        """Sessions whose stream upstream may list before we know its name."""
        return self.filter(
            state__in=(State.OPENING, State.CLOSING),
            upstream_id="",
            opening_until__gte=at,
        )

    def idle(self, at: datetime, for_s: float) -> "SessionQuerySet":
        """Usable sessions in which nothing was said for `for_s` seconds."""
        since = at - timedelta(seconds=for_s)
        return self.filter(state__in=USABLE, last_activity_at__lt=since)

    def free_seats(self, at: datetime) -> int:
        """How many seats all accounts in use have free together; in two queries."""
        accounts = Account.objects.in_use(at)
        taken: dict[int, set[int]] = {account.pk: set() for account in accounts}
        seated = self.seated().filter(account__in=taken)
        for account_id, seat in seated.values_list("account_id", "seat"):
            if seat is not None:
                taken[account_id].add(seat)
        return sum(len(account.free_among(taken[account.pk])) for account in accounts)

    # Taking a seat --------------------------------------------------------------------

    def reserve(
        self, account: Account, *, ticket: "Session | None" = None, **fields: Any
    ) -> "Session":
        """A session, new or that of `ticket`, that holds the first free seat of `account`.

        Raises `NoSeat` when there is none, or when others in line come first;
        `IllegalTransition` when the ticket is no longer in line. Whoever races us for the
        same seat is stopped by the constraint, not by our look at what is free; we then
        try the next.
        """
        for seat in range(1, account.seat_limit + 1):
            if seat not in account.free_seats():
                continue
            try:
                with transaction.atomic():
                    self._take_turns()
                    session = self._seated(account, seat, ticket, fields)
                    if self._others_come_first(session):
                        raise NoSeat("Others wait for the seats that are free.")
                    session.record_status(
                        State.WAITING if ticket else "", State.OPENING, ""
                    )
            except IntegrityError as exc:
                if "seat" not in str(exc):
                    raise
            else:
                return session
        raise NoSeat(f"All {account.seat_limit} seats of {account.name} are taken.")

    def _take_turns(self) -> None:
        """While anybody waits, seats are taken one after the other.

        Else two newcomers could each see the seat that the other takes as the one that is
        left for those in line. SQLite's transactions take turns anyway.
        """
        if self.in_line().exists():
            list(Account.objects.order_by("pk").select_for_update().values_list("pk"))

    def _seated(
        self,
        account: Account,
        seat: int,
        ticket: "Session | None",
        fields: dict[str, Any],
    ) -> "Session":
        fields |= {"account": account, "seat": seat, "state": State.OPENING}
        fields |= {"seated_at": now(), "offered_until": None}
        fields.setdefault("opening_until", fields["lease_expires_at"])
        if ticket is None:
            return self.create(**fields)
        if not self.filter(pk=ticket.pk, state=State.WAITING).update(**fields):
            raise IllegalTransition("This place in the line is gone.")
        # With its relations, since it is used where the database must not be asked.
        return self.select_related("owner", "persona", "continues", "replays").get(
            pk=ticket.pk
        )

    def _others_come_first(self, session: "Session") -> bool:
        """Whether those in line before `session` need all seats that are left.

        Asked after its seat was taken: whoever joins the line later does come later.
        """
        ahead = self.in_line()
        if session.place_at is not None:
            ahead = ahead.filter(place_at__lt=session.place_at)
        count = ahead.count()
        return count > 0 and count > self.free_seats(now())
