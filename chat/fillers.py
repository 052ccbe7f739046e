"""Something short to say while an answer takes its time."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from chat.sentences import Delta, Sentence

_ENGLISH = ("One moment.", "Let me think.", "Let me see.")
_BY_LANGUAGE = {
    "en": _ENGLISH,
    "de": ("Einen Moment.", "Lass mich überlegen.", "Mal sehen."),
    "fr": ("Un instant.", "Voyons voir.", "Laissez-moi réfléchir."),
    "es": ("Un momento.", "Déjame pensar.", "Vamos a ver."),
    "it": ("Un momento.", "Fammi pensare.", "Vediamo."),
    "pt": ("Um momento.", "Deixe-me pensar.", "Vejamos."),
    "nl": ("Een ogenblik.", "Even denken.", "Eens kijken."),
    "sv": ("Ett ögonblick.", "Låt mig tänka.", "Få se."),
    "da": ("Et øjeblik.", "Lad mig tænke.", "Lad os se."),
    "pl": ("Chwileczkę.", "Niech pomyślę.", "Zobaczmy."),
}

_Queue = asyncio.Queue[Delta | Sentence | Exception | None]


@dataclass(frozen=True, slots=True)
class Filler:
    """What is said when no sentence of the answer is there after `after_s`."""

    text: str
    after_s: float


def filler_text(language: str, turn_number: int) -> str:
    """Not the same in two turns one after the other; English where we have no words."""
    texts = _BY_LANGUAGE.get(language.lower().partition("-")[0], _ENGLISH)
    return texts[turn_number % len(texts)]


async def with_filler(
    parts: AsyncGenerator[Delta | Sentence, None], filler: Filler
) -> AsyncGenerator[Delta | Sentence, None]:
    """Pass `parts` on, with the filler before the first sentence if that one is late.

    `parts` is read in a task of its own, since waiting for it must not be what stops it.
    """
    come: _Queue = asyncio.Queue()
    reading = asyncio.create_task(_read(parts, come))
    due_s: float | None = asyncio.get_running_loop().time() + filler.after_s
    try:
        while True:
            try:
                # Never around a `yield`: the reader's own work would be cancelled.
                async with asyncio.timeout_at(due_s):
                    part = await come.get()
            except TimeoutError:
                due_s = None
                yield Sentence(filler.text, is_filler=True)
                continue
            if part is None:
                return
            if isinstance(part, Exception):
                raise part
            if isinstance(part, Sentence):
                due_s = None
            yield part
    finally:
        reading.cancel()
        await asyncio.wait([reading])


async def _read(parts: AsyncGenerator[Delta | Sentence, None], come: _Queue) -> None:
    try:
        async with aclosing(parts):
            async for part in parts:
                come.put_nowait(part)
    except Exception as exc:  # for whoever reads at the other end
        come.put_nowait(exc)
    else:
        come.put_nowait(None)
