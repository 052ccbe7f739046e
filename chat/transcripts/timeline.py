"""A conversation on one clock.

The clock starts with a session's first picture, or with its first turn where no picture
ever came, and stands still between sessions: the second begins where the first ended. So
the times fit recordings of the sessions that are played one after the other, and nobody
scrolls over the night in between. When each part really began is told beside it.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db.models import Min

from chat.models import Conversation, Piece, Turn
from streaming.models import Session, SessionEvent, State

#: So many turns are read at a time.
CHUNK_TURNS = 100
#: What is fetched with turns that are shown.
FETCHED = ("pieces", "sources")

# How long a visitor's words are shown: typed, they took no time that anybody measured.
_WORDS_S_PER_CHAR = 0.06
_WORDS_MIN_S = 1.0
_WORDS_MAX_S = 7.0


@dataclass(frozen=True, slots=True)
class Speakers:
    """What the two are called in a file."""

    persona: str
    visitor: str


@dataclass(frozen=True, slots=True)
class Part:
    """What of the conversation is in one session; `starts_s` is on the common clock."""

    session: UUID
    number: int
    zero_at: datetime
    starts_s: float

    def seconds(self, at: datetime) -> float:
        """A moment of this part on the common clock; never before the part began."""
        return self.starts_s + max(0.0, (at - self.zero_at).total_seconds())


@dataclass(frozen=True, slots=True)
class Cue:
    """Words, and when they were heard; or, the visitor's, when they had come in."""

    text: str
    starts_s: float
    ends_s: float
    at: datetime
    is_cut: bool = False
    is_filler: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """One turn on the clock. The visitor's cue is None where they said nothing."""

    part: Part
    turn: Turn
    at_s: float
    asked: Cue | None
    said: tuple[Cue, ...]


@dataclass(frozen=True, slots=True)
class Extent:
    """What is told: a whole conversation, or, where one is named, only one session of it."""

    conversation: Conversation
    session: Session | None = None

    @property
    def began_at(self) -> datetime:
        return (self.session or self.conversation).created_at

    async def parts(self) -> dict[UUID, Part]:
        """The sessions that are told, on a clock that begins with the first of them."""
        if self.session is None:
            return await parts_of(self.conversation)
        part = await sync_to_async(part_of)(self.session)
        return {part.session: part} if part else {}


async def exchanges(extent: Extent) -> AsyncGenerator[Exchange, None]:
    """All turns, part by part; read little by little, so that a slow reader holds nothing."""
    turns = extent.conversation.turns.order_by("number").prefetch_related(*FETCHED)
    for part in (await extent.parts()).values():
        last = 0
        while chunk := [
            turn
            async for turn in turns.filter(session=part.session, number__gt=last)[
                :CHUNK_TURNS
            ]
        ]:
            for turn in chunk:
                yield exchange(turn, part)
            last = chunk[-1].number


async def parts_of(conversation: Conversation) -> dict[UUID, Part]:
    """The conversation's sessions on the clock, in order."""
    turns = conversation.turns.values("session").annotate(first=Min("created_at"))
    first_turns = {row["session"]: row["first"] async for row in turns.order_by()}
    went_live = SessionEvent.objects.filter(
        session__in=first_turns, type="session.status", data__to=State.LIVE
    )
    lives = went_live.order_by().values("session").annotate(first=Min("at"))
    pictures = {row["session"]: row["first"] async for row in lives}
    ends = await _last_words(conversation)

    parts: dict[UUID, Part] = {}
    starts_s = 0.0
    async for session in conversation.sessions():
        first = first_turns[session.pk]
        zero_at = min(pictures.get(session.pk, first), first)
        part = Part(session.pk, len(parts) + 1, zero_at, starts_s)
        parts[session.pk] = part
        starts_s = part.seconds(_end_of(session, ends.get(session.pk, first)))
    return parts


def part_of(session: Session) -> Part | None:
    """One session on a clock of its own; None where nothing was said in it."""
    first = session.turns.aggregate(first=Min("created_at"))["first"]
    if first is None:
        return None
    went_live = session.events.filter(type="session.status", data__to=State.LIVE)
    picture = went_live.aggregate(first=Min("at"))["first"]
    return Part(session.pk, 1, min(picture or first, first), 0.0)


async def _last_words(conversation: Conversation) -> dict[UUID, datetime]:
    ends: dict[UUID, datetime] = {}
    pieces = Piece.objects.filter(turn__conversation=conversation).order_by()
    rows = pieces.values_list("turn__session", "begins_at", "duration_s")
    async for session, begins_at, duration_s in rows:
        ends_at = begins_at + timedelta(seconds=duration_s)
        ends[session] = max(ends_at, ends.get(session, ends_at))
    return ends


def _end_of(session: Session, last_words_at: datetime) -> datetime:
    closed_at = session.closing_at or session.ended_at
    return max(closed_at, last_words_at) if closed_at else last_words_at


def exchange(turn: Turn, part: Part) -> Exchange:
    """One turn, whose pieces have been fetched, on its part's clock."""
    said = tuple(_said(turn, part))
    asked = None
    if turn.kind == Turn.Kind.ASK:
        asked = _asked(turn, part, before_s=said[0].starts_s if said else None)
    return Exchange(part, turn, part.seconds(turn.created_at), asked, said)


def _asked(turn: Turn, part: Part, *, before_s: float | None) -> Cue:
    """The visitor's words: until they are read, or until the answer begins, if sooner."""
    starts_s = part.seconds(turn.created_at)
    reading_s = len(turn.prompt) * _WORDS_S_PER_CHAR
    ends_s = starts_s + min(max(reading_s, _WORDS_MIN_S), _WORDS_MAX_S)
    if before_s is not None and starts_s < before_s < ends_s:
        ends_s = before_s
    return Cue(turn.prompt, starts_s, ends_s, turn.created_at)


def _said(turn: Turn, part: Part) -> list[Cue]:
    """What was heard of each piece. Old turns have none: then it is their reply."""
    pieces = list(turn.pieces.all())
    if not pieces and turn.reply:
        first_ms = turn.talk_ms or turn.accepted_ms or 0.0
        begins_at = turn.created_at + timedelta(milliseconds=first_ms)
        return [_cue(part, turn.reply, begins_at, turn.duration_s, turn.interrupted)]
    return [
        _cue(
            part,
            piece.heard,
            piece.begins_at,
            piece.duration_s,
            piece.heard_chars is not None,
            piece.is_filler,
        )
        for piece in pieces
        if piece.heard.strip()
    ]


def _cue(
    part: Part,
    text: str,
    begins_at: datetime,
    duration_s: float,
    is_cut: bool,
    is_filler: bool = False,
) -> Cue:
    starts_s = part.seconds(begins_at)
    return Cue(text, starts_s, starts_s + duration_s, begins_at, is_cut, is_filler)
