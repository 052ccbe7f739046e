"""What a mind is given to answer from: who it is, what was said, what was asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from asgiref.sync import sync_to_async

from chat.memory.recall import recall
from chat.minds.base import Message
from personas.models import Persona
from personas.prompt import system_prompt
from streaming.models import Session


@dataclass(frozen=True, slots=True)
class Context:
    """Whom the viewer talks to, and all that they should know when they answer."""

    persona: Persona
    messages: Sequence[Message]


async def context_for(session: Session, prompt: str) -> Context:
    """What the answer to `prompt` is made from, as it stands now."""
    persona = await Persona.objects.filter(sessions=session).afirst()
    if persona is None:  # deleted meanwhile
        persona = await sync_to_async(Persona.objects.site_default)()
    recalled = await sync_to_async(recall)(session)
    sections = (system_prompt(persona), *recalled.sections)
    instructions = Message("system", "\n\n".join(sections))
    return Context(persona, [instructions, *recalled.history, Message("user", prompt)])
