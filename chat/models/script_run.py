"""One presentation in one session: where it stands, and who plays it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import Max, Q
from django.utils.timezone import now

from chat.models.script import Script, Segment
from chat.models.turn import Turn
from chat.scripts.position import heard_sentences, sentences_of
from streaming.models import Session

STATUS = "script.status"
#: After an answer, before the presentation takes the floor again.
AFTER_ANSWER_S = 1.0


class RunState(models.TextChoices):
    PLAYING = "playing"
    PAUSED = "paused"
    ANSWERING = "answering"  #: somebody else has the floor, with a question for one
    DONE = "done"  #: said to its end
    STOPPED = "stopped"


class Why(models.TextChoices):
    """Why it does not play: a closed list that clients may rely on."""

    ASKED = "asked", "it was told to"
    QUESTION = "question", "it stops for questions here"
    ANSWERED = "answered", "a question was answered"
    INTERRUPTED = "interrupted", "the avatar was silenced"
    FAILED = "failed", "the avatar could not say it"
    REPLACED = "replaced", "another presentation began"
    SESSION_ENDED = "session_ended", "the session ended"
    TIME_IS_UP = "time_is_up", "the time is up"


class ScriptRunQuerySet(models.QuerySet["ScriptRun"]):
    def active(self) -> "ScriptRunQuerySet":
        return self.filter(state__in=ScriptRun.ACTIVE)

    def in_motion(self) -> "ScriptRunQuerySet":
        return self.filter(state__in=ScriptRun.IN_MOTION)

    def orphaned(self) -> "ScriptRunQuerySet":
        """Those that should go on, but whose player is gone."""
        gone = Q(player="") | Q(player_until__lt=now())
        return self.in_motion().filter(gone)

    def latest_in(self, session: Session) -> "ScriptRun | None":
        return self.filter(session=session).order_by("-pk").first()

    def begin(self, session: Session, script: Script, *, segment: int) -> "ScriptRun":
        """A new run, as the script is now; one that was active gives way."""
        with transaction.atomic():
            _lock(session)
            for run in self.active().filter(session=session):
                run.stop(Why.REPLACED)
            run = self.create(
                session=session,
                script=script,
                slug=script.slug,
                title=script.title,
                plan=script.plan(),
                resumes_by_itself=script.resumes_by_itself,
                segment=segment,
                seen_turn=_last_turn(session),
            )
            session.record(STATUS, run.status())
            return run


class ScriptRun(models.Model):
    """Where a presentation stands. All rules are here; nobody is asked to speak.

    `piece` is the sentence of the segment with which it goes on, from 0; behind the last
    one the segment is through. While `turn` is set, that turn says what begins there.
    Every change holds the session's row, which also orders turns: so a presentation never
    begins to speak while a question begins.
    """

    State = RunState
    ACTIVE: ClassVar[tuple[str, ...]] = (
        RunState.PLAYING,
        RunState.PAUSED,
        RunState.ANSWERING,
    )
    IN_MOTION: ClassVar[tuple[str, ...]] = (RunState.PLAYING, RunState.ANSWERING)

    session = models.ForeignKey(Session, models.CASCADE, related_name="script_runs")
    script = models.ForeignKey(Script, models.SET_NULL, null=True, related_name="runs")
    slug = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    #: `Script.plan()` of when it began: edits do not move the ground under it.
    plan = models.JSONField()
    resumes_by_itself = models.BooleanField(default=True)

    state = models.CharField(max_length=9, choices=RunState, default=RunState.PLAYING)
    why = models.CharField(max_length=13, choices=Why, blank=True, default="")
    segment = models.PositiveIntegerField(default=1)
    piece = models.PositiveIntegerField(default=0)
    turn = models.ForeignKey(Turn, models.SET_NULL, null=True, related_name="+")
    #: The number of the newest turn it knows of; a newer one is somebody else's.
    seen_turn = models.PositiveIntegerField(default=0)
    #: The next words are not before this.
    due_at = models.DateTimeField(null=True)

    #: Who plays it, by a made-up name, and until when that counts without a renewal.
    player = models.CharField(max_length=32, blank=True, default="")
    player_until = models.DateTimeField(null=True)

    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    objects = ScriptRunQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(state__in=["playing", "paused", "answering"]),
                name="chat_one_active_script_per_session",
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} ({self.state})"

    # Questions ------------------------------------------------------------------------

    @property
    def is_active(self) -> bool:
        return self.state in self.ACTIVE

    @property
    def is_in_motion(self) -> bool:
        return self.state in self.IN_MOTION

    @property
    def of(self) -> int:
        """How many segments it has."""
        return len(self.plan)

    @property
    def exhibit(self) -> str:
        """The name of what is shown beside the segment, or ""."""
        return str(self._planned["exhibit"])

    def status(self) -> dict[str, Any]:
        """As events and REST have it."""
        return {
            "script": self.slug,
            "title": self.title,
            "segment": self.segment,
            "of": self.of,
            "state": str(self.state),
            "why": str(self.why),
        }

    @property
    def _planned(self) -> dict[str, Any]:
        planned: dict[str, Any] = self.plan[self.segment - 1]
        return planned

    @property
    def _sentences(self) -> tuple[str, ...]:
        return sentences_of(self._planned["text"])

    @property
    def _is_through(self) -> bool:
        return self.piece >= len(self._sentences)

    # Who plays it ---------------------------------------------------------------------

    def claim(self, player: str, for_s: float) -> bool:
        """Become, or stay, the one who plays it; False while somebody else is."""
        at = now()
        free = Q(player="") | Q(player=player) | Q(player_until__lt=at)
        return bool(
            ScriptRun.objects.in_motion()
            .filter(free, pk=self.pk)
            .update(player=player, player_until=at + timedelta(seconds=for_s))
        )

    def let_go(self, player: str) -> bool:
        """Stop playing what no longer moves; False when it was set in motion again."""
        mine = ScriptRun.objects.filter(pk=self.pk, player=player)
        mine.exclude(state__in=self.IN_MOTION).update(player="")
        return not mine.exists()

    # What viewers and programs want ----------------------------------------------------

    def pause(self, why: Why = Why.ASKED) -> bool:
        """Whether that was news."""
        with self._changing():
            if not self.is_in_motion:
                return False
            self.state, self.why = RunState.PAUSED, why
            return True

    def resume(self) -> bool:
        """Go on with the sentence at which it was cut. Whether that was news."""
        with self._changing():
            if self.state != RunState.PAUSED:
                return False
            self._settle()
            self._play()
            return True

    def go_to(self, segment: int) -> None:
        """Go on at the beginning of another segment; what is paused stays paused."""
        with self._changing():
            if not self.is_active:
                return
            self.segment, self.piece, self.turn = segment, 0, None
            if self.is_in_motion:
                self._play()
            else:
                self.why = Why.ASKED

    def stop(self, why: Why = Why.ASKED) -> bool:
        """Whether that was news."""
        with self._changing():
            if not self.is_active:
                return False
            self._end(RunState.STOPPED, why)
            return True

    # What its player does ---------------------------------------------------------------

    def begin_turn(self, player: str) -> Turn | None:
        """The turn that says what comes next; None when it is not to be said now.

        That is so when it was paused, or claimed by another player, or when somebody else
        has begun to speak meanwhile; then `turn` stays None as well.
        """
        with self._changing():
            if self._is_spoken_over() or self.player != player:
                return None
            if self.state != RunState.PLAYING or self.turn is not None:
                return None
            if self._is_through and self.segment < self.of:
                self.segment, self.piece = self.segment + 1, 0
            prompt = " ".join(self._sentences[self.piece :])
            if not prompt:  # nothing but punctuation: there is nothing to say
                self._after_segment()
                return None
            self.turn = Turn.objects.begin(
                self.session, kind=Turn.Kind.SAY, prompt=prompt
            )
            self.seen_turn = self.turn.number
            self.due_at = None
            return self.turn

    def note_heard(self) -> None:
        """What its turn says was heard to the end."""
        with self._changing():
            if self.state == RunState.PLAYING and self.turn is not None:
                self._settle()
                if self._is_through:
                    self._after_segment()

    def note_other(self) -> None:
        """Somebody else has begun to speak; they have the floor."""
        with self._changing():
            if self.state == RunState.PLAYING:
                self.state = RunState.ANSWERING

    def note_question(self) -> bool:
        """Whoever has silenced it goes on to ask, as people do by voice; so it waits for
        the answer and not for its button. Whether that was news."""
        with self._changing():
            was_cut = self.state == RunState.PAUSED and self.why == Why.INTERRUPTED
            if not was_cut or not self.resumes_by_itself:
                return False
            self.state, self.why = RunState.ANSWERING, ""
            return True

    def note_answered(self, turn: Turn) -> None:
        """They have ended with `turn`, unless a newer one has begun."""
        with self._changing():
            if (
                self.state != RunState.ANSWERING
                or _last_turn(self.session) > turn.number
            ):
                return
            self.seen_turn = turn.number
            was_saying = self.turn is not None
            self._settle()
            if turn.interrupted:
                self.state, self.why = RunState.PAUSED, Why.INTERRUPTED
            elif not self.resumes_by_itself:
                self.state, self.why = RunState.PAUSED, Why.ANSWERED
            elif was_saying and self._is_through:
                self.state = RunState.PLAYING
                self._after_segment()
            else:
                self._play(after_s=AFTER_ANSWER_S)

    def adopt(self) -> None:
        """Go on where a player that died has left it: behind what the avatar has taken."""
        with self._changing():
            if self.turn is None or self.turn.ended_at is not None:
                return
            self.turn.end(interrupted=True)
            self.due_at = self.turn.speaks_until
            self._settle()

    def rest(self) -> None:
        """Its stream is gone, and what was being said with it; another will come."""
        with self._changing():
            Turn.objects.silence(self.session, at=now())
            self._settle()

    # How ----------------------------------------------------------------------------------

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Change it, as it is now, while nobody else does; and tell what has changed."""
        with transaction.atomic():
            _lock(self.session)
            self.refresh_from_db()
            before = self.status()
            yield
            self.save()
            if self.status() != before:
                self.session.record(STATUS, self.status())

    def _settle(self) -> None:
        """Where it goes on: behind the last sentence that was heard to its end."""
        if self.turn is None:
            return
        pieces = list(self.turn.pieces.order_by("number"))
        heard_chars = sum(len(piece.heard) for piece in pieces)
        heard_chars += max(0, len(pieces) - 1)  # the spaces between them
        self.piece += heard_sentences(self._sentences[self.piece :], heard_chars)
        self.turn = None

    def _play(self, *, after_s: float = 0.0) -> None:
        self.state, self.why = RunState.PLAYING, ""
        self.seen_turn = _last_turn(self.session)
        self.due_at = _in(after_s) if after_s else None
        if self._is_through and self.segment == self.of:
            self._end(RunState.DONE)

    def _after_segment(self) -> None:
        planned = self._planned
        self.piece = max(1, len(self._sentences))
        if planned["waits_for"] == Segment.WaitsFor.QUESTION:
            self.state, self.why = RunState.PAUSED, Why.QUESTION
        elif self.segment == self.of:
            self._end(RunState.DONE)
        else:
            self.due_at = _in(planned["pause_after_s"])

    def _end(self, state: RunState, why: Why | str = "") -> None:
        self.state, self.why, self.ended_at = state, why, now()

    def _is_spoken_over(self) -> bool:
        return (
            _last_turn(self.session) > self.seen_turn
            or Turn.objects.open().filter(session=self.session).exists()
        )


def _in(later_s: float) -> datetime:
    return now() + timedelta(seconds=later_s)


def _last_turn(session: Session) -> int:
    turns = Turn.objects.filter(session=session)
    return turns.aggregate(last=Max("number"))["last"] or 0


def _lock(session: Session) -> None:
    """Until the transaction ends, nobody else changes the session's turns or scripts."""
    Session.objects.select_for_update().only("pk").get(pk=session.pk)
