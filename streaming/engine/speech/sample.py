"""A voice to listen to before it is chosen: a sentence as a sound file."""

import io
import wave
from collections.abc import AsyncGenerator
from contextlib import aclosing

import av
import numpy as np

from streaming.engine.speech import sound
from streaming.engine.speech.synthesis import Speech

MAX_SAMPLE_S = 20.0
_RATE_HZ = 24_000  # small, and more than a voice needs


async def recorded(pieces: AsyncGenerator[Speech]) -> tuple[bytes, float]:
    """What is said as a WAV file, and its length in seconds; cut at `MAX_SAMPLE_S`."""
    parts: list[sound.Samples] = []
    length_s = 0.0
    async with aclosing(pieces):
        async for speech in pieces:
            parts.append(speech.pcm)
            length_s += speech.duration_s
            if length_s >= MAX_SAMPLE_S:
                break
    pcm = np.concatenate(parts) if parts else np.zeros(0, np.int16)
    pcm = sound.faded_out(pcm[: round(MAX_SAMPLE_S * sound.RATE_HZ)])
    return _wave(pcm), len(pcm) / sound.RATE_HZ


def _wave(pcm: sound.Samples) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE_HZ)
        file.writeframes(_smaller(pcm).tobytes())
    return out.getvalue()


def _smaller(pcm: sound.Samples) -> sound.Samples:
    """At the file's rate, band-limited; a second at a time, as `sound.resampled` does."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=_RATE_HZ)
    parts = []
    for start in range(0, len(pcm), sound.RATE_HZ):
        second = pcm[start : start + sound.RATE_HZ].reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(second, format="s16", layout="mono")
        frame.sample_rate = sound.RATE_HZ
        parts += resampler.resample(frame)
    parts += resampler.resample(None)
    if not parts:
        return np.zeros(0, np.int16)
    return np.concatenate([part.to_ndarray()[0] for part in parts]).astype(np.int16)
