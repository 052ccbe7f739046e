"""Sound that came from elsewhere: what it is, and whether it can be speech at all."""

import io
from dataclasses import dataclass
from typing import Final

import av
import numpy as np

from streaming.engine.speech.sound import (
    RATE_HZ,
    Samples,
    audible_span,
    faded,
    resampled,
)

_LEAD: Final = RATE_HZ * 4 // 1000
_TAIL: Final = RATE_HZ * 120 // 1000
_LOUDEST: Final = 0.5  # of full scale, on average: no speech is louder, noise is
_LONGEST_S: Final = 2.0  # for a character; one second more than that for all of them
_SHORTEST_S: Final = 0.012
_FILES: Final = (b"RIFF", b"OggS", b"fLaC", b"ID3", b"\x1aE\xdf\xa3")
_BARE: Final = ("audio/pcm", "audio/l16", "audio/x-pcm", "application/octet-stream")


class NotSpeech(Exception):
    """What came cannot be speech; the message says why."""


@dataclass(frozen=True, slots=True)
class Received:
    """A body, its media type, and the rate of its samples if it is nothing else."""

    body: bytes
    kind: str
    rate_hz: int


def spoken_sound(received: Received, *, chars: int) -> Samples:
    """The sound at 48 kHz, without the silence around it.

    `chars` is the length of the text it should say. Raises `NotSpeech`.
    """
    pcm = _samples(received)
    first, last = audible_span(pcm, lead=_LEAD, tail=_TAIL)
    heard = pcm[first:last]
    if not len(heard):
        raise NotSpeech("silence")
    loudness = float(np.sqrt(np.mean((heard.astype(np.float32) / 32768) ** 2)))
    lasts_s = len(heard) / RATE_HZ
    if loudness > _LOUDEST or lasts_s > _LONGEST_S * chars + 1:
        raise NotSpeech("garbage")
    if lasts_s < _SHORTEST_S * chars:
        raise NotSpeech("cut short")
    return faded(heard)


def _samples(received: Received) -> Samples:
    body, kind = received.body, received.kind
    if kind.startswith("text/") or kind.endswith("json"):
        raise NotSpeech("no sound")
    if not body.startswith(_FILES) and (kind in _BARE or not kind.startswith("audio/")):
        whole = len(body) // 2 * 2
        samples = np.frombuffer(body[:whole], "<i2").astype(np.int16)
        return resampled(samples, received.rate_hz)
    try:
        return _decoded(body)
    except (av.FFmpegError, IndexError, ValueError) as exc:
        raise NotSpeech("garbage") from exc


def _decoded(body: bytes) -> Samples:
    """A file of any format: some services send what they like."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
    parts = []
    with av.open(io.BytesIO(body), "r") as container:
        for frame in container.decode(container.streams.audio[0]):
            parts += resampler.resample(frame)
        parts += resampler.resample(None)
    if not parts:
        return np.zeros(0, np.int16)
    return np.concatenate([part.to_ndarray()[0] for part in parts])
