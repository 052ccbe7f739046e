"""What a performance tells of the words it says, piece by piece."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import numpy as np
import pytest

from streaming.engine.clock import MediaClock
from streaming.engine.face import Performer
from streaming.engine.performance import Performance
from streaming.engine.speech import (
    Delivery,
    Speaker,
    Speech,
    Synthesiser,
    Voice,
    find_voice,
)
from streaming.engine.speech.line import PAUSE
from streaming.engine.speech.sound import RATE_HZ

PACKET = 960
SMALLEST_PACKET_BYTES = 1200  # what every path takes at once, less the headers


class InTurn:
    """A speaker whose pieces come when the test says so."""

    def __init__(self) -> None:
        self.ready: asyncio.Queue[Speech | Exception] = asyncio.Queue()
        self.is_closed = False

    async def pieces(
        self, text: str, voice: Voice, delivery: Delivery
    ) -> AsyncGenerator[Speech]:
        try:
            told = 0.0
            while told < 1:
                piece = await self.ready.get()
                if isinstance(piece, Exception):
                    raise piece
                told = piece.told
                yield piece
        finally:
            self.is_closed = True


class Heard:
    """A performance, and what it told."""

    def __init__(self, speaker: Speaker) -> None:
        self.events: list[dict[str, Any]] = []
        self.performance = Performance(
            performer=Performer("june", seed=1),
            synthesiser=speaker,
            voice=find_voice("en-gb"),
            delivery=Delivery(),
            clock=MediaClock(),
            announce=self.events.append,
        )

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    def listen(self, seconds: float) -> None:
        for _ in range(round(seconds * RATE_HZ / PACKET)):
            self.performance.sound(PACKET)


@pytest.fixture
async def spoken() -> AsyncIterator[Heard]:
    """Somebody with the library's voice."""
    synthesiser = Synthesiser()
    heard = Heard(synthesiser)
    yield heard
    heard.performance.close()
    synthesiser.close()


@pytest.fixture
def speaker() -> InTurn:
    return InTurn()


@pytest.fixture
async def heard(speaker: InTurn) -> AsyncIterator[Heard]:
    heard = Heard(speaker)
    yield heard
    heard.performance.close()
    await heard.performance.wait_closed()


def piece(seconds: float, *words: tuple[float, int, int], told: float = 1.0) -> Speech:
    pcm = np.full(round(seconds * RATE_HZ), 1000, np.int16)
    return Speech(pcm, lips=(), words=words, told=told)


async def test_the_start_carries_when_each_word_is_said(spoken: Heard):
    text = "One, two, three."
    await spoken.performance.say(text)
    spoken.listen(4)

    start, stop = spoken.events
    assert start["type"] == "avatar_start_talking"
    assert [text[first : first + length] for _, first, length in start["words"]] == [
        "One,",
        "two,",
        "three.",
    ]
    times = [at_ms for at_ms, _, _ in start["words"]]
    assert times[0] < 50
    assert times == sorted(times)
    assert times[-1] < stop["duration_ms"]


async def test_no_event_is_larger_than_a_packet(spoken: Heard):
    text = "word " * 200
    await spoken.performance.say(text)
    spoken.listen(2)

    told = [each for event in spoken.events for each in event["words"]]
    assert spoken.types[0] == "avatar_start_talking"
    assert set(spoken.types[1:]) == {"avatar_words"}
    assert len({event["task_id"] for event in spoken.events}) == 1
    assert len(told) == 200
    assert max(len(json.dumps(event)) for event in spoken.events) < (
        SMALLEST_PACKET_BYTES
    )


