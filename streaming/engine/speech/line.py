"""What is being said in one session, on its sample clock."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from streaming.engine.speech.sound import RATE_HZ, Samples, faded_out

PAUSE = RATE_HZ * 90 // 1000  # between two pieces: one breath
_CUT = RATE_HZ * 5 // 1000  # what is still heard of a piece that is cut
_RUN_UP = RATE_HZ * 250 // 1000  # silence first, while the viewer's player settles


@dataclass(slots=True)
class Piece:
    """Sound with its place on the sample clock."""

    id: str
    pcm: Samples
    starts_at: int

    @property
    def ends_at(self) -> int:
        return self.starts_at + len(self.pcm)


class Line:
    """Pieces of speech, one after another; silence where there is none.

    `on_start` and `on_end` are called with the piece and the sample at which it
    happened. A piece whose start was told always gets its end told as well.
    """

    def __init__(
        self,
        *,
        on_start: Callable[[Piece], None],
        on_end: Callable[[Piece, int], None],
    ) -> None:
        self.position = 0
        self._on_start = on_start
        self._on_end = on_end
        self._pieces: deque[Piece] = deque()
        self._begun = False
        self._remains = np.zeros(0, np.int16)

    @property
    def is_busy(self) -> bool:
        return bool(self._pieces)

    @property
    def queued_s(self) -> float:
        """How long it takes from now until everything has been said."""
        if not self._pieces:
            return 0.0
        return (self._pieces[-1].ends_at - self.position) / RATE_HZ

    def add(self, id: str, pcm: Samples) -> Piece:
        """Queue `pcm` behind everything else; the answer says when it will start."""
        starts_at = max(self.position, _RUN_UP)
        if self._pieces:
            starts_at = max(starts_at, self._pieces[-1].ends_at + PAUSE)
        piece = Piece(id, pcm, starts_at)
        self._pieces.append(piece)
        return piece

    def cut(self) -> None:
        """Be silent, but for a fade too short to hear that keeps it from clicking."""
        pieces, self._pieces = self._pieces, deque()
        if self._begun:
            current = pieces.popleft()
            into = self.position - current.starts_at
            self._remains = faded_out(current.pcm[into : into + _CUT])
            self._begun = False
            self._on_end(current, self.position)

    def read(self, count: int) -> Samples:
        """The next `count` samples."""
        out = np.zeros(count, np.int16)
        until = self.position + count
        out[: len(self._remains)] = self._remains[:count]
        self._remains = self._remains[count:]
        while self._pieces and self._pieces[0].starts_at < until:
            self._copy(self._pieces[0], out, until)
            if self._pieces[0].ends_at > until:
                break
            finished = self._pieces.popleft()
            self._begun = False
            self._on_end(finished, finished.ends_at)
        self.position = until
        return out

    def _copy(self, piece: Piece, out: Samples, until: int) -> None:
        if not self._begun:
            self._begun = True
            self._on_start(piece)
        first = max(piece.starts_at, self.position)
        last = min(piece.ends_at, until)
        sound = piece.pcm[first - piece.starts_at : last - piece.starts_at]
        out[first - self.position : last - self.position] = sound
