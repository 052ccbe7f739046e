"""What was said in a session, as lines that can be said again."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from chat.errors import NothingToReplay
from chat.models import Turn
from chat.sentences import pieces
from chat.transcripts.timeline import FETCHED, Cue, exchange, part_of
from streaming.models import Session

#: Nobody waits for longer between two lines, however long it was then.
MAX_PAUSE_S = 2.5
#: More is not replayed at once; so long a session is read rather than watched.
MAX_TURNS = 200

VISITOR = -1


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the visitor's, which is shown, or a piece of the persona's, which is said.

    `piece` counts those of a turn from 0; the visitor's line is `VISITOR`. `pause_s` is how
    long it was silent before, as far as anybody waits for that.
    """

    turn: int
    piece: int
    text: str
    starts_s: float
    lasts_s: float
    pause_s: float
    is_cut: bool

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def lines_of(session: Session) -> list[Line]:
    """All of it, in order."""
    part = part_of(session)
    if part is None:
        return []
    turns = Turn.objects.filter(session=session).order_by("number")
    lines: list[Line] = []
    for turn in turns.prefetch_related(*FETCHED)[:MAX_TURNS]:
        one = exchange(turn, part)
        if one.asked:
            lines.append(_after(lines, turn, VISITOR, one.asked))
        for piece, cue in enumerate(_short(one.said)):
            lines.append(_after(lines, turn, piece, cue))
    return lines


def find_text(session: Session, turn: int, piece: int) -> str:
    """What a replay is to say: words of the session that it replays, and no others.

    Raises `NothingToReplay` where there are none.
    """
    replayed = session.replays
    part = part_of(replayed) if replayed else None
    found = Turn.objects.filter(session=replayed, number=turn).first()
    if replayed is None or part is None or found is None:
        raise NothingToReplay
    said = list(_short(exchange(found, part).said))
    if not 0 <= piece < len(said):
        raise NothingToReplay
    return said[piece].text


def _short(said: tuple[Cue, ...]) -> Iterator[Cue]:
    """Pieces that the avatar takes; of old turns, the whole reply is one cue."""
    for cue in said:
        parts = list(pieces(cue.text))
        chars = sum(len(text) for text in parts) or 1
        starts_s = cue.starts_s
        for text in parts:
            ends_s = starts_s + (cue.ends_s - cue.starts_s) * len(text) / chars
            yield Cue(text, starts_s, ends_s, cue.at, cue.is_cut, cue.is_filler)
            starts_s = ends_s


def _after(lines: list[Line], turn: Turn, piece: int, cue: Cue) -> Line:
    silent_s = 0.0
    if lines:
        silent_s = cue.starts_s - (lines[-1].starts_s + lines[-1].lasts_s)
    return Line(
        turn=turn.number,
        piece=piece,
        text=cue.text,
        starts_s=round(cue.starts_s, 3),
        lasts_s=round(cue.ends_s - cue.starts_s, 3),
        pause_s=round(min(max(silent_s, 0.0), MAX_PAUSE_S), 3),
        is_cut=cue.is_cut,
    )
