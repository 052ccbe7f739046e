"""What was said: one row per exchange between a viewer and a persona."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Max, Q
from django.utils.timezone import now

from chat.folding import folded
from chat.minds.base import Message
from chat.models.conversation import Conversation
from chat.models.piece import Piece
from streaming.models import Session

#: Nobody's history is looked through for longer, however short its turns.
HISTORY_TURNS = 100

#: Told to the model behind what it was saying, so that it does not think itself heard out.
CUT_OFF = "— (interrupted here)"

#: How exactly it is known when a voice ends. It is reckoned from when the avatar service's
#: answer came, which is later than the voice began by what that answer took on its way.
EXACT_TO = timedelta(seconds=0.25)

#: The stages of a turn, in the order in which they happen when all goes well.
TIMINGS = (
    "first_delta_ms",
    "first_piece_ms",
    "accepted_ms",
    "talk_ms",
    "interrupted_ms",
    "finished_ms",
)


class TurnQuerySet(models.QuerySet["Turn"]):
    """The vocabulary of turn look-ups."""

    def open(self) -> "TurnQuerySet":
        return self.filter(ended_at=None)

    def begin(self, session: Session, *, kind: "Turn.Kind", prompt: str) -> "Turn":
        """Start the session's next turn; one that is still open is interrupted by it.

        The session's row is the lock, so turns that begin at the same time, in whatever
        process, are numbered one after the other.
        """
        with transaction.atomic():
            _lock(session)
            turns = self.filter(session=session)
            turns.open().update(interrupted=True, ended_at=now())
            last = turns.aggregate(last=Max("number"))["last"] or 0
            return self.create(
                conversation=Conversation.objects.for_session(session),
                session=session,
                number=last + 1,
                kind=kind,
                prompt=prompt,
                folded=folded(prompt),
            )

    def history(
        self,
        session: Session,
        *,
        conversation: Conversation | None = None,
        max_turns: int = HISTORY_TURNS,
        max_chars: int | None = None,
        after: int = 0,
    ) -> list[Message]:
        """The conversation's latest ended turns as messages, oldest first, in both limits.

        Those of earlier sessions are among them, those up to the one with the primary key
        `after` are not. The reply is what was spoken, and not what the model would have
        said: it should not refer to words that nobody has heard.
        """
        conversation = conversation or Conversation.objects.found_for(session)
        if conversation is None:
            return []
        max_chars = settings.CONTEXT_MAX_CHARS if max_chars is None else max_chars
        ended = self.filter(
            conversation=conversation,
            session__created_at__lte=session.created_at,
            pk__gt=after,
        ).exclude(ended_at=None)
        messages: list[Message] = []
        for turn in ended.order_by("-pk").defer("folded")[:max_turns]:
            said = turn.as_messages()
            max_chars -= sum(len(message.text) for message in said)
            if max_chars < 0:
                break
            messages = said + messages
        return messages

    def speaking(self, session: Session) -> "TurnQuerySet":
        """Turns of which the avatar probably still says something."""
        return self.filter(session=session, speaks_until__gt=now())

    def silence(
        self, session: Session, *, at: datetime, before_turn: int | None = None
    ) -> list["Turn"]:
        """The avatar fell silent: what was not heard by then is no part of a reply.

        Whose voice had no more than `EXACT_TO` left was heard out. Returns the turns that
        were cut short; doing it twice cuts nothing more.
        """
        speaking = self.filter(session=session, speaks_until__gt=at + EXACT_TO)
        if before_turn is not None:
            speaking = speaking.filter(number__lt=before_turn)
        if not speaking.exists():
            return []
        with transaction.atomic():
            _lock(session)
            cut = list(speaking.order_by("number"))
            for turn in cut:
                turn.cut(at)
            return cut

    def heard_by_viewer(
        self, session: Session, task_id: str, at: datetime
    ) -> "Turn | None":
        """The viewer hears the piece `task_id` from `at` on, and what follows moves along.

        Returns the turn whose first words these are, or None.
        """
        with transaction.atomic():
            _lock(session)
            found = Piece.objects.of_session(session).select_related("turn")
            piece = found.filter(task_id=task_id, heard_chars=None).first()
            if piece is None or not task_id:
                return None
            piece.turn.move(piece, at)
            return piece.turn if piece.turn.note_talk(at) else None


class Turn(models.Model):
    """One exchange: what was asked, what was handed to the avatar, and how fast.

    A turn is open until everything is handed over, or until it is interrupted or fails.
    A session has at most one open turn, by a constraint.
    """

    class Kind(models.TextChoices):
        ASK = "ask", "asked: the persona answers"
        SAY = "say", "said: the persona repeats the text"

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="turns")
    session = models.ForeignKey(Session, models.CASCADE, related_name="turns")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=3, choices=Kind.choices, default=Kind.ASK)
    prompt = models.TextField()
    reply = models.TextField(blank=True, default="")
    #: Prompt and reply as they are searched (`chat.folding`).
    folded = models.TextField(blank=True, default="", editable=False)
    interrupted = models.BooleanField(default=False)
    #: The stable code of the error that ended it.
    failed = models.CharField(max_length=40, blank=True, default="")

    # All from the moment when the prompt had come in.
    first_delta_ms = models.FloatField(null=True, blank=True)
    first_piece_ms = models.FloatField(null=True, blank=True)
    accepted_ms = models.FloatField(null=True, blank=True)
    talk_ms = models.FloatField(null=True, blank=True)
    interrupted_ms = models.FloatField(null=True, blank=True)
    finished_ms = models.FloatField(null=True, blank=True)

    #: How long the accepted text takes to say, and when the avatar should be through.
    duration_s = models.FloatField(default=0.0)
    speaks_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = TurnQuerySet.as_manager()

    class Meta:
        ordering = ("session", "number")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "number"], name="chat_turn_number_once"
            ),
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(ended_at=None),
                name="chat_one_open_turn_per_session",
            ),
        ]

    def __str__(self) -> str:
        return f"turn {self.number} of {self.session_id}"

    def as_messages(self) -> list[Message]:
        """What the model should know of it; a repeated text was the persona's alone."""
        asked = [Message("user", self.prompt)] if self.kind == self.Kind.ASK else []
        reply = f"{self.reply} {CUT_OFF}" if self.interrupted else self.reply
        return asked + ([Message("assistant", reply)] if self.reply else [])

    def timings(self) -> dict[str, float | None]:
        return {
            name: None if (ms := getattr(self, name)) is None else round(ms, 1)
            for name in TIMINGS
        }

    def is_current(self) -> bool:
        """Whether it is still open, whatever another process did meanwhile."""
        return Turn.objects.open().filter(pk=self.pk).exists()

    def hear(
        self,
        text: str,
        *,
        duration_s: float,
        task_id: str = "",
        is_filler: bool = False,
    ) -> bool:
        """The avatar has accepted `text`; it says it after what it had before.

        A filler is said as well, but is no part of the reply.
        False, and nothing is kept, when the turn was interrupted meanwhile.
        """
        with transaction.atomic():
            _lock(self.session)
            if not self.is_current():
                return False
            until = Piece.objects.speaks_until(self.session)
            piece = self.pieces.create(
                number=self.pieces.count(),
                text=text,
                task_id=task_id,
                begins_at=max(now(), until or now()),
                duration_s=duration_s,
                is_filler=is_filler,
            )
            reply = self.reply if is_filler else f"{self.reply} {text}".strip()
            self._write(
                reply=reply,
                duration_s=self.duration_s + duration_s,
                speaks_until=piece.ends_at,
            )
            return True

    def cut(self, at: datetime) -> None:
        """Keep of the reply what was heard until `at`. Inside a transaction."""
        pieces = list(self.pieces.order_by("number"))
        for piece in pieces:
            piece.cut(at)
        Piece.objects.bulk_update(pieces, ["heard_chars", "duration_s"])
        heard = [piece for piece in pieces if piece.heard]
        self._write(
            reply=" ".join(p.heard.strip() for p in heard if not p.is_filler),
            duration_s=sum(piece.duration_s for piece in heard),
            interrupted=True,
            interrupted_ms=self.since_ms(at),
            speaks_until=None,
        )

    def move(self, piece: Piece, begins_at: datetime) -> None:
        """`piece` begins at another time than reckoned, and so do those behind it."""
        by = begins_at - piece.begins_at
        later = list(self.pieces.filter(number__gte=piece.number, heard_chars=None))
        for one in later:
            one.begins_at += by
        Piece.objects.bulk_update(later, ["begins_at"])
        if self.speaks_until is not None:
            self._write(speaks_until=self.speaks_until + by)

    def note_talk(self, at: datetime) -> bool:
        """The first words are heard; whether that is news."""
        if self.talk_ms is not None:
            return False
        self._write(talk_ms=self.since_ms(at))
        return True

    def since_ms(self, at: datetime) -> float:
        """Milliseconds from the moment when the prompt had come in."""
        return max(0.0, (at - self.created_at).total_seconds() * 1000)

    def end(self, *, interrupted: bool = False, failed: str = "") -> bool:
        """Close the turn. One that a newer turn has interrupted stays interrupted.

        False when it was deleted meanwhile, so that nobody should tell of it any more.
        """
        ended = Turn.objects.open().filter(pk=self.pk)
        if ended.update(ended_at=now(), interrupted=interrupted, failed=failed):
            self.interrupted, self.failed = interrupted, failed
        else:
            self.interrupted = True
        self._write(
            first_delta_ms=self.first_delta_ms,
            first_piece_ms=self.first_piece_ms,
            accepted_ms=self.accepted_ms,
            finished_ms=self.finished_ms,
        )
        try:  # what was heard, and from when on, others may have written
            self.refresh_from_db(fields=["reply", "talk_ms", "interrupted_ms"])
        except Turn.DoesNotExist:
            return False
        return True

    def _write(self, **values: Any) -> None:
        """Write only what is given, so that an interruption from elsewhere survives."""
        if "reply" in values:
            values["folded"] = folded(f"{self.prompt}\n{values['reply']}")
        for name, value in values.items():
            setattr(self, name, value)
        Turn.objects.filter(pk=self.pk).update(**values)


def _lock(session: Session) -> None:
    """Until the transaction ends, nobody else changes the session's turns."""
    Session.objects.select_for_update().only("pk").get(pk=session.pk)
