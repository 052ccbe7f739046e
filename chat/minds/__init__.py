"""Who answers: a language model when one is connected, else the persona's own facts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext, gettext_lazy

from chat.minds import openai
from chat.minds.base import Mind
from chat.minds.fallback import FallbackMind
from chat.minds.offline import OfflineMind
from chat.minds.openai import OpenAIMind

if TYPE_CHECKING:
    from personas.models import Persona

OFFLINE_NOTICE = gettext_lazy(
    "No language model is connected, so a small offline responder answers: it picks what "
    "fits the question from the persona's own facts and says it in the first person. "
    "To connect a model, set OPENAI_API_KEY, or OPENAI_BASE_URL and OPENAI_MODEL for any "
    "OpenAI-compatible server, and restart."
)


@dataclass(frozen=True, slots=True)
class MindInfo:
    """Which mind answers, for people."""

    name: str
    offline: bool
    notice: str

    def as_dict(self) -> dict[str, str | bool]:
        return {"name": self.name, "offline": self.offline, "notice": self.notice}


def model_is_connected() -> bool:
    """A key is enough; so is an address, since many local servers ask for no key."""
    return bool(settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL)


def mind_for(persona: "Persona") -> Mind:
    """The mind that answers for `persona`, opened anew for every reply."""
    if not model_is_connected():
        return OfflineMind(persona)
    first = OpenAIMind(
        model=_model_of(persona),
        base_url=settings.OPENAI_BASE_URL,
        api_key=settings.OPENAI_API_KEY,
        timeout_s=settings.OPENAI_TIMEOUT_S,
        temperature=persona.temperature,
    )
    if not settings.OPENAI_FALLBACK_MODEL:
        return first
    return FallbackMind(
        first=first,
        second=_fallback(persona),
        after_s=settings.OPENAI_FALLBACK_AFTER_S,
    )


def _model_of(persona: "Persona | None") -> str:
    return (persona and persona.mind_model) or settings.OPENAI_MODEL


def _fallback(persona: "Persona") -> OpenAIMind:
    """On a server of its own with its own key, or on the first one's with that one's."""
    elsewhere = settings.OPENAI_FALLBACK_BASE_URL
    api_key = settings.OPENAI_FALLBACK_API_KEY
    return OpenAIMind(
        model=settings.OPENAI_FALLBACK_MODEL,
        base_url=elsewhere or settings.OPENAI_BASE_URL,
        api_key=api_key if elsewhere else api_key or settings.OPENAI_API_KEY,
        timeout_s=settings.OPENAI_TIMEOUT_S,
        temperature=persona.temperature,
    )


def describe_mind(persona: "Persona | None" = None) -> MindInfo:
    """Which mind answers for `persona`, or for one without wishes of its own."""
    if not model_is_connected():
        return MindInfo(
            gettext("Offline responder"), offline=True, notice=str(OFFLINE_NOTICE)
        )
    model = _model_of(persona)
    return MindInfo(
        model,
        offline=False,
        notice=gettext("The model %(model)s answers.") % {"model": model},
    )


async def warm_up() -> None:
    """Load what the first answer needs while nobody waits for it."""
    if model_is_connected():
        await openai.loaded()
