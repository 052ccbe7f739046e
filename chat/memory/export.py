"""A user's facts as data, for them to take along."""

from typing import Any

from chat.models import Memory, MemoryFact


def exported(user: Any) -> dict[str, Any]:
    """Everything that any persona remembers of `user`, and whether it may."""
    memories = Memory.objects.of(user).select_related("persona")
    return {
        "memories": [
            {
                "persona": memory.persona.slug,
                "persona_name": memory.persona.name,
                "remembers": memory.is_on,
                "since": memory.on_since.isoformat() if memory.on_since else None,
                "facts": [
                    _fact(fact) for fact in memory.facts.select_related("source")
                ],
            }
            for memory in memories
        ]
    }


def _fact(fact: MemoryFact) -> dict[str, Any]:
    return {
        "text": fact.text,
        "created_at": fact.created_at.isoformat(),
        "edited_at": fact.edited_at.isoformat() if fact.edited_at else None,
        "conversation_id": str(fact.source.conversation_id) if fact.source else None,
    }
