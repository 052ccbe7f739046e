"""What goes with the next question besides the persona: what was said, and is known."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from chat.memory.prompt import facts_section, summary_section
from chat.minds.base import Message
from chat.models import Conversation, ConversationSummary, MemoryFact, Turn
from streaming.models import Session


@dataclass(frozen=True, slots=True)
class Recalled:
    """The newest turns word by word, and sections for the instructions before them."""

    history: Sequence[Message]
    sections: Sequence[str]


def recall(session: Session) -> Recalled:
    """What is remembered in `session`: its own conversation, its own viewer's facts.

    Summary and turns together stay within `CONTEXT_MAX_CHARS`.
    """
    history: Sequence[Message] = ()
    text = ""
    if conversation := Conversation.objects.found_for(session):
        summary = ConversationSummary.objects.filter(conversation=conversation).first()
        text = summary.text if summary else ""
        history = Turn.objects.history(
            session,
            conversation=conversation,
            max_chars=settings.CONTEXT_MAX_CHARS - len(text),
            after=summary.through_turn if summary else 0,
        )
    sections = (facts_section(_facts(session)), summary_section(text))
    return Recalled(history, [section for section in sections if section])


def _facts(session: Session) -> list[str]:
    """Only with consent, and only those of this very viewer with this very persona."""
    facts = MemoryFact.objects.filter(
        memory__is_on=True,
        memory__owner=session.owner_id,
        memory__persona=session.persona_id,
        memory__owner__isnull=False,
        memory__persona__isnull=False,
    )
    return list(facts.order_by("pk").values_list("text", flat=True))
