"""What the avatar was handed, piece by piece, and how much of it was heard."""

from datetime import datetime, timedelta

from django.db import models

from chat.heard import heard_chars
from streaming.messages import MAX_TASK_ID_CHARS
from streaming.models import Session


class PieceQuerySet(models.QuerySet["Piece"]):
    """The vocabulary of look-ups of pieces."""

    def of_session(self, session: Session) -> "PieceQuerySet":
        return self.filter(turn__session=session)

    def speaks_until(self, session: Session) -> datetime | None:
        """When the last piece that the session's avatar was handed ends."""
        pieces = self.of_session(session).filter(heard_chars=None)
        last = pieces.order_by("-begins_at").first()
        return last.ends_at if last else None


class Piece(models.Model):
    """One text that the avatar has accepted: a sentence, or a part of one.

    When it begins is reckoned from what was said before it, and corrected when the
    viewer's browser tells that it hears it.
    """

    turn = models.ForeignKey("chat.Turn", models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    text = models.TextField()
    task_id = models.CharField(max_length=MAX_TASK_ID_CHARS, blank=True, default="")
    begins_at = models.DateTimeField()
    duration_s = models.FloatField()
    #: Said to pass the time; no part of the answer.
    is_filler = models.BooleanField(default=False)
    #: How much of the text was heard before the voice was cut off; None: nobody cut it.
    heard_chars = models.PositiveIntegerField(null=True, blank=True)

    objects = PieceQuerySet.as_manager()

    class Meta:
        ordering = ("turn", "number")
        indexes = [models.Index(fields=["task_id"], name="chat_piece_by_task")]
        constraints = [
            models.UniqueConstraint(
                fields=["turn", "number"], name="chat_piece_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"piece {self.number} of {self.turn}"

    @property
    def ends_at(self) -> datetime:
        return self.begins_at + timedelta(seconds=self.duration_s)

    @property
    def heard(self) -> str:
        """The text as far as it was heard."""
        return self.text if self.heard_chars is None else self.text[: self.heard_chars]

    def cut(self, at: datetime) -> None:
        """The voice fell silent at `at`; what had been heard by then stays. Not saved."""
        if self.heard_chars is None and at < self.ends_at:
            lasted_s = max(0.0, (at - self.begins_at).total_seconds())
            share = lasted_s / self.duration_s if self.duration_s else 0.0
            self.heard_chars = heard_chars(self.text, share)
            self.duration_s = lasted_s
