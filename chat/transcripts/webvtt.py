"""A transcript as WebVTT captions: a cue for each piece, as long as it was heard.

The visitor's words are cues too; where the answer begins before they can be read, both
are shown at once for that while.
"""

import heapq
from collections.abc import AsyncGenerator, Iterator

from chat.transcripts.timeline import (
    Cue,
    Exchange,
    Extent,
    Part,
    Speakers,
    exchanges,
)

#: A cue must end after it begins, or players refuse it.
_MIN_MS = 1


async def as_webvtt(extent: Extent, who: Speakers) -> AsyncGenerator[str, None]:
    """The file, piece by piece."""
    line = _Line()
    last: Part | None = None
    yield "WEBVTT\n"
    async for one in exchanges(extent):
        for block in line.before(one.at_s):
            yield block
        if one.part != last:
            last = one.part
            yield f"\nNOTE Session {last.number}, from {last.zero_at.isoformat()}\n"
        if one.turn.failed and not one.said:
            yield f"\nNOTE No answer: {_flat(one.turn.failed)}\n"
        line.add(one, who)
    for block in line.before(float("inf")):
        yield block


class _Line:
    """Cues in the order in which they begin, as the format wants them.

    A question that interrupts comes a moment before the voice falls silent, so a piece
    may begin after it. No cue begins before its own turn does.
    """

    def __init__(self) -> None:
        self._cues: list[tuple[float, int, str]] = []
        self._count = 0

    def add(self, one: Exchange, who: Speakers) -> None:
        turn = f"{one.part.number}-{one.turn.number}"
        if one.asked:
            self._push(one.asked, f"{turn}-visitor", who.visitor)
        for number, cue in enumerate(one.said, start=1):
            self._push(cue, f"{turn}-{number}", who.persona)

    def before(self, seconds: float) -> Iterator[str]:
        while self._cues and self._cues[0][0] <= seconds:
            yield heapq.heappop(self._cues)[2]

    def _push(self, cue: Cue, name: str, speaker: str) -> None:
        self._count += 1
        block = _block(cue, name, speaker)
        heapq.heappush(self._cues, (cue.starts_s, self._count, block))


def _block(cue: Cue, name: str, speaker: str) -> str:
    starts_ms = round(cue.starts_s * 1000)
    ends_ms = max(round(cue.ends_s * 1000), starts_ms + _MIN_MS)
    cut = "—" if cue.is_cut else ""
    words = f"<v {_escaped(speaker) or 'Visitor'}>{_escaped(cue.text)}{cut}"
    return f"\n{name}\n{stamp(starts_ms)} --> {stamp(ends_ms)}\n{words}\n"


def stamp(ms: int) -> str:
    """Hours with as many digits as they need, at least two."""
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{ms:03}"


def _escaped(text: str) -> str:
    """One line in which nothing is markup, and no arrow or empty line ends the cue."""
    flat = _flat(text)
    return flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _flat(text: str) -> str:
    return " ".join(text.replace("\0", "").split())
