"""What the ear makes of speech, coughs, clicks and noise: real modules, made recordings."""

import base64
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import Page

from tests.chat import recordings
from tests.chat.recordings import Pcm, noise, silence, spoken

pytestmark = pytest.mark.asyncio(loop_scope="session")

LISTEN = """async ({ pcm, rateHz, orders }) => {
  const { Framer, FRAME_MS } = await import("frontend/voice/frames")
  const { Listener } = await import("frontend/voice/listener")
  const bytes = Uint8Array.from(atob(pcm), (letter) => letter.charCodeAt(0))
  const samples = Float32Array.from(new Int16Array(bytes.buffer), (one) => one / 32768)
  const framer = new Framer(rateHz)
  const listener = new Listener()
  const told = []
  let atMs = 0
  const note = (events) => {
    for (const { samples, ...event } of events) {
      if (event.type === "level") continue
      const lengthMs = samples ? (samples.length / 16) : undefined
      told.push({ ...event, atMs, lengthMs, sound: samples && btoa(
        Array.from(new Uint8Array(samples.buffer), (byte) => String.fromCharCode(byte)).join("")) })
    }
  }
  for (let at = 0; at < samples.length; at += 128) {
    framer.push(samples.subarray(at, at + 128), (frame) => {
      while (orders.length && orders[0].atMs <= atMs) note(listener.listen(orders.shift().ear))
      note(listener.push(frame))
      atMs += FRAME_MS
    })
  }
  return told
}"""


@dataclass
class Heard:
    """What the listener told of a recording, in its order."""

    events: list[dict[str, Any]] = field(default_factory=list)

    def kinds(self) -> list[str]:
        return [event["type"] for event in self.events]

    def at_ms(self, kind: str) -> float:
        """When it was told first."""
        return next(float(e["atMs"]) for e in self.events if e["type"] == kind)

    def segments(self) -> list[Pcm]:
        """The segments that stand."""
        stand: dict[int, str] = {}
        for event in self.events:
            if event["type"] == "segment":
                stand[event["nth"]] = event["sound"]
        sounds = [base64.b64decode(sound) for _, sound in sorted(stand.items())]
        return [np.frombuffer(sound, np.int16) for sound in sounds]


@pytest_asyncio.fixture(loop_scope="session")
async def listen(module_page: Page) -> Any:
    async def listened(
        *parts: Pcm, rate_hz: int = 16_000, ears: dict[int, str] | None = None
    ) -> Heard:
        orders = [{"atMs": at, "ear": ear} for at, ear in (ears or {0: "free"}).items()]
        pcm = base64.b64encode(np.concatenate(parts).astype("<i2").tobytes()).decode()
        given = {"pcm": pcm, "rateHz": rate_hz, "orders": orders}
        return Heard(await module_page.evaluate(LISTEN, given))

    return listened


QUESTION = "Who are you, and what do you like to do?"
GERMAN = "Wer bist du, und was machst du gern?"
TAKEN = ["began", "confirmed", "segment", "ended"]
SHORT = ["began", "segment", "ended"]


@pytest.mark.parametrize(
    "voice", ["en-gb", "en-us+f3", "en-gb+m7", "de", "ja", "cmn", "ar"]
)
async def test_a_question_is_one_take_and_its_beginning_is_there(listen, voice):
    said = spoken(QUESTION if voice.startswith("en") else GERMAN, voice=voice)

    heard = await listen(silence(1.5), said, silence(1))

    assert heard.kinds() == TAKEN
    [segment] = heard.segments()
    assert recordings.likeness(segment, said) > 0.98
    assert len(segment) - len(said) == pytest.approx(0.54 * 16_000, abs=0.1 * 16_000)
    assert 500 < heard.at_ms("confirmed") - 1_500 < 700


@pytest.mark.parametrize(
    "word", ["uh-huh", "mm-hmm", "mm", "yeah", "okay", "right", "no", "wait"]
)
async def test_a_short_word_is_taken_and_interrupts_nobody(listen, word):
    heard = await listen(silence(1.5), spoken(word), silence(1))

    assert heard.kinds() == SHORT


def _hum(seconds: float) -> Pcm:
    turns = np.arange(round(seconds * 16_000)) * 2 * np.pi * 120 / 16_000
    return (np.sin(turns) * 800).astype(np.int16)


def _typing() -> Pcm:
    keys = [(silence(0.15), noise(0.008, level=9_000, seed=n)) for n in range(20)]
    return np.concatenate([part for pair in keys for part in pair])


NOBODY = {
    "silence": silence(4),
    "coughs": np.concatenate(
        [
            part
            for n in range(8)
            for part in (recordings.cough(seed=9 * n), silence(0.8))
        ]
    ),
    "a click": noise(0.01, level=15_000),
    "typing": _typing(),
    "a fan that starts": noise(4, level=600),
    "a hiss, loud": noise(3, level=5_000),
}


@pytest.mark.parametrize("sound", NOBODY.values(), ids=NOBODY)
async def test_what_is_no_voice_is_not_taken(listen, sound):
    heard = await listen(silence(1), sound, silence(1))

    assert heard.kinds() == []


