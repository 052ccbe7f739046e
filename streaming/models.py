"""Accounts, sessions and what happened to them: the rules that need only the database."""

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import IntegrityError, models, transaction
from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.db.models.functions import Least
from django.utils.timezone import now

from personas.models import Persona
from streaming.encrypted import EncryptedTextField
from streaming.errors import IllegalTransition, NoSeat
from streaming.publishing import publish_after_commit

MAX_SEATS = 100


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
        HEYGEN = "heygen", "HeyGen streaming API (the local engine speaks it too)"

    name = models.CharField(max_length=80, unique=True)
    provider = models.CharField(
        max_length=20, choices=Provider.choices, default=Provider.HEYGEN
    )
    base_url = models.URLField(help_text="Where its API starts, without /v1.")
    api_key = EncryptedTextField(blank=True)
    seat_limit = models.PositiveSmallIntegerField(
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_SEATS)],
        help_text="How many sessions it allows at the same time.",
    )
    priority = models.SmallIntegerField(
        default=0, help_text="Accounts with smaller numbers are used first."
    )
    is_enabled = models.BooleanField("enabled", default=True)
    is_draining = models.BooleanField(
        "draining",
        default=False,
        help_text="Takes no new sessions; those that it has go on to their end.",
    )
    is_exclusive = models.BooleanField(
        "exclusive",
        default=False,
        help_text="Nobody else uses this key: sessions there that this portal does not "
        "know are stopped. Otherwise they count as taken seats.",
    )
    #: How often in a row it failed to open a session, and until when it is left alone.
    failures = models.PositiveSmallIntegerField(default=0, editable=False)
    resting_until = models.DateTimeField(null=True, blank=True, editable=False)
    last_problem = models.CharField(max_length=300, blank=True, editable=False)
    #: Sessions there that are not ours, at the last comparison.
    foreign_sessions = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    #: So many failures in a row send it to rest, for the pauses below, one after the other.
    REST_AFTER: ClassVar[int] = 3
    PAUSES_S: ClassVar[tuple[int, ...]] = (30, 60, 120, 240, 480, 600)
    HEALTH: ClassVar[list[str]] = ["failures", "resting_until", "last_problem"]

    class Meta:
        ordering = ("priority", "pk")

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<Account {self.pk}: {self.name!r}>"

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
        usable = self.seat_limit
        if not self.is_exclusive:
            usable -= self.foreign_sessions
        taken = self.taken_seats()
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


class State(models.TextChoices):
    """Where a session is in its life; see the drawing in `Session`."""

    WAITING = "waiting"  #: in the queue, holds no seat
    OPENING = "opening"  #: holds a seat; upstream is being asked
    READY = "ready"  #: the offer has come
    CONNECTING = "connecting"  #: the answer was sent; ICE is under way
    LIVE = "live"  #: media flows
    CLOSING = "closing"  #: upstream is being told to stop; it still counts the seat
    CLOSED = "closed"  #: ended as it should
    FAILED = "failed"  #: ended because something went wrong


class EndReason(models.TextChoices):
    """Why a session ended. The list is closed; clients may rely on it."""

    VIEWER_CLOSED = "viewer_closed", "the viewer closed it"
    VIEWER_LEFT = "viewer_left", "the viewer left the page"
    VIEWER_LOST = "viewer_lost", "the viewer vanished"
    ICE_FAILED = "ice_failed", "the media connection failed"
    IDLE = "idle", "nothing was said for too long"
    MAX_AGE = "max_age", "its time was up"
    STAFF_STOPPED = "staff_stopped", "staff stopped it"
    UPSTREAM_ENDED = "upstream_ended", "the avatar service ended it"
    UPSTREAM_REFUSED = "upstream_refused", "the avatar service refused it"


SEATED = (State.OPENING, State.READY, State.CONNECTING, State.LIVE, State.CLOSING)
USABLE = (State.READY, State.CONNECTING, State.LIVE)
ENDED = (State.CLOSED, State.FAILED)
#: The ICE states in which media flows.
CONNECTED = ("connected", "completed")
FAILURES = (EndReason.ICE_FAILED, EndReason.UPSTREAM_ENDED, EndReason.UPSTREAM_REFUSED)


