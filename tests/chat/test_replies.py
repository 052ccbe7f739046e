"""The pipeline itself: order, times and letting go, without any network."""

import asyncio
from dataclasses import dataclass, field

import pytest

from chat.replies import PacedVoice, Spoken, Written, speak_pieces, speak_reply


@dataclass
class FakeSaid:
    task_id: str
    duration_s: float = 1.0


@dataclass
class FakeMind:
    """Writes these deltas, then perhaps hangs; `closed` tells that it was let go."""

    deltas: tuple[str, ...]
    log: list[str]
    hangs: bool = False
    closed: bool = False
    writes_slowly: bool = False
    knows_tools: bool = False

    async def reply(self, messages, tools=()):
        try:
            for delta in self.deltas:
                self.log.append(f"wrote {delta!r}")
                yield delta
            if self.hangs:
                await asyncio.Event().wait()
        finally:
            self.closed = True


@dataclass
class FakeVoice:
    log: list[str]
    said: list[str] = field(default_factory=list)
    error: Exception | None = None
    lasts_s: float = 1.0

    async def say(self, text):
        if self.error:
            raise self.error
        self.log.append(f"said {text!r}")
        self.said.append(text)
        return FakeSaid(f"task-{len(self.said)}", self.lasts_s)


@pytest.fixture
def log():
    return []


@pytest.fixture
def voice(log):
    return FakeVoice(log)


async def test_each_sentence_is_said_before_more_is_read(log, voice):
    mind = FakeMind(("Hi. ", "How are", " you? ", "Bye."), log)

    events = [event async for event in speak_reply(mind, voice, [])]

    assert log == [
        "wrote 'Hi. '",
        "said 'Hi.'",
        "wrote 'How are'",
        "wrote ' you? '",
        "said 'How are you?'",
        "wrote 'Bye.'",
        "said 'Bye.'",
    ]
    spoken = [event for event in events if isinstance(event, Spoken)]
    assert [(s.index, s.text, s.task_id) for s in spoken] == [
        (0, "Hi.", "task-1"),
        (1, "How are you?", "task-2"),
        (2, "Bye.", "task-3"),
    ]
    assert [e.text for e in events if isinstance(e, Written)] == list(mind.deltas)
    assert mind.closed


async def test_times_count_from_the_start(log, voice):
    ticks = iter([10.0, 10.3, 10.4, 10.5])
    mind = FakeMind(("Hi. ",), log)

    events = [
        event async for event in speak_reply(mind, voice, [], clock=lambda: next(ticks))
    ]

    written, spoken = events
    assert isinstance(written, Written)
    assert written.at_ms == pytest.approx(300)
    assert isinstance(spoken, Spoken)
    assert spoken.complete_at_ms == pytest.approx(400)
    assert spoken.accepted_at_ms == pytest.approx(500)


async def test_a_slow_writer_is_heard_from_its_first_clause_on(log, voice):
    mind = FakeMind(("When I was a small child, I", " liked it, too. "), log)
    mind.writes_slowly = True

    [event async for event in speak_reply(mind, voice, [])]

    assert voice.said == ["When I was a small child,", "I liked it, too."]


async def test_closing_the_reply_closes_the_mind(log, voice):
    mind = FakeMind(("Hi. ", "There is", " more. "), log, hangs=True)
    reply = speak_reply(mind, voice, [])
    async for event in reply:
        if isinstance(event, Spoken):
            break

    await reply.aclose()

    assert mind.closed
    assert voice.said == ["Hi."]


async def test_cancelling_the_reader_closes_the_mind(log, voice):
    mind = FakeMind(("Hi. ", "And"), log, hangs=True)
    reached = asyncio.Event()

    async def read():
        async for event in speak_reply(mind, voice, []):
            if isinstance(event, Written) and event.text == "And":
                reached.set()

    reading = asyncio.create_task(read())
    await reached.wait()
    reading.cancel()
    await asyncio.wait([reading])

    assert mind.closed
    assert voice.said == ["Hi."]


async def test_a_voice_that_fails_lets_go_of_the_mind(log, voice):
    voice.error = RuntimeError("hoarse")
    mind = FakeMind(("Hi. ", "There."), log, hangs=True)

    with pytest.raises(RuntimeError, match="hoarse"):
        [event async for event in speak_reply(mind, voice, [])]

    assert mind.closed


async def test_finished_texts_are_said_as_they_are(voice):
    spoken = [event async for event in speak_pieces(voice, ["One *a*.", "Two"])]

    assert voice.said == ["One *a*.", "Two"]
    assert [event.text for event in spoken] == voice.said


class Time:
    """A clock that moves when somebody sleeps, and remembers for how long."""

    def __init__(self):
        self.now_s = 0.0
        self.waited_s = []

    def clock(self):
        return self.now_s

    async def sleep(self, for_s):
        self.waited_s.append(for_s)
        self.now_s += for_s


FIVE = ("One. Two. Three. Four. Five. ",)


async def test_a_fast_writer_waits_for_the_voice(log, voice):
    time = Time()
    paced = PacedVoice(voice, max_ahead_s=2.5, clock=time.clock, sleep=time.sleep)

    [event async for event in speak_reply(FakeMind(FIVE, log), paced, [])]

    assert time.waited_s == [0.5, 1.0]  # each piece takes a second
    assert len(voice.said) == 5


async def test_few_pieces_wait_behind_the_one_that_is_heard(log, voice):
    voice.lasts_s = 4.0
    time = Time()
    paced = PacedVoice(voice, max_pieces_ahead=2, clock=time.clock, sleep=time.sleep)

    [event async for event in speak_reply(FakeMind(FIVE, log), paced, [])]

    # Three are handed over at once: one is heard, two wait.
    assert time.waited_s == [4.0, 4.0]


async def test_short_pieces_are_handed_over_in_time(log, voice):
    voice.lasts_s = 0.5
    time = Time()
    paced = PacedVoice(voice, max_pieces_ahead=2, clock=time.clock, sleep=time.sleep)

    [event async for event in speak_reply(FakeMind(FIVE, log), paced, [])]

    assert time.waited_s == []