async def test_a_cough_with_a_voice_in_it_interrupts_nobody(listen):
    heard = await listen(
        *(silence(1), recordings.hoarse_cough(), silence(0.25)),
        *(recordings.hoarse_cough(), silence(1)),
    )

    assert "confirmed" not in heard.kinds()


async def test_a_hum_interrupts_nobody_and_is_soon_the_room(listen):
    said = spoken(QUESTION)
    hum = _hum(8)
    hum[5 * 16_000 :][: len(said)] += said

    heard = await listen(silence(1), hum)

    assert heard.kinds()[:3] == SHORT
    assert "confirmed" in heard.kinds()
    assert heard.at_ms("confirmed") > 6_000


async def test_speech_is_found_in_a_noisy_room(listen):
    said = spoken(QUESTION)
    room = noise(5.5, level=300)
    room[2 * 16_000 :][: len(said)] += said // 2

    assert (await listen(room)).kinds() == TAKEN


async def test_a_long_speech_is_given_out_at_pauses_while_it_goes_on(listen):
    said = spoken(
        "I have been thinking about this for quite a while, and there are three things "
        "that I would like to know. First, where do you come from? Second, what is your "
        "favourite colour, and why do you like it? And third, how long have you been here?"
    )

    heard = await listen(silence(1), said, silence(1))

    assert heard.kinds().count("ended") == 1
    assert heard.events[-1]["segments"] == len(heard.segments()) >= 2
    assert heard.at_ms("segment") < 1_000 + len(said) / 16 - 4_000
    whole = np.concatenate(heard.segments())
    assert recordings.likeness(whole, said) > 0.98


async def test_after_a_short_pause_the_same_segment_comes_again_longer(listen):
    one, other = spoken("My first question is this one."), spoken("Who are you really?")

    heard = await listen(silence(1), one, silence(0.3), other, silence(1))

    assert heard.kinds() == [
        *("began", "confirmed", "segment", "withdrawn", "segment", "ended")
    ]
    [segment] = heard.segments()
    assert len(segment) > len(one) + len(other)


async def test_two_questions_with_a_real_pause_are_two_takes(listen):
    said = spoken(QUESTION)

    heard = await listen(silence(1), said, silence(0.9), said, silence(1))

    assert heard.kinds() == TAKEN * 2


@pytest.mark.parametrize("rate_hz", [16_000, 44_100, 48_000])
async def test_every_rate_of_a_device_becomes_sixteen_kilohertz(listen, rate_hz):
    said = spoken(QUESTION)
    whole = np.concatenate([silence(1), said, silence(1)])
    at = np.arange(0, len(whole) - 1, 16_000 / rate_hz)
    stretched = np.interp(at, np.arange(len(whole)), whole).astype(np.int16)

    heard = await listen(stretched, rate_hz=rate_hz)

    assert heard.kinds() == TAKEN
    assert recordings.likeness(heard.segments()[0], said) > 0.98


async def test_what_a_low_rate_cannot_hold_is_taken_out_and_not_folded_back(listen):
    turns = np.arange(4 * 48_000) * 2 * np.pi * 15_850 / 48_000
    whistle = (np.sin(turns) * 9_000 * (np.arange(4 * 48_000) > 48_000)).astype(
        np.int16
    )  # folded back, it would be a hum of 150 Hz

    assert (await listen(whistle, rate_hz=48_000)).kinds() == []


# Held -----------------------------------------------------------------------------------


async def test_held_it_takes_what_is_said_and_nothing_else(listen):
    said = spoken(QUESTION)
    ears = {900: "held", 1_000 + round(len(said) / 16) - 60: "closed"}

    heard = await listen(silence(1), said, silence(1), said, silence(1), ears=ears)

    assert heard.kinds() == ["began", "segment", "ended"]
    [segment] = heard.segments()
    assert recordings.likeness(segment, said) > 0.98


async def test_a_word_before_the_finger_is_down_is_not_cut(listen):
    said = spoken(QUESTION)

    heard = await listen(
        silence(1), said, silence(1), ears={1_200: "held", 3_500: "closed"}
    )

    assert recordings.likeness(heard.segments()[0], said) > 0.98


async def test_held_in_silence_sends_nothing(listen):
    heard = await listen(silence(4), ears={1_000: "held", 3_000: "closed"})

    assert heard.kinds() == ["began", "dropped"]


async def test_pressed_again_at_once_is_a_second_take(listen):
    said = spoken(QUESTION)
    lasts_ms = round(len(said) / 16)
    ears = {900: "held", 1_000 + lasts_ms: "closed", 1_060 + lasts_ms: "held"}
    ears |= {1_200 + 2 * lasts_ms: "closed"}

    heard = await listen(silence(1), said, silence(0.1), said, silence(1), ears=ears)

    assert heard.kinds() == ["began", "segment", "ended"] * 2


async def test_closed_while_somebody_speaks_drops_it(listen):
    heard = await listen(
        silence(1), spoken(QUESTION), silence(1), ears={0: "free", 2_000: "closed"}
    )

    assert heard.kinds() == ["began", "confirmed", "dropped"]


async def test_nothing_is_taken_while_the_ear_is_closed(listen):
    assert (
        await listen(spoken(QUESTION), silence(1), ears={0: "closed"})
    ).kinds() == []