async def test_pieces_are_one_utterance_with_one_start_and_one_stop(
    heard: Heard, speaker: InTurn
):
    speaker.ready.put_nowait(piece(1.0, (0.0, 0, 5), told=0.5))
    utterance = await heard.performance.say("First. Second.")
    guessed_s = utterance.duration_s
    heard.listen(0.5)
    speaker.ready.put_nowait(piece(2.0, (0.1, 7, 6)))
    await asyncio.sleep(0)
    heard.listen(4)

    start, words, stop = heard.events
    assert [start["words"], words["words"]] == [
        [[0, 0, 5]],
        [[1000 + PAUSE * 1000 // RATE_HZ + 100, 7, 6]],
    ]
    assert words["type"] == "avatar_words"
    assert guessed_s == pytest.approx(2.0)
    assert stop["duration_ms"] == pytest.approx(3000 + PAUSE * 1000 / RATE_HZ, abs=1)
    assert await utterance.ended == pytest.approx(3.09, abs=0.01)


async def test_a_late_piece_is_no_end(heard: Heard, speaker: InTurn):
    speaker.ready.put_nowait(piece(1.0, told=0.5))
    await heard.performance.say("First. Second.")
    heard.listen(3)

    assert heard.types == ["avatar_start_talking"]
    assert heard.performance.is_talking


async def test_an_interrupt_between_pieces_is_told(heard: Heard, speaker: InTurn):
    speaker.ready.put_nowait(piece(1.0, told=0.5))
    utterance = await heard.performance.say("First. Second.")
    heard.listen(3)

    heard.performance.hush()
    speaker.ready.put_nowait(piece(1.0))
    await heard.performance.wait_closed()
    heard.listen(3)

    assert heard.types == ["avatar_start_talking", "avatar_stop_talking"]
    assert await utterance.ended == pytest.approx(1.0)
    assert not heard.performance.is_talking
    assert speaker.is_closed


async def test_an_interrupt_within_a_piece_is_told_once(heard: Heard, speaker: InTurn):
    speaker.ready.put_nowait(piece(1.0, told=0.5))
    speaker.ready.put_nowait(piece(1.0))
    await heard.performance.say("First. Second.")
    await asyncio.sleep(0)
    heard.listen(0.75)

    heard.performance.hush()
    heard.listen(3)

    assert heard.types == ["avatar_start_talking", "avatar_stop_talking"]
    assert heard.events[-1]["duration_ms"] == pytest.approx(500, abs=21)


async def test_who_waits_for_the_first_piece_is_told_of_an_interrupt(heard: Heard):
    asking = asyncio.create_task(heard.performance.say("Never."))
    await asyncio.sleep(0)

    heard.performance.hush()

    assert (await asking).ended.done()
    assert heard.events == []


async def test_texts_are_heard_as_they_came(heard: Heard, speaker: InTurn):
    asked = [asyncio.create_task(heard.performance.say(name)) for name in "ab"]
    for told in (0.5, 1.0, 1.0):
        speaker.ready.put_nowait(piece(0.1, (0.0, 0, 1), told=told))
    first, second = await asyncio.gather(*asked)
    heard.listen(2)

    assert [event["task_id"] for event in heard.events if "words" in event] == [
        first.task_id,
        first.task_id,
        second.task_id,
    ]


async def test_what_cannot_be_said_fails_who_asked_and_nothing_else(
    heard: Heard, speaker: InTurn
):
    speaker.ready.put_nowait(OSError("no voice"))
    with pytest.raises(OSError, match="no voice"):
        await heard.performance.say("Broken.")

    speaker.ready.put_nowait(piece(0.1))
    await heard.performance.say("Sound.")
    heard.listen(2)

    assert heard.types == ["avatar_start_talking", "avatar_stop_talking"]


async def test_a_piece_that_fails_ends_what_was_begun(heard: Heard, speaker: InTurn):
    speaker.ready.put_nowait(piece(0.5, told=0.5))
    utterance = await heard.performance.say("First. Second.")
    speaker.ready.put_nowait(OSError("no voice"))
    heard.listen(0.5)
    await heard.performance.wait_closed()
    heard.listen(2)

    assert heard.types == ["avatar_start_talking", "avatar_stop_talking"]
    assert await utterance.ended == pytest.approx(0.5)
