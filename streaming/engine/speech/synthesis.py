"""Speech: what is heard, and when the mouth does what."""

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from streaming.engine.speech import espeak, sound
from streaming.engine.speech.voices import Voice

_LEAD_S = 0.004  # kept before the first sound, so that a consonant keeps its edge
_TAIL_S = 0.030


@dataclass(frozen=True, slots=True)
class Delivery:
    """How something is said: `rate` is a factor, `pitch` 0 to 100."""

    rate: float = 1.0
    pitch: int = espeak.NORMAL_PITCH


@dataclass(frozen=True, slots=True)
class Speech:
    """One piece of speech: mono 16 bit at 48 kHz, with seconds from its first sample.

    `phonemes` are (at_s, ipa); an empty name is silence. `words` are
    (at_s, first character, length) in the text that was given.
    """

    pcm: sound.Samples
    phonemes: tuple[tuple[float, str], ...]
    words: tuple[tuple[float, int, int], ...]

    @property
    def duration_s(self) -> float:
        return len(self.pcm) / sound.RATE_HZ


class Synthesiser:
    """Says things in one thread of its own, in the order in which it is asked."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="speech")

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
    raw = espeak.speak(
        _sayable(text), voice=voice.path, rate=delivery.rate, pitch=delivery.pitch
    )
    spoken = np.frombuffer(bytes(raw.pcm), np.int16)
    rate_hz = espeak.SAMPLE_RATE_HZ
    first, last = sound.audible_span(
        spoken, lead=round(_LEAD_S * rate_hz), tail=round(_TAIL_S * rate_hz)
    )

    def at_s(sample: int) -> float:
        return max(0.0, (sample - first) / rate_hz)

    return Speech(
        pcm=sound.faded(sound.resampled(spoken[first:last], rate_hz)),
        phonemes=tuple((at_s(sample), ipa) for sample, ipa in raw.phonemes),
        words=tuple((at_s(sample), at, length) for sample, at, length in raw.words),
    )


def _sayable(text: str) -> str:
    """`text` with control characters as spaces: a zero would end it early."""
    return "".join(
        " " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text
    )
