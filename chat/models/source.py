"""Where an answer came from."""

from collections.abc import Sequence
from typing import Any

from django.db import models

from chat.models.turn import Turn
from personas.knowledge.source import Source
from personas.models import Document


class TurnSourceQuerySet(models.QuerySet["TurnSource"]):
    def keep(self, turn: Turn, sources: Sequence[Source]) -> list["TurnSource"]:
        """Note what an answer came from, the best first."""
        return self.bulk_create(
            TurnSource(
                turn=turn,
                position=position,
                document_id=source.document_id,
                title=source.title,
                heading=source.heading,
                page=source.page,
                excerpt=source.excerpt,
            )
            for position, source in enumerate(sources)
        )


class TurnSource(models.Model):
    """A passage that a reply seems to come from, as it was when it was said.

    It outlives its document: a transcript goes on saying what it said.
    """

    turn = models.ForeignKey(Turn, models.CASCADE, related_name="sources")
    position = models.PositiveSmallIntegerField()
    document = models.ForeignKey(
        Document,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,  # it may be deleted between looking up and noting
    )
    title = models.CharField(max_length=200)
    heading = models.CharField(max_length=400, blank=True, default="")
    page = models.PositiveIntegerField(null=True, blank=True)
    excerpt = models.TextField()

    objects = TurnSourceQuerySet.as_manager()

    class Meta:
        ordering = ("turn", "position")
        constraints = (
            models.UniqueConstraint(
                fields=["turn", "position"], name="chat_source_position_once"
            ),
        )

    def __str__(self) -> str:
        return self.title

    def as_dict(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "heading": self.heading,
            "page": self.page,
            "excerpt": self.excerpt,
        }
