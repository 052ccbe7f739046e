"""What a mind is given to answer from: who it is, what was said, what was asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from asgiref.sync import sync_to_async

from chat.minds.base import Message
from chat.models import Turn
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
    history = await sync_to_async(Turn.objects.history)(session)
    instructions = Message("system", system_prompt(persona))
    return Context(persona, [instructions, *history, Message("user", prompt)])
