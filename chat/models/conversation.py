"""A conversation: what a user and a persona said to each other, over all its sessions."""

import uuid
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Subquery, Sum
from django.utils.timezone import now

from chat.folding import folded
from personas.limits import NAME_MAX_CHARS
from personas.models import Persona
from streaming.errors import SessionNotFound
from streaming.models import Session

if TYPE_CHECKING:
    from chat.models.turn import Turn

#: Of a search, so many words count.
MAX_SEARCH_WORDS = 8


class ConversationQuerySet(models.QuerySet["Conversation"]):
    """The vocabulary of conversation look-ups."""

    def of(self, user: Any) -> Self:
        """A user's own: nobody else's, whoever asks."""
        return self.filter(owner=user.pk) if user.is_authenticated else self.none()

    def found_for(self, session: Session) -> "Conversation | None":
        """The one that the session, or one that it goes on with, has turns in.

        Only with the same persona: what was said to one is not known to another.
        """
        return (
            self.filter(
                turns__session__in=session.conversation(),
                persona=session.persona_id,
                owner=session.owner_id,
            )
            .order_by("-turns__pk")
            .first()
        )

    def for_session(self, session: Session) -> "Conversation":
        """The one that the session's next turn belongs to, a new one if need be.

        Inside a transaction that holds the session's lock. Raises `SessionNotFound` once
        the session's owner is deleted: nobody's words are kept.
        """
        # Read anew: whom the session remembers may have been deleted since.
        session = Session.objects.select_related("persona").get(pk=session.pk)
        if session.owner_id is None:
            raise SessionNotFound("Whose session this was has been deleted.")
        persona = session.persona
        name = persona.name if persona else ""
        found = self.found_for(session)
        if found is not None:
            self.filter(pk=found.pk).update(last_turn_at=now(), persona_name=name)
            return found
        return self.create(
            owner_id=session.owner_id, persona=persona, persona_name=name
        )

    def saying(self, search: str) -> Self:
        """Those in which every word of `search` was said, by whomever.

        A plain look through the owner's own turns: an index finds those, and there are
        hundreds of them at most, which no full-text index would read much faster.
        """
        found = self
        for word in search_words(search):
            turns = _turns().filter(conversation=OuterRef("pk"), folded__contains=word)
            found = found.filter(Exists(turns))
        return found

    def with_figures(self) -> Self:
        """With `turn_count`, `spoken_s`, the first prompt and reply, and `is_try`: whether
        an editor tried a draft in it; newest first.

        Those whose sessions were deleted, and their turns with them, are none.
        """
        turns = _turns().filter(conversation=OuterRef("pk"))
        first = turns.order_by("pk")
        newest_first = self.order_by("-last_turn_at", "pk")  # grouping drops it
        return newest_first.filter(Exists(turns)).annotate(
            turn_count=Count("turns"),
            spoken_s=Sum("turns__duration_s", default=0.0),
            is_try=Exists(turns.filter(session__speaks_draft=True)),
            first_prompt=Subquery(first.values("prompt")[:1]),
            first_reply=Subquery(first.values("reply")[:1]),
        )


class Conversation(models.Model):
    """What one user and one persona said to each other.

    It outlives its sessions, and the persona, whose name it keeps; not its owner. Its
    turns are its content, in the order in which they began.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="conversations"
    )
    persona = models.ForeignKey(
        Persona, models.SET_NULL, null=True, related_name="conversations"
    )
    persona_name = models.CharField(max_length=NAME_MAX_CHARS, blank=True)
    created_at = models.DateTimeField(default=now)
    last_turn_at = models.DateTimeField(default=now)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        ordering = ("-last_turn_at", "pk")
        indexes = [
            models.Index(
                fields=["owner", "-last_turn_at"], name="chat_conversation_by_owner"
            )
        ]

    def __str__(self) -> str:
        return f"conversation {str(self.pk)[:8]}"

    @property
    def with_whom(self) -> str:
        """The persona's name as it is, or as it was."""
        name = self.persona.name if self.persona else self.persona_name
        return name or "A deleted persona"

    def sessions(self) -> models.QuerySet[Session]:
        """Those in which it took place, in order."""
        taking_part = Session.objects.filter(turns__conversation=self)
        return taking_part.distinct().order_by("created_at")


def search_words(search: str) -> list[str]:
    """The words of a search as the stored text has them."""
    return folded(search.replace("\0", "")).split()[:MAX_SEARCH_WORDS]


def _turns() -> "models.QuerySet[Turn]":
    from chat.models.turn import Turn  # which knows us

    return Turn.objects.all()
