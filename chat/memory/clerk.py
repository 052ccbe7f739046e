"""A language model that writes something down for us, while nobody waits for it."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from chat.minds import mind_for, model_is_connected
from chat.minds.base import Message, Mind, ModelBadReply
from chat.minds.fallback import FallbackMind
from chat.minds.openai import OpenAIMind
from personas.models import Persona

#: An answer to us is a page at most.
MAX_ANSWER_CHARS = 8_000


def has_clerk() -> bool:
    """Without a model nothing is written down: the offline responder only picks facts."""
    return model_is_connected()


async def written(persona: Persona, instructions: str, material: str) -> str:
    """What the persona's model makes of `material`. Raises `ModelError`."""
    messages = [Message("system", instructions), Message("user", material)]
    text = ""
    async with aclosing(_answer(persona, messages)) as deltas:
        async for delta in deltas:
            text += delta
            if len(text) > MAX_ANSWER_CHARS:
                raise ModelBadReply("The model wrote far more than it was asked for.")
    return text.strip()


def _answer(persona: Persona, messages: list[Message]) -> AsyncGenerator[str, None]:
    return _plain(mind_for(persona)).reply(messages)


def _plain(mind: Mind) -> Mind:
    """The same model at its own temperature: a persona's may be wild."""
    if isinstance(mind, FallbackMind):
        return replace(mind, first=_plain(mind.first), second=_plain(mind.second))
    return replace(mind, temperature=None) if isinstance(mind, OpenAIMind) else mind
