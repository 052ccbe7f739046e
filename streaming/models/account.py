"""One upstream that gives seats, and how it fares."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from personas.auditing import Audited
from streaming.encrypted import EncryptedTextField

MAX_SEATS = 100


class AccountQuerySet(models.QuerySet["Account"]):
    """The vocabulary of account look-ups."""

    def in_use(self, at: datetime) -> "AccountQuerySet":
        """Those that may take new sessions: enabled, not draining, not resting."""
        resting = Q(resting_until__gt=at)
        return self.filter(is_enabled=True, is_draining=False).exclude(resting)


class Account(models.Model):
    """One upstream that gives seats: the local engine, or an avatar cloud.

        well -- failures in a row --> resting -- the pause is over --> on trial
         ^                               ^                                |
         |                               +-------- failure: longer -------+
         +---------------------------- success ---------------------------+

    Health is kept in the row and changed by single UPDATEs, so all processes agree on it.
    What an opening's outcome means for it is said in `streaming.pool`.
    """

    class Provider(models.TextChoices):
        HEYGEN = "heygen", _("HeyGen streaming API (the local engine speaks it too)")

    name = models.CharField(_("name"), max_length=80, unique=True)
    provider = models.CharField(
        _("provider"), max_length=20, choices=Provider.choices, default=Provider.HEYGEN
    )
    base_url = models.URLField(
        _("address"), help_text=_("Where its API starts, without /v1.")
    )
    api_key = EncryptedTextField(blank=True)
    seat_limit = models.PositiveSmallIntegerField(
        _("seats"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_SEATS)],
        help_text=_("How many sessions it allows at the same time."),
    )
    priority = models.SmallIntegerField(
        _("priority"),
        default=0,
        help_text=_("Accounts with smaller numbers are used first."),
    )
    is_enabled = models.BooleanField(_("enabled"), default=True)
    is_draining = models.BooleanField(
        _("draining"),
        default=False,
        help_text=_("Takes no new sessions; those that it has go on to their end."),
    )
    is_exclusive = models.BooleanField(
        _("exclusive"),
        default=False,
        help_text=_(
            "Nobody else uses this key: sessions there that this portal does not "
            "know are stopped. Otherwise they count as taken seats."
        ),
    )
    price_per_minute = models.DecimalField(
        _("price per minute"),
        max_digits=10,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_(
            "What a minute of a session costs there, in the site's currency. Empty: "
            "nothing is reckoned. A change counts for sessions that end after it."
        ),
    )
    #: How often in a row it failed to open a session, and until when it is left alone.
    failures = models.PositiveSmallIntegerField(default=0, editable=False)
    resting_until = models.DateTimeField(null=True, blank=True, editable=False)
    last_problem = models.CharField(max_length=300, blank=True, editable=False)
    #: Sessions there that are not ours, at the last comparison.
    foreign_sessions = models.PositiveSmallIntegerField(default=0, editable=False)
    #: When a comparison was made, or at least begun.
    compared_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AccountQuerySet.as_manager()
    #: What staff decide. Neither the key nor how it fares is in there.
    audit = Audited(
        "name",
        "provider",
        "base_url",
        "seat_limit",
        "priority",
        "price_per_minute",
        "is_enabled",
        "is_draining",
        "is_exclusive",
    )

    #: So many failures in a row send it to rest, for the pauses below, one after the other.
    REST_AFTER: ClassVar[int] = 3
    PAUSES_S: ClassVar[tuple[int, ...]] = (30, 60, 120, 240, 480, 600)
    #: The reason that the audit has for a new key, which itself is nowhere.
    KEY_REPLACED: ClassVar[str] = "key_replaced"
    HEALTH: ClassVar[list[str]] = ["failures", "resting_until", "last_problem"]

    class Meta:
        ordering = ("priority", "pk")
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        permissions = (("drain_account", _("Can drain and wake accounts")),)

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<Account {self.pk}: {self.name!r}>"

    def drain(self, is_draining: bool = True) -> None:
        """Take no new sessions, or take them again; those there go on to their end."""
        self.is_draining = is_draining
        self.save(update_fields=["is_draining"])

    def note_new_key(self) -> None:
        """Have the audit say, at the next save, that the key is another one."""
        self._change_reason = self.KEY_REPLACED

    def taken_seats(self) -> set[int]:
        seats = self.sessions.seated().values_list("seat", flat=True)
        return {seat for seat in seats if seat is not None}

    def free_seats(self) -> list[int]:
        """The seats that a new session may take, lowest first.

        Seats that others take upstream have no number here. So we take numbers only up to
        a mark, low enough that filling all below it still leaves room for those others and
        for our own sessions above it: then racing openings compete for the same numbers,
        which the constraint settles.
        """
        return self.free_among(self.taken_seats())

    def free_among(self, taken: set[int]) -> list[int]:
        """`free_seats`, when these are taken by our own sessions."""
        usable = self.seat_limit - self.foreign_sessions
        for mark in range(usable, 0, -1):
            if mark + sum(seat > mark for seat in taken) <= usable:
                return [seat for seat in range(1, mark + 1) if seat not in taken]
        return []

    # Health ---------------------------------------------------------------------------

    def is_resting(self, at: datetime) -> bool:
        return self.resting_until is not None and self.resting_until > at

    def claim(self, at: datetime, *, for_s: float) -> bool:
        """Whether the caller may try to open a session now.

        After a rest only one may, until its outcome is known, or for `for_s` seconds if it
        never is.
        """
        if self.resting_until is None:
            return True
        if self.is_resting(at):
            return False
        if self._change_rest(at + timedelta(seconds=for_s)):
            return True
        self.refresh_from_db(fields=self.HEALTH)  # somebody else tries, or has tried
        return self.resting_until is None

    def end_trial(self, at: datetime) -> None:
        """Let go of a claim whose outcome says nothing about the account."""
        if self.resting_until is not None:
            self._change_rest(at)

    def note_failure(self, problem: str, *, at: datetime) -> None:
        """It could not open a session. Counts unless a rest has begun or ended meanwhile.

        One outage fails every opening that is under way. Those that end after the rest has
        begun say nothing new, and must not make it longer.
        """
        grown = [
            When(
                failures=self.REST_AFTER - 1 + nth,
                then=_time(at + timedelta(seconds=pause_s)),
            )
            for nth, pause_s in enumerate(self.PAUSES_S)
        ]
        longest = at + timedelta(seconds=self.PAUSES_S[-1])
        enough = (
            self.REST_AFTER - 1 + len(self.PAUSES_S)
        )  # from here on all is the same
        self._as_claimed().update(
            failures=Least(F("failures") + 1, enough),
            last_problem=problem[:300],
            resting_until=Case(
                When(failures__lt=self.REST_AFTER - 1, then=_time(None)),
                *grown,
                default=_time(longest),
            ),
        )
        self.refresh_from_db(fields=self.HEALTH)

    def note_success(self) -> None:
        """It has answered as a service in order does: whatever was counted is forgotten."""
        Account.objects.filter(pk=self.pk, failures__gt=0).update(
            failures=0, resting_until=None, last_problem=""
        )
        self.failures, self.resting_until, self.last_problem = 0, None, ""

    def note_foreign(self, count: int, *, at: datetime) -> None:
        """How many sessions of others its service listed at `at`."""
        Account.objects.filter(pk=self.pk).update(
            foreign_sessions=count, compared_at=at
        )
        self.foreign_sessions, self.compared_at = count, at

    def claim_comparison(self, at: datetime, *, pause: timedelta) -> bool:
        """Whether the caller shall compare it: one may, and not within `pause` of the last."""
        due = Q(compared_at=None) | Q(compared_at__lt=at - pause)
        mine = Account.objects.filter(due, pk=self.pk)
        return bool(mine.update(compared_at=at))

    def note_full(self, *, at: datetime) -> None:
        """Its service says that it has no seat, so others have those that we thought free."""
        others = max(0, self.seat_limit - len(self.taken_seats()))
        self.note_foreign(max(others, self.foreign_sessions), at=at)

    def wake_up(self) -> None:
        """Staff say that it is well again."""
        self.note_success()

    def _as_claimed(self) -> models.QuerySet["Account"]:
        """This account, if its rest is still the one that we know of."""
        return Account.objects.filter(pk=self.pk, resting_until=self.resting_until)

    def _change_rest(self, until: datetime) -> bool:
        changed = self._as_claimed().update(resting_until=until)
        if changed:
            self.resting_until = until
        return bool(changed)


def _time(at: datetime | None) -> Value:
    return Value(at, output_field=DateTimeField())
