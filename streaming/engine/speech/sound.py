"""Small things done to sound: another rate, no dead ends, no clicks. All pure."""

import av
import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]

RATE_HZ = 48000
_QUIET = 120  # of 32767, about -49 dB
_FADE_SAMPLES = RATE_HZ * 4 // 1000


def resampled(pcm: Samples, rate_hz: int) -> Samples:
    """`pcm` at 48 kHz: band-limited, and without moving it in time."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
    parts = []
    # A second at a time: one long frame makes the library's work grow quadratically.
    for start in range(0, len(pcm), rate_hz):
        frame = av.AudioFrame.from_ndarray(
            pcm[start : start + rate_hz].reshape(1, -1), format="s16", layout="mono"
        )
        frame.sample_rate = rate_hz
        parts += resampler.resample(frame)
    parts += resampler.resample(None)
    if not parts:
        return np.zeros(0, np.int16)
    joined = np.concatenate([part.to_ndarray()[0] for part in parts])
    return joined.astype(np.int16, copy=False)


def audible_span(pcm: Samples, *, lead: int, tail: int) -> tuple[int, int]:
    """From `lead` samples before the first sound to `tail` after the last.

    (0, 0) when there is no sound at all.
    """
    loud = np.flatnonzero(np.abs(pcm.astype(np.int32)) > _QUIET)
    if not len(loud):
        return 0, 0
    return max(0, int(loud[0]) - lead), min(len(pcm), int(loud[-1]) + 1 + tail)


def faded(pcm: Samples) -> Samples:
    """`pcm` with both ends brought gently to zero, so that neither clicks."""
    return faded_out(faded_out(pcm[::-1])[::-1])


def faded_out(pcm: Samples) -> Samples:
    """`pcm` with its last four milliseconds brought to zero."""
    length = min(_FADE_SAMPLES, len(pcm))
    if not length:
        return pcm
    softened = pcm.copy()
    ramp = np.linspace(1.0, 0.0, length)
    softened[-length:] = (softened[-length:] * ramp).astype(np.int16)
    return softened