class SessionQuerySet(models.QuerySet["Session"]):
    """The vocabulary of session look-ups."""

    def open(self) -> "SessionQuerySet":
        return self.exclude(state__in=ENDED)

    def seated(self) -> "SessionQuerySet":
        return self.filter(state__in=SEATED)

    def visible_to(self, user: Any) -> "SessionQuerySet":
        return self if user.is_staff else self.filter(owner=user)

    def lost(self, at: datetime) -> "SessionQuerySet":
        """Open sessions that have outlived their lease, their time or their use."""
        idle_since = at - timedelta(seconds=settings.SESSION_IDLE_S)
        return self.open().filter(
            Q(state=State.CLOSING, closing_at__lt=at - CLOSING_RETRY)
            | ~Q(state=State.CLOSING)
            & (
                Q(lease_expires_at__lt=at)
                | Q(ends_at__lt=at)
                | Q(state__in=USABLE, last_activity_at__lt=idle_since)
            )
        )

    def idle(self, at: datetime, for_s: float) -> "SessionQuerySet":
        """Usable sessions in which nothing was said for `for_s` seconds."""
        since = at - timedelta(seconds=for_s)
        return self.filter(state__in=USABLE, last_activity_at__lt=since)

    def reserve(self, account: Account, **fields: Any) -> "Session":
        """Create a session that holds the first free seat of `account`.

        Raises `NoSeat` when there is none. Whoever races us for the same seat is stopped by
        the constraint, not by our look at what is free; we then try the next.
        """
        for seat in range(1, account.seat_limit + 1):
            if seat not in account.free_seats():
                continue
            try:
                with transaction.atomic():
                    session = self.create(
                        account=account, seat=seat, state=State.OPENING, **fields
                    )
                    session._record_status("", State.OPENING, "")
                    return session
            except IntegrityError as exc:
                if "seat" not in str(exc):
                    raise
        raise NoSeat(f"All {account.seat_limit} seats of {account.name} are taken.")


# How long a closing session may be silent before a sweep tries the stop again.
CLOSING_RETRY = timedelta(seconds=10)


