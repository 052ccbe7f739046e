"""Speech: what is heard, and when the mouth does what."""

import asyncio
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from streaming.engine.face import MouthKey, mouth_keys
from streaming.engine.speech import espeak, sound
from streaming.engine.speech.reading import read_out
from streaming.engine.speech.voices import Voice
from streaming.engine.speech.words import Word, timed_words

_LEAD_S = 0.004  # kept before the first sound, so that a consonant keeps its edge
_TAIL_S = 0.030


@dataclass(frozen=True, slots=True)
class Delivery:
    """How something is said.

    `rate` is a factor; `pitch` and `pitch_range`, from one tone to sing-song, are 0 to
    100 with 50 in the middle; `volume` is in percent.
    """

    rate: float = 1.0
    pitch: int = espeak.NORMAL_PITCH
    pitch_range: int = espeak.NORMAL_RANGE
    volume: int = espeak.NORMAL_VOLUME


@dataclass(frozen=True, slots=True)
class Speech:
    """One piece of speech: mono 16 bit at 48 kHz, with seconds from its first sample.

    `lips` is what the mouth does. `told` is the share of the whole text that has been
    said by its end, 1 for the last piece. `phonemes` are (at_s, ipa), where they are known; an
    empty name is silence.
    """

    pcm: sound.Samples
    lips: tuple[MouthKey, ...]
    words: tuple[Word, ...]
    told: float = 1.0
    phonemes: tuple[tuple[float, str], ...] = ()

    @property
    def duration_s(self) -> float:
        return len(self.pcm) / sound.RATE_HZ


class Speaker(Protocol):
    """Whoever can say a text, a piece at a time. The pieces are made when asked for."""

    def pieces(
        self, text: str, voice: Voice, delivery: Delivery
    ) -> AsyncGenerator[Speech]: ...


class Synthesiser:
    """Says things in one thread of its own, in the order in which it is asked."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="speech")

    async def pieces(
        self, text: str, voice: Voice, delivery: Delivery
    ) -> AsyncGenerator[Speech]:
        """All of `text`, in one piece."""
        yield await self.say(text, voice, delivery)

    async def say(
        self, text: str, voice: Voice, delivery: Delivery | None = None
    ) -> Speech:
        """Turn `text` into speech. What cannot be said has a duration of zero."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._thread, synthesise, text, voice, delivery or Delivery()
        )

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)


def synthesise(text: str, voice: Voice, delivery: Delivery) -> Speech:
    """Turn `text` into speech, in the calling thread."""
    reading = read_out(text, voice.language)
    raw = espeak.speak(
        reading.text,
        voice=voice.path,
        rate=delivery.rate,
        pitch=delivery.pitch,
        pitch_range=delivery.pitch_range,
        volume=delivery.volume,
    )
    spoken = np.frombuffer(bytes(raw.pcm), np.int16)
    rate_hz = espeak.SAMPLE_RATE_HZ
    first, last = sound.audible_span(
        spoken, lead=round(_LEAD_S * rate_hz), tail=round(_TAIL_S * rate_hz)
    )

    def at_s(sample: int) -> float:
        return max(0.0, (sample - first) / rate_hz)

    pcm = sound.faded(sound.resampled(spoken[first:last], rate_hz))
    ends_s = len(pcm) / sound.RATE_HZ
    phonemes = tuple((at_s(sample), ipa) for sample, ipa in raw.phonemes)
    told = ((at_s(sample), at, length) for sample, at, length in raw.words)
    return Speech(
        pcm=pcm,
        lips=tuple(mouth_keys(phonemes, ends_s)),
        words=timed_words(text, reading, told, ends_s),
        phonemes=phonemes,
    )
