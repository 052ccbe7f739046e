"""One text on its way to being heard, and what is told of it."""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from streaming.engine.speech import Word
from streaming.engine.speech.sound import RATE_HZ

# An event stays below the smallest packet that a path may take: about 15 bytes a word.
WORDS_IN_EVENT: Final = 60

Event = dict[str, object]


@dataclass(slots=True)
class Utterance:
    """A text that was accepted, in one piece of speech or several.

    `duration_s` is an estimate until the last piece has come. `ended` carries how many
    seconds of it were heard, once it is over for any reason.
    """

    task_id: str
    duration_s: float = 0.0
    ended: asyncio.Future[float] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    #: set once `duration_s` means something
    is_known: asyncio.Event = field(default_factory=asyncio.Event)
    is_whole: bool = False  #: whether no further piece will come
    made_s: float = 0.0
    unheard: int = 0  #: pieces whose end is still to come
    began_at: int | None = None  #: samples of the session's clock
    heard_until: int = 0
    _words: deque[Sequence[Word]] = field(default_factory=deque)

    @property
    def has_pieces(self) -> bool:
        return self.made_s > 0 or self.unheard > 0

    @property
    def is_over(self) -> bool:
        """Whether all of it has been heard."""
        return self.is_whole and self.unheard <= 0

    @property
    def heard_s(self) -> float:
        began_at = self.heard_until if self.began_at is None else self.began_at
        return (self.heard_until - began_at) / RATE_HZ

    def add(self, duration_s: float, told: float, words: Sequence[Word]) -> None:
        """One more piece was queued, at whose end a share of `told` has been said."""
        self.made_s += duration_s
        self.duration_s = self.made_s / max(told, 0.01)
        self.is_whole = told >= 1
        self.unheard += 1
        self._words.append(words)
        self.is_known.set()

    def piece_began(self, at: int) -> Iterator[Event]:
        """What to tell as the next piece is heard from the sample `at` on."""
        is_first = self.began_at is None
        if self.began_at is None:
            self.began_at = at
        into_s = (at - self.began_at) / RATE_HZ
        words = [
            [round((into_s + at_s) * 1000), first, length]
            for at_s, first, length in self._words.popleft()
        ]
        if is_first:
            told, words = words[:WORDS_IN_EVENT], words[WORDS_IN_EVENT:]
            yield self._event("avatar_start_talking", words=told)
        for start in range(0, len(words), WORDS_IN_EVENT):
            told = words[start : start + WORDS_IN_EVENT]
            yield self._event("avatar_words", words=told)

    def piece_ended(self, at: int) -> None:
        self.unheard -= 1
        self.heard_until = at

    def end(self) -> Event | None:
        """It is over, now. What to tell, if its beginning was told; nothing twice."""
        if self.ended.done():
            return None
        self.ended.set_result(self.heard_s)
        self.is_known.set()
        if self.began_at is None:
            return None
        return self._event(
            "avatar_stop_talking", duration_ms=round(self.heard_s * 1000, 1)
        )

    def _event(self, type: str, **fields: object) -> Event:
        return {"type": type, "task_id": self.task_id, **fields}
