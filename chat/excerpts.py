"""Where in a conversation a search found something, in a line."""

from dataclasses import dataclass

from django.db.models import Q

from chat.folding import find_folded
from chat.models import Conversation, Turn
from chat.models.conversation import search_words
from streaming.models import Session

#: Of a long text, so much is shown on either side of what was found.
AROUND_CHARS = 70


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of what was said, with the words that were searched for in its middle."""

    before: str
    found: str
    after: str


def excerpt_of(talk: Conversation | Session, search: str) -> Excerpt | None:
    """The first place at which the talk says the first word of `search`."""
    words = search_words(search)
    if not words:
        return None
    turns = Turn.objects.filter(_within(talk), folded__contains=words[0])
    turn = turns.order_by("pk").first()
    if turn is None:
        return None
    return excerpt(turn.prompt, words[0]) or excerpt(turn.reply, words[0])


def _within(talk: Conversation | Session) -> Q:
    return Q(session=talk) if isinstance(talk, Session) else Q(conversation=talk)


def excerpt(text: str, wanted: str) -> Excerpt | None:
    """`text` around the first place that folds to `wanted`."""
    flat = " ".join(text.split())
    place = find_folded(flat, wanted)
    if place is None:
        return None
    begins, ends = place
    return Excerpt(_end_of(flat[:begins]), flat[begins:ends], _start_of(flat[ends:]))


def _end_of(text: str) -> str:
    if len(text) <= AROUND_CHARS:
        return text
    kept = text[-AROUND_CHARS:]
    return f"…{kept[kept.find(' ') + 1 :]}"


def _start_of(text: str) -> str:
    if len(text) <= AROUND_CHARS:
        return text
    kept = text[:AROUND_CHARS]
    return f"{kept[: kept.rfind(' ')] if ' ' in kept else kept}…"
