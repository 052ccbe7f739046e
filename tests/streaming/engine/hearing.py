"""What a listener can tell of a voice, taken from its sound alone."""

import numpy as np

from streaming.engine.speech.sound import RATE_HZ, Samples

_WINDOW = RATE_HZ * 46 // 1000
_STEP = RATE_HZ // 50
_LOWEST_HZ, _HIGHEST_HZ = 60, 400
_VOICED = 0.6  # how alike a sound and its echo one period later must be
_AUDIBLE = 800  # of 32767


def pitches_hz(pcm: Samples) -> "np.ndarray":
    """The voice's pitch, fifty times a second where there is one."""
    found = []
    for start in range(0, len(pcm) - _WINDOW, _STEP):
        window = pcm[start : start + _WINDOW].astype(float)
        if np.sqrt(np.mean(window**2)) < _AUDIBLE:
            continue
        spectrum = np.fft.rfft(window - window.mean(), 2 * _WINDOW)
        echo = np.fft.irfft(np.abs(spectrum) ** 2)[:_WINDOW]
        first, last = RATE_HZ // _HIGHEST_HZ, RATE_HZ // _LOWEST_HZ
        period = first + int(np.argmax(echo[first:last]))
        if echo[period] > _VOICED * echo[0]:
            found.append(RATE_HZ / period)
    return np.array(found)


def pitch_hz(pcm: Samples) -> float:
    return float(np.median(pitches_hz(pcm)))


def liveliness(pcm: Samples) -> float:
    """How far the pitch moves, in semitones around its middle; slips left out."""
    semitones = 12 * np.log2(pitches_hz(pcm) / pitch_hz(pcm))
    return float(semitones[np.abs(semitones) < 11].std())


def loudness(pcm: Samples) -> float:
    """Of 32767, where there is sound."""
    sound = pcm[np.abs(pcm.astype(int)) > 100].astype(float)
    return float(np.sqrt(np.mean(sound**2)))
