"""One viewer's stream of one persona: its row, and the only ways in which it changes."""

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.timezone import now

from personas.models import Persona
from streaming.errors import IllegalTransition, TimeIsUp
from streaming.models.account import Account
from streaming.models.session_queries import SessionQuerySet
from streaming.models.states import (
    DISCONNECTED,
    ENDED,
    FAILURES,
    SEATED,
    USABLE,
    EndReason,
    Kind,
    State,
)
from streaming.models.usage import UsageEntry
from streaming.publishing import publish_after_commit

if TYPE_CHECKING:
    from streaming.models.event import SessionEvent

#: Until a sweep tries again to stop a closing session upstream, one pause after the other.
CLOSING_PAUSES_S = (10, 20, 40, 60)
#: A conversation is followed back over so many sessions.
LONGEST_CONVERSATION = 20


class Session(models.Model):
    """One viewer's stream of one persona, from request to goodbye.

        waiting -> opening -> ready -> connecting -> live -> closing -> closed
                       \\________\\__________\\___________\\________\\____-> failed

    One that waits may end at once, as it holds nothing. A usable one (ready, connecting or
    live) goes back to opening when its viewer resumes it: a new stream on the same seat.

    A state that holds a seat holds exactly one, by a constraint of the database. The state
    changes only through the verbs below, so each change is checked, is safe against a
    second worker, and leaves a numbered `SessionEvent` behind.
    """

    NEXT: ClassVar[dict[str, frozenset[str]]] = {
        State.WAITING: frozenset({State.OPENING, State.CLOSED}),
        State.OPENING: frozenset({State.READY, State.CLOSING, State.FAILED}),
        State.READY: frozenset({State.CONNECTING, State.OPENING, State.CLOSING}),
        State.CONNECTING: frozenset({State.LIVE, State.OPENING, State.CLOSING}),
        State.LIVE: frozenset({State.OPENING, State.CLOSING}),
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
        "quality",
        "wish",
        "lease_expires_at",
        "ends_at",
        "last_activity_at",
        "ends_because",
        "has_socket",
        "opening_until",
        "offered_until",
        "place_at",
        "opened_at",
        "persona_since",
        "live_at",
        "farewell_at",
        "closing_at",
        "retry_at",
        "stop_tries",
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

    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.TALK)
    #: The session of the same owner whose words a replay says again.
    replays = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="replayed_by"
    )
    #: When its owner took it out of their history. What was used stays in the ledger.
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

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
    #: What the avatar service is asked for: the fields of a `StreamWish`.
    wish = models.JSONField(default=dict, blank=True)
    #: Whether an editor tries the persona's draft in it, as that stands at each moment.
    speaks_draft = models.BooleanField(default=False, editable=False)
    #: Whose conversation it goes on with; that one has ended.
    continues = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="continued_by",
    )

    #: Its place in the line is by this time; null unless it has waited.
    place_at = models.DateTimeField(null=True, blank=True)
    #: Which of its owner's tickets it is, from 1; null unless it has waited.
    ticket_number = models.PositiveSmallIntegerField(null=True, blank=True)
    #: Until when a seat is kept for it while it waits.
    offered_until = models.DateTimeField(null=True, blank=True)

    #: Until when the session lives without a sign of its viewer.
    lease_expires_at = models.DateTimeField()
    #: Whether its viewer's websocket beats; then other calls need not keep the lease.
    has_socket = models.BooleanField(default=False)
    #: Until when at most, and which limit that is.
    ends_at = models.DateTimeField()
    ends_because = models.CharField(
        max_length=20, choices=EndReason.choices, default=EndReason.MAX_AGE
    )
    #: When something was last said; in the future while the avatar still speaks.
    last_activity_at = models.DateTimeField(default=now)
    created_at = models.DateTimeField(default=now)
    seated_at = models.DateTimeField(null=True, blank=True)
    #: When whoever asks upstream for its stream has given up, if not done before.
    opening_until = models.DateTimeField(null=True, blank=True)
    #: When it first had a stream.
    opened_at = models.DateTimeField(null=True, blank=True)
    #: When its persona took over from another; null while it is the first.
    persona_since = models.DateTimeField(null=True, blank=True)
    live_at = models.DateTimeField(null=True, blank=True)
    #: When the avatar began to say goodbye.
    farewell_at = models.DateTimeField(null=True, blank=True)
    closing_at = models.DateTimeField(null=True, blank=True)
    #: When a sweep stops it upstream again, and how often that was tried.
    retry_at = models.DateTimeField(null=True, blank=True)
    stop_tries = models.PositiveSmallIntegerField(default=0)
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
            models.UniqueConstraint(
                fields=["owner", "ticket_number"],
                condition=Q(state=State.WAITING),
                name="streaming_one_place_per_ticket",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.WAITING)
                | Q(place_at__isnull=False, ticket_number__isnull=False),
                name="streaming_waiting_session_has_place",
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
            models.Index(fields=["state", "place_at"]),
            models.Index(fields=["owner", "-created_at"]),
            models.Index(fields=["ended_at"]),
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
    def is_replay(self) -> bool:
        return self.kind == Kind.REPLAY

    @property
    def group(self) -> str:
        """The channel layer's group of everybody who watches this session."""
        return f"session.{self.id.hex}"

    def why_lost(self, at: datetime) -> EndReason:
        """Which of its limits a session found by `lost` has passed."""
        if self.end_reason:
            return EndReason(self.end_reason)
        if self.ends_at < at:
            return EndReason(self.ends_because)
        if self.lease_expires_at < at or self.state == State.OPENING:
            return EndReason.VIEWER_LOST
        if self.state == State.WAITING:
            return EndReason.OFFER_MISSED
        return EndReason.IDLE

    def is_in_grace(self, at: datetime) -> bool:
        """Whether its viewer was lost a moment ago, and may be on the way back.

        With them upstream may have lost the stream, which says nothing yet: who comes back
        gets a new one, and who does not is soon swept.
        """
        grace = timedelta(seconds=settings.LEASE_GRACE_S)
        return (
            self.is_usable
            and not self.has_socket
            and at <= self.lease_expires_at <= at + grace
        )

    @property
    def counts_from(self) -> datetime | None:
        """From when on its use is not in the ledger yet; None before it had a stream."""
        return self.persona_since or self.opened_at

    def used(self, at: datetime) -> timedelta:
        """How long it has had a stream, until `at` or until we began to close it."""
        if self.opened_at is None:
            return timedelta(0)
        return (self.closing_at or at) - self.opened_at

    @property
    def lasted(self) -> timedelta | None:
        """How long it had a stream; None while it is open, and where it never had one."""
        if self.opened_at is None or self.ended_at is None:
            return None
        return self.used(self.ended_at)

    def speaker(self) -> Persona | None:
        """Who speaks in it: its persona, or that one as its draft has it."""
        if self.persona is None or not self.speaks_draft:
            return self.persona
        return self.persona.as_drafted()

    def speaker_now(self) -> Persona | None:
        """`speaker` as the database has it by now; None once the persona is deleted."""
        found = Persona.objects.filter(sessions=self).select_related("draft").first()
        return found.as_drafted() if found and self.speaks_draft else found

    def conversation(self) -> list[uuid.UUID]:
        """This session and those whose conversation it goes on with, newest first."""
        found = [self.pk]
        older = self.continues_id
        while older and older not in found and len(found) < LONGEST_CONVERSATION:
            found.append(older)
            earlier = Session.objects.filter(pk=older)
            older = earlier.values_list("continues_id", flat=True).first()
        return found

    # Verbs ----------------------------------------------------------------------------

    def opened(
        self,
        upstream_id: str,
        *,
        ends_at: datetime,
        ends_because: EndReason = EndReason.MAX_AGE,
    ) -> None:
        """Upstream has given the stream. Its viewer has `LEASE_REST_S` to show a sign."""
        at = now()
        self._move(
            State.READY,
            upstream_id=upstream_id,
            opened_at=Coalesce("opened_at", at),
            ends_at=ends_at,
            ends_because=ends_because,
            lease_expires_at=at + timedelta(seconds=settings.LEASE_REST_S),
            has_socket=False,
        )

    def reopen(self, *, until: datetime, quality: str = "") -> None:
        """Its viewer needs a new stream, which will have come by `until`.

        It has the `quality` that is given, or the one that it had.
        """
        came_from, quality = self.quality, quality or self.quality
        with transaction.atomic():
            self._move(
                State.OPENING,
                opening_until=until,
                lease_expires_at=until,
                ice_state="new",
                quality=quality,
                wish=self.wish | {"quality": quality},
            )
            if quality != came_from:
                self.record("quality.changed", {"from": came_from, "to": quality})

    def swap_persona(
        self,
        persona: Persona,
        *,
        wish: dict[str, Any],
        until: datetime,
        ends_at: datetime,
        ends_because: EndReason,
    ) -> None:
        """Another persona takes the stage, with a stream that will have come by `until`.

        What the one before has used is entered as theirs. The same one may come again, with
        another face or voice.
        """
        before, part = self.persona, self.counts_from
        is_other = self.persona_id != persona.pk
        since = now() if is_other and part else self.persona_since
        with transaction.atomic():
            self._move(
                State.OPENING,
                persona=persona,
                # The draft of another one is for its own editors.
                speaks_draft=self.speaks_draft and not is_other,
                persona_since=since,
                avatar_name=wish["avatar_name"],
                voice_id=wish["voice_id"],
                quality=wish["quality"],
                wish=wish,
                opening_until=until,
                lease_expires_at=until,
                ends_at=ends_at,
                ends_because=ends_because,
                ice_state="new",
            )
            if is_other and part and since:
                UsageEntry.enter_part(self, before, part, since)
            if is_other:
                people = {"from": _named(before), "to": _named(persona)}
                self.record("persona.swapped", people)
            else:
                looks = {name: wish[name] for name in ("avatar_name", "voice_id")}
                self.record("avatar.changed", looks)
        self.persona = persona

    def opening_ended(self, *, later_s: float) -> None:
        """Whoever opened it has given up; upstream may make the stream `later_s` later."""
        until = now() + timedelta(seconds=later_s)
        Session.objects.filter(pk=self.pk).update(opening_until=until)
        self.opening_until = until

    def forget_upstream(self) -> None:
        """The stream that it had is stopped."""
        Session.objects.filter(pk=self.pk).update(upstream_id="")
        self.reread()

    def leave_line(self, reason: EndReason) -> None:
        """Give up its place. Raises `IllegalTransition` unless it waits."""
        if self.state != State.WAITING:
            raise IllegalTransition(f"A session that is {self.state} does not wait.")
        self._move(State.CLOSED, reason=reason, end_reason=reason, ended_at=now())

    def replace_avatar(self) -> None:
        """The account does not have who was wished for; its own choice takes the stage."""
        wished = {"avatar_name": self.avatar_name, "voice_id": self.voice_id}
        nobody = {"avatar_name": "", "voice_id": ""}
        with transaction.atomic():
            Session.objects.filter(pk=self.pk).update(wish=self.wish | nobody, **nobody)
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
        at = now()
        self._move(
            State.CLOSING,
            reason=reason,
            end_reason=reason,
            closing_at=at,
            retry_at=at + timedelta(seconds=CLOSING_PAUSES_S[0]),
        )

    def claim_retry(self, at: datetime) -> bool:
        """Whether the caller shall stop it upstream once more; one of all sweeps may."""
        nth = min(self.stop_tries + 1, len(CLOSING_PAUSES_S) - 1)
        claimed = Session.objects.filter(
            pk=self.pk, state=State.CLOSING, retry_at=self.retry_at
        ).update(
            stop_tries=F("stop_tries") + 1,
            retry_at=at + timedelta(seconds=CLOSING_PAUSES_S[nth]),
        )
        self.reread()
        return bool(claimed)

    def finish(self) -> None:
        """From closing to its end: failed or closed, as the reason has it."""
        ending = State.FAILED if self.end_reason in FAILURES else State.CLOSED
        with transaction.atomic():
            self._move(ending, reason=self.end_reason, ended_at=now())
            UsageEntry.enter(self)

    def fail(self, reason: EndReason) -> None:
        """Give the seat back at once; for a session that has no stream upstream."""
        at = now()
        with transaction.atomic():
            self._move(
                State.FAILED,
                reason=reason,
                end_reason=reason,
                closing_at=at,
                ended_at=at,
            )
            UsageEntry.enter(self)

    def require_time(self) -> None:
        """Raise `TimeIsUp` once the avatar has begun to say goodbye."""
        if Session.objects.filter(pk=self.pk, farewell_at__isnull=False).exists():
            raise TimeIsUp

    def begin_farewell(self) -> bool:
        """Whether the caller shall let the avatar say goodbye: one may, if it is heard."""
        heard = Session.objects.filter(pk=self.pk, state=State.LIVE).exclude(
            ice_state__in=DISCONNECTED
        )
        begun = heard.filter(farewell_at=None).update(farewell_at=now())
        self.reread()
        return bool(begun)

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

    def beat(self, for_s: float) -> None:
        """Its viewer's websocket says that they are there, until the next beat says so.

        That ends longer leases too: who beats and then stops is gone. An opening session
        has its opener to wait for.
        """
        until = now() + timedelta(seconds=for_s)
        Session.objects.filter(pk=self.pk, state__in=[State.WAITING, *USABLE]).update(
            lease_expires_at=until, has_socket=True
        )

    def renew_lease(self, for_s: float) -> None:
        """Let a session whose viewer has no websocket live at least `for_s` seconds more."""
        until = now() + timedelta(seconds=for_s)
        Session.objects.filter(
            pk=self.pk,
            state__in=[State.WAITING, *USABLE],
            has_socket=False,
            lease_expires_at__lt=until,
        ).update(lease_expires_at=until)

    def shorten_lease(self, to_s: float) -> None:
        """The viewer was lost: they have `to_s` seconds to come back. Never lengthens."""
        until = now() + timedelta(seconds=to_s)
        mine = Session.objects.open().filter(pk=self.pk)
        mine.update(has_socket=False)  # who comes back may do so by other calls
        mine.filter(lease_expires_at__gt=until).update(lease_expires_at=until)

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
            event = self.events.create(seq=self.last_seq, type=kind, data=data)
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
            self.record_status(came_from, to, reason)
        self.reread()

    def record_status(self, came_from: str, to: State, reason: str) -> None:
        """Note a change of state that was just made; `_move` does it by itself."""
        data = {"from": str(came_from), "to": str(to), "reason": str(reason)}
        self.record("session.status", data)


def _named(persona: Persona | None) -> dict[str, str] | None:
    return {"slug": persona.slug, "name": persona.name} if persona else None
