"""What a mind is given to answer from: who it is, what was said, what was asked."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from asgiref.sync import sync_to_async

from chat.memory.recall import recall
from chat.minds import mind_for
from chat.minds.base import Message
from personas.knowledge.finding import look_up
from personas.knowledge.source import Source
from personas.knowledge.terms import asked_terms
from personas.models import Persona
from personas.prompt import sources_section, system_prompt
from streaming.models import Session

#: A question with fewer telling words is not asked for itself alone.
_TELLING_TERMS = 2


@dataclass(frozen=True, slots=True)
class Context:
    """Whom the viewer talks to, and all that they should know when they answer."""

    persona: Persona
    messages: Sequence[Message]
    #: What was looked up for the question; it is in the messages too.
    sources: Sequence[Source] = ()


async def context_for(session: Session, prompt: str) -> Context:
    """What the answer to `prompt` is made from, as it stands now."""
    persona = await sync_to_async(session.speaker_now)()
    if persona is None:  # deleted meanwhile
        persona = await sync_to_async(Persona.objects.site_default)()
    recalled = await sync_to_async(recall)(session)
    question = _question(persona, prompt, recalled.history)
    instructions = await _instructions(persona, question, recalled.sections)
    messages = [instructions, *recalled.history, Message("user", prompt)]
    return Context(persona, messages, instructions.sources)


async def complete(persona: Persona, prompt: str) -> str:
    """The whole answer to one prompt, without a session or a history.

    Raises `ModelError`.
    """
    instructions = await _instructions(persona, prompt)
    messages = [instructions, Message("user", prompt)]
    async with aclosing(mind_for(persona).reply(messages)) as deltas:
        return "".join([delta async for delta in deltas]).strip()


async def _instructions(
    persona: Persona, question: str, recalled: Sequence[str] = ()
) -> Message:
    """Who the persona is, what it remembers, and what its documents say."""
    sources = await look_up(persona, question)
    sections = [system_prompt(persona), *recalled, sources_section(sources)]
    text = "\n\n".join(section for section in sections if section)
    return Message("system", text, sources=tuple(sources))


def _question(persona: Persona, prompt: str, history: Sequence[Message]) -> str:
    """What to look up: "and how much is it?" is about what was asked before."""
    if len(asked_terms(prompt, persona.language)) >= _TELLING_TERMS:
        return prompt
    asked = [message.text for message in history if message.role == "user"]
    return " ".join([prompt, *asked[-1:]])
