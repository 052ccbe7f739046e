"""Something to say while an answer takes its time."""

import asyncio
from typing import Any

import pytest

from chat.fillers import Filler, filler_text, with_filler
from chat.sentences import Delta, Sentence

MOMENT = Sentence("One moment.", is_filler=True)


class Writer:
    """Writes what it is told to, when it is told to."""

    def __init__(self):
        self.parts: asyncio.Queue[Any] = asyncio.Queue()
        self.is_closed = False

    async def write(self):
        try:
            while (part := await self.parts.get()) is not None:
                if isinstance(part, Exception):
                    raise part
                yield part
        finally:
            self.is_closed = True


@pytest.fixture
def writer():
    return Writer()


def filled(writer, after_s):
    return with_filler(writer.write(), Filler("One moment.", after_s))


async def test_a_late_answer_has_a_filler_before_it(writer):
    parts = filled(writer, 0.01)

    assert await anext(parts) == MOMENT
    writer.parts.put_nowait(Sentence("Hello."))
    assert await anext(parts) == Sentence("Hello.")
    writer.parts.put_nowait(None)
    assert [part async for part in parts] == []


async def test_an_answer_in_time_has_none(writer):
    for part in (Delta("Hello."), Sentence("Hello."), Delta("Bye."), None):
        writer.parts.put_nowait(part)

    assert [part async for part in filled(writer, 10)] == [
        Delta("Hello."),
        Sentence("Hello."),
        Delta("Bye."),
    ]


async def test_words_without_a_whole_sentence_are_not_heard_yet(writer):
    writer.parts.put_nowait(Delta("He"))
    parts = filled(writer, 0.01)

    assert await anext(parts) == Delta("He")
    assert await anext(parts) == MOMENT


async def test_a_pause_in_the_middle_is_not_filled(writer):
    writer.parts.put_nowait(Sentence("Hello."))
    parts = filled(writer, 0.01)
    assert await anext(parts) == Sentence("Hello.")

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await anext(parts)


async def test_a_reader_who_takes_long_is_not_disturbed(writer):
    writer.parts.put_nowait(Delta("He"))
    parts = filled(writer, 0.01)
    await anext(parts)

    await asyncio.sleep(0.05)  # beyond the filler's time, in the reader's own work

    assert await anext(parts) == MOMENT


async def test_what_goes_wrong_is_passed_on(writer):
    writer.parts.put_nowait(ValueError("broken"))

    with pytest.raises(ValueError, match="broken"):
        await anext(filled(writer, 10))


async def test_who_stops_reading_stops_the_writer(writer):
    parts = filled(writer, 0.01)
    await anext(parts)

    await parts.aclose()

    assert writer.is_closed


@pytest.mark.parametrize("language", ["en-gb", "de", "pt-br", "tlh"])
def test_two_turns_one_after_the_other_differ(language):
    assert filler_text(language, 1) != filler_text(language, 2)


def test_the_filler_is_in_the_personas_language():
    assert filler_text("de-AT", 3) == "Einen Moment."