class Session(models.Model):
    """One viewer's stream of one persona, from request to goodbye.

        waiting -> opening -> ready -> connecting -> live -> closing -> closed
                       \\________\\__________\\___________\\________\\____-> failed

    A state that holds a seat holds exactly one, by a constraint of the database. The state
    changes only through the verbs below, so each change is checked, is safe against a
    second worker, and leaves a numbered `SessionEvent` behind.
    """

    NEXT: ClassVar[dict[str, frozenset[str]]] = {
        State.WAITING: frozenset({State.OPENING, State.CLOSED}),
        State.OPENING: frozenset({State.READY, State.CLOSING, State.FAILED}),
        State.READY: frozenset({State.CONNECTING, State.CLOSING}),
        State.CONNECTING: frozenset({State.LIVE, State.CLOSING}),
        State.LIVE: frozenset({State.CLOSING}),
        State.CLOSING: frozenset({State.CLOSED, State.FAILED}),
        State.CLOSED: frozenset(),
        State.FAILED: frozenset(),
    }

    #: What changes after the reservation, here or in another process.
    CHANGEABLE: ClassVar[list[str]] = [
        "state",
        "end_reason",
        "ice_state",
        "upstream_id",
        "avatar_name",
        "voice_id",
        "lease_expires_at",
        "ends_at",
        "last_activity_at",
        "live_at",
        "closing_at",
        "ended_at",
        "last_seq",
    ]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="sessions"
    )
    persona = models.ForeignKey(
        Persona, models.SET_NULL, null=True, related_name="sessions"
    )
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="sessions"
    )
    seat = models.PositiveSmallIntegerField(null=True, blank=True)

    state = models.CharField(
        max_length=12, choices=State.choices, default=State.WAITING
    )
    end_reason = models.CharField(
        max_length=20, choices=EndReason.choices, blank=True, default=""
    )
    ice_state = models.CharField(max_length=20, blank=True, default="new")
    upstream_id = models.CharField(max_length=200, blank=True, default="")

    avatar_name = models.CharField(max_length=120, blank=True)
    voice_id = models.CharField(max_length=120, blank=True)
    quality = models.CharField(max_length=10, default="medium")

    #: Until when the session lives without a sign of its viewer.
    lease_expires_at = models.DateTimeField()
    #: Until when at most.
    ends_at = models.DateTimeField()
    #: When something was last said; in the future while the avatar still speaks.
    last_activity_at = models.DateTimeField(default=now)
    created_at = models.DateTimeField(default=now)
    live_at = models.DateTimeField(null=True, blank=True)
    closing_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    last_seq = models.PositiveIntegerField(default=0)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["account", "seat"],
                condition=Q(state__in=SEATED),
                name="streaming_one_session_per_seat",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=SEATED)
                | Q(account__isnull=False, seat__isnull=False),
                name="streaming_open_session_has_seat",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ENDED) | Q(ended_at__isnull=False),
                name="streaming_ended_session_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "lease_expires_at"]),
            models.Index(fields=["owner", "-created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.state})"

    # Questions ------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        return self.state not in ENDED

    @property
    def is_usable(self) -> bool:
        """Whether upstream has it and it is not on its way out."""
        return self.state in USABLE

    @property
    def group(self) -> str:
        """The channel layer's group of everybody who watches this session."""
        return f"session.{self.id.hex}"

    def why_lost(self, at: datetime) -> EndReason:
        """Which of its limits a session found by `lost` has passed."""
        if self.end_reason:
            return EndReason(self.end_reason)
        if self.ends_at < at:
            return EndReason.MAX_AGE
        if self.lease_expires_at < at:
            return EndReason.VIEWER_LOST
        return EndReason.IDLE

    # Verbs ----------------------------------------------------------------------------

    def opened(self, upstream_id: str, *, ends_at: datetime) -> None:
        self._move(State.READY, upstream_id=upstream_id, ends_at=ends_at)

    def replace_avatar(self) -> None:
        """The account does not have who was wished for; its own choice takes the stage."""
        wished = {"avatar_name": self.avatar_name, "voice_id": self.voice_id}
        with transaction.atomic():
            Session.objects.filter(pk=self.pk).update(avatar_name="", voice_id="")
            self.record("avatar.replaced", wished)
        self.reread()

    def name_upstream(self, upstream_id: str) -> None:
        """Note what upstream calls a session that was ended while it opened."""
        Session.objects.filter(pk=self.pk).update(upstream_id=upstream_id)
        self.reread()

    def answered(self) -> None:
        self._move(State.CONNECTING)

    def go_live(self) -> None:
        self._move(State.LIVE, live_at=now())

    def begin_closing(self, reason: EndReason) -> None:
        self._move(State.CLOSING, reason=reason, end_reason=reason, closing_at=now())

    def finish(self) -> None:
        """From closing to its end: failed or closed, as the reason has it."""
        ending = State.FAILED if self.end_reason in FAILURES else State.CLOSED
        self._move(ending, reason=self.end_reason, ended_at=now())

    def fail(self, reason: EndReason) -> None:
        """Give the seat back at once; for a session that upstream never had."""
        self._move(State.FAILED, reason=reason, end_reason=reason, ended_at=now())

    def note_ice(self, ice_state: str) -> None:
        """Record what the viewer's browser says of its connection. Repeats are dropped."""
        with transaction.atomic():
            changed = (
                Session.objects.open()
                .filter(pk=self.pk)
                .exclude(ice_state=ice_state)
                .update(ice_state=ice_state)
            )
            if changed:
                self.record("ice.state", {"state": ice_state})
        self.ice_state = ice_state

    def renew_lease(self, for_s: float) -> None:
        """Let the session live at least `for_s` seconds more. Never shortens."""
        until = now() + timedelta(seconds=for_s)
        Session.objects.open().filter(pk=self.pk, lease_expires_at__lt=until).update(
            lease_expires_at=until
        )

    def shorten_lease(self, to_s: float) -> None:
        """The viewer was lost: they have `to_s` seconds to come back. Never lengthens."""
        until = now() + timedelta(seconds=to_s)
        Session.objects.open().filter(pk=self.pk, lease_expires_at__gt=until).update(
            lease_expires_at=until
        )

    def note_activity(self, *, speaks_s: float = 0.0) -> None:
        """Something was said, and is being said for `speaks_s` seconds yet."""
        until = now() + timedelta(seconds=speaks_s)
        Session.objects.filter(pk=self.pk, last_activity_at__lt=until).update(
            last_activity_at=until
        )

    def reread(self) -> None:
        """Take over what others may have changed; what we know of relations stays."""
        self.refresh_from_db(fields=self.CHANGEABLE)

    def record(self, kind: str, data: dict[str, Any]) -> "SessionEvent":
        """Add the next numbered event; whoever watches hears of it after the commit."""
        with transaction.atomic():
            # The row's lock orders writers, so numbers have no gaps and no doubles.
            Session.objects.filter(pk=self.pk).update(last_seq=F("last_seq") + 1)
            self.last_seq = Session.objects.values_list("last_seq", flat=True).get(
                pk=self.pk
            )
            event = SessionEvent.objects.create(
                session=self, seq=self.last_seq, type=kind, data=data
            )
            publish_after_commit(self.group, event.as_frame())
        return event

    def _move(self, to: State, *, reason: str = "", **changes: Any) -> None:
        """Change the state, or raise `IllegalTransition` and change nothing.

        The UPDATE names the state that we believe the row has. When another worker was
        quicker it matches no row, which is the same refusal to the caller.
        """
        came_from = self.state
        with transaction.atomic():
            moved = to in self.NEXT[came_from] and (
                Session.objects.filter(pk=self.pk, state=came_from).update(
                    state=to, **changes
                )
            )
            if not moved:
                raise IllegalTransition(
                    f"The session cannot go from {came_from} to {to}."
                )
            self._record_status(came_from, to, reason)
        self.reread()

    def _record_status(self, came_from: str, to: State, reason: str) -> None:
        data = {"from": str(came_from), "to": str(to), "reason": str(reason)}
        self.record("session.status", data)


class SessionEvent(models.Model):
    """One thing that happened in a session, numbered from 1 without gaps."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("session", "seq")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "seq"], name="streaming_event_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.type}"

    def as_frame(self) -> dict[str, Any]:
        """As the websocket shows it."""
        return {
            "type": self.type,
            "seq": self.seq,
            "at": self.at.isoformat(),
            "data": self.data,
        }
