"""Recordings made when they are needed: speech, noise, coughs, and files of them."""

import io
import wave
from functools import cache
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from streaming.engine.speech import Delivery, find_voice
from streaming.engine.speech.synthesis import synthesise

RATE_HZ = 16_000

Pcm = npt.NDArray[np.int16]


@cache
def spoken(text: str, *, voice: str = "en-gb") -> Pcm:
    """`text` as a synthesised voice says it: mono, 16 kHz."""
    pcm = synthesise(text, find_voice(voice), Delivery()).pcm
    return _at_rate(pcm, 48_000)


def silence(seconds: float) -> Pcm:
    """A quiet room; complete silence is not what a microphone hears."""
    return noise(seconds, level=12)


def noise(seconds: float, *, level: float, seed: int = 1) -> Pcm:
    """White noise; `level` is its standard deviation, of 32767."""
    made = np.random.default_rng(seed).normal(0, level, round(seconds * RATE_HZ))
    return np.clip(made, -32_767, 32_767).astype(np.int16)


def cough(*, seed: int = 1) -> Pcm:
    """A burst of breath, a gap, and a weaker one: loud, sudden, without a tone."""
    parts = [(0.18, 9_000), (0.06, 200), (0.22, 4_000)]
    bursts = [
        noise(seconds, level=level, seed=seed + nth)
        * np.exp(-np.linspace(0, 4, round(seconds * RATE_HZ)))
        for nth, (seconds, level) in enumerate(parts)
    ]
    return np.concatenate(bursts).astype(np.int16)


def hoarse_cough() -> Pcm:
    """A cough whose second half has a voice in it, as many have."""
    seconds = 0.2
    at = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    tone = sum(np.sin(2 * np.pi * 190 * n * at) / n for n in range(1, 8))
    voiced = (tone * 5_000 * np.exp(-at * 9)).astype(np.int16)
    return np.concatenate([cough(seed=3)[: round(0.2 * RATE_HZ)], voiced])


def wav(pcm: Pcm, *, rate_hz: int = RATE_HZ) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate_hz)
        out.writeframes(pcm.astype("<i2").tobytes())
    return file.getvalue()


def unwav(data: bytes) -> tuple[Pcm, int]:
    """The samples of a mono 16 bit WAV, and their rate."""
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        frames = file.readframes(file.getnframes())
        return np.frombuffer(frames, "<i2"), file.getframerate()


def encoded(pcm: Pcm, container: str, codec: str = "libopus", **options: str) -> bytes:
    """`pcm` in a file of this container, as a browser's recorder writes it."""
    file = io.BytesIO()
    with av.open(file, "w", format=container, options=options) as out:
        stream: Any = out.add_stream(codec, rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(
            _at_rate(pcm, RATE_HZ, 48_000).reshape(1, -1), format="s16", layout="mono"
        )
        frame.sample_rate = 48_000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            out.mux(packet)
    return file.getvalue()


def _at_rate(pcm: Pcm, from_hz: int, to_hz: int = RATE_HZ) -> Pcm:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=to_hz)
    parts = []
    for start in range(0, len(pcm), from_hz):
        frame = av.AudioFrame.from_ndarray(
            pcm[start : start + from_hz].reshape(1, -1), format="s16", layout="mono"
        )
        frame.sample_rate = from_hz
        parts += resampler.resample(frame)
    parts += resampler.resample(None)
    return np.concatenate([part.to_ndarray()[0] for part in parts]).astype(np.int16)


def envelope(pcm: Pcm, rate_hz: int = RATE_HZ, *, window_s: float = 0.04) -> Any:
    """How loud it is, window by window."""
    size = round(rate_hz * window_s)
    whole = pcm[: len(pcm) // size * size].astype(float).reshape(-1, size)
    return np.sqrt((whole**2).mean(axis=1))


def likeness(heard: Pcm, said: Pcm) -> float:
    """How well the loudness of two recordings agrees where they agree best: 1 is the same."""
    other = envelope(said)
    best = 0.0
    for shift in range(0, 640, 80):  # a window is 40 ms: try 5 ms steps
        padded = np.pad(envelope(heard[shift:]), len(other))
        for at in range(len(padded) - len(other)):
            piece = padded[at : at + len(other)]
            if piece.std() > 0:
                best = max(best, float(np.corrcoef(piece, other)[0, 1]))
    return best
