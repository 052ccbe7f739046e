"""What a persona remembers of a user, who allows it, reads it and changes it."""

from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.utils.timezone import now

from chat.folding import folded
from chat.models.claims import Claimable
from chat.models.turn import Turn
from personas.models import Persona

FACT_MAX_CHARS = 300
FACTS_MAX = 50


class TooMany(Exception):
    """There is no room for another fact."""


class MemoryQuerySet(models.QuerySet["Memory"]):
    """The vocabulary of memory look-ups."""

    def of(self, user: Any) -> Self:
        return self.filter(owner=user.pk) if user.is_authenticated else self.none()


class Memory(Claimable):
    """One user's facts in one persona's memory, and whether it may note and use them.

    Facts stay when it is switched off, until their owner deletes them; they are not used
    meanwhile. What was said while it was off is never read for facts later.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memories"
    )
    persona = models.ForeignKey(Persona, models.CASCADE, related_name="memories")
    is_on = models.BooleanField(default=False)
    #: When it was switched on; older turns are not read.
    on_since = models.DateTimeField(null=True, blank=True)
    #: The primary key of the newest turn that was read for facts.
    read_through_turn = models.PositiveBigIntegerField(default=0)

    objects = MemoryQuerySet.as_manager()

    class Meta:
        ordering = ("persona__name", "pk")
        verbose_name_plural = "memories"
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "persona"], name="chat_one_memory_each"
            )
        ]

    def __str__(self) -> str:
        return f"memory {self.pk}"

    def switch(self, *, on: bool) -> None:
        """Give or withdraw consent. Giving it twice changes nothing."""
        if on != self.is_on:
            self.is_on, self.on_since = on, now() if on else None
            self.save(update_fields=["is_on", "on_since"])

    def unread_turns(self) -> models.QuerySet[Turn]:
        """Ended answers since consent was given that nobody has read for facts."""
        if not self.is_on:
            return Turn.objects.none()
        turns = Turn.objects.filter(
            conversation__owner=self.owner_id,
            conversation__persona=self.persona_id,
            kind=Turn.Kind.ASK,
            created_at__gte=self.on_since,
            pk__gt=self.read_through_turn,
        )
        return turns.exclude(ended_at=None).order_by("pk")

    def add(self, text: str, *, source: Turn | None = None) -> "MemoryFact | None":
        """The new fact, or None when it is known already. Raises `TooMany`."""
        with transaction.atomic():
            # The lock makes the count and the comparison hold until the insert.
            Memory.objects.select_for_update().only("pk").get(pk=self.pk)
            facts = list(self.facts.all())
            if any(same_fact(text, fact.text) for fact in facts):
                return None
            if len(facts) >= FACTS_MAX:
                raise TooMany
            return self.facts.create(text=text, source=source)


class MemoryFact(models.Model):
    """One thing that a persona remembers of a user."""

    memory = models.ForeignKey(Memory, models.CASCADE, related_name="facts")
    text = models.CharField(max_length=FACT_MAX_CHARS)
    #: Where it was said; None: its owner wrote it, or has deleted that conversation.
    source = models.ForeignKey(
        Turn, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=now)
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"fact {self.pk}"  # not its text: the admin shows this to staff

    def rewrite(self, text: str) -> None:
        """Its owner says it better."""
        if text != self.text:
            self.text, self.edited_at = text, now()
            self.save(update_fields=["text", "edited_at"])


def same_fact(one: str, other: str) -> bool:
    """Whether two facts say the same in the same words, in whatever order and case."""
    return _words(one) == _words(other)


def _words(text: str) -> frozenset[str]:
    letters = (char if char.isalnum() else " " for char in folded(text))
    return frozenset("".join(letters).split())
