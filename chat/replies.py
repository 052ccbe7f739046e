"""The pipeline: a mind's words, cut into sentences, handed to a voice one by one."""

import asyncio
import time
from collections import deque
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    Awaitable,
    Callable,
    Sequence,
)
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from chat.fillers import Filler, with_filler
from chat.minds.base import Message, Mind, Tool
from chat.sentences import Delta, Sentence, sentences


class Said(Protocol):
    """What a voice knows of a sentence that it has accepted."""

    @property
    def task_id(self) -> str: ...

    @property
    def duration_s(self) -> float: ...


class Voice(Protocol):
    """Anything that says a sentence; returns once the sentence is accepted."""

    async def say(self, text: str) -> Said: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The model wrote something; nobody has heard it yet."""

    text: str
    at_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """The voice has accepted a sentence."""

    index: int
    text: str
    task_id: str
    duration_s: float
    complete_at_ms: float  #: when the sentence was known to be whole
    accepted_at_ms: float
    is_filler: bool = False


Clock = Callable[[], float]

#: Nobody's queue of speech grows longer.
MAX_AHEAD_S = 30.0
#: So many pieces wait behind the one that is heard …
MAX_PIECES_AHEAD = 2
#: … or more, while all together are shorter: the next one must be there in time.
ENOUGH_AHEAD_S = 5.0


class PacedVoice:
    """Keeps a fast writer near the voice, so that little has to be taken back.

    At most `max_ahead_s` of speech is waiting, since avatar services refuse to queue
    without end. Of more than `ENOUGH_AHEAD_S`, at most `max_pieces_ahead` pieces are
    waiting; None stands for any number, for callers who want to be through soon.
    """

    def __init__(
        self,
        voice: Voice,
        *,
        max_ahead_s: float = MAX_AHEAD_S,
        max_pieces_ahead: int | None = None,
        clock: Clock = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._voice = voice
        self._max_ahead_s = max_ahead_s
        self._max_pieces_ahead = max_pieces_ahead
        self._clock = clock
        self._sleep = sleep
        self._ends_s: deque[float] = deque([clock()])

    async def say(self, text: str) -> Said:
        wait_s = self._wait_s()
        if wait_s > 0:
            await self._sleep(wait_s)
        said = await self._voice.say(text)
        begins_s = max(self._ends_s[-1], self._clock())
        self._ends_s.append(begins_s + said.duration_s)
        return said

    def _wait_s(self) -> float:
        """Until few enough are waiting."""
        at_s, silent_at_s = self._clock(), self._ends_s[-1]
        while len(self._ends_s) > 1 and self._ends_s[0] <= at_s:
            self._ends_s.popleft()
        wait_s = silent_at_s - at_s - self._max_ahead_s
        if (
            self._max_pieces_ahead is not None
            and len(self._ends_s) > self._max_pieces_ahead
        ):
            one_more_ends_s = self._ends_s[-1 - self._max_pieces_ahead]
            room_s = min(one_more_ends_s, silent_at_s - ENOUGH_AHEAD_S) - at_s
            wait_s = max(wait_s, room_s)
        return wait_s


async def speak_reply(
    mind: Mind,
    voice: Voice,
    messages: Sequence[Message],
    *,
    tools: Sequence[Tool] = (),
    filler: Filler | None = None,
    clock: Clock = time.monotonic,
) -> AsyncGenerator[Written | Spoken, None]:
    """Say the reply to `messages` sentence by sentence, as the mind writes it.

    Yields what was written as it comes, and each sentence once the voice has it; times
    count from the start of the iteration. Close this generator, or cancel the task that
    reads it, to interrupt: the model's stream is closed at once and nothing more is said.
    What was said is exactly what was yielded as `Spoken`.
    """
    async with aclosing(mind.reply(messages, tools)) as deltas:
        parts = sentences(deltas, first_at_clause=mind.writes_slowly)
        if filler is not None:
            parts = with_filler(parts, filler)
        async with (
            aclosing(parts) as ready,
            aclosing(_spoken(ready, voice, clock)) as events,
        ):
            async for event in events:
                yield event


async def speak_pieces(
    voice: Voice, texts: Sequence[str], *, clock: Clock = time.monotonic
) -> AsyncGenerator[Written | Spoken, None]:
    """Say finished texts one after the other, as they are."""

    async def parts() -> AsyncGenerator[Delta | Sentence, None]:
        for text in texts:
            yield Sentence(text)

    async with aclosing(_spoken(parts(), voice, clock)) as events:
        async for event in events:
            yield event


async def _spoken(
    parts: AsyncIterable[Delta | Sentence], voice: Voice, clock: Clock
) -> AsyncGenerator[Written | Spoken, None]:
    began_s = clock()

    def since_ms() -> float:
        return (clock() - began_s) * 1000

    index = 0
    async for part in parts:
        if isinstance(part, Delta):
            yield Written(text=part.text, at_ms=since_ms())
            continue
        complete_at_ms = since_ms()
        said = await voice.say(part.text)
        yield Spoken(
            index=index,
            text=part.text,
            task_id=said.task_id,
            duration_s=said.duration_s,
            complete_at_ms=complete_at_ms,
            accepted_at_ms=since_ms(),
            is_filler=part.is_filler,
        )
        index += 1
