"""What a mouth does, taken from sound alone.

Nobody tells which phonemes a voice from elsewhere says. How open the mouth is shows in
how loud the voice is, and in how high its first formant lies; its spread or rounding in
the second; teeth in the hiss above 4 kHz, and lips that meet in a short dip of it all.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from streaming.engine.face import MouthKey, Viseme
from streaming.engine.face.articulation import SHAPES
from streaming.engine.speech.sound import RATE_HZ, Samples

_HOP: Final = RATE_HZ // 100
_WINDOW: Final = 1024  # 21 ms
_STEP_S: Final = _HOP / RATE_HZ

_CLOSE_HZ: Final = (200, 450)
_OPEN_HZ: Final = (550, 1100)
_BACK_HZ: Final = (500, 1100)
_FRONT_HZ: Final = (1600, 2800)
_TALK_HZ: Final = (200, 3500)
_HISS_HZ: Final = (4000, 10_000)
_LOW_HISS_HZ: Final = (2000, 4000)

_MEMORY_S: Final = 1.5  # to either side: how loud this voice is around here
_SILENT_DB: Final = -32.0  # below the voice's loud sounds
_SILENT_DBFS: Final = -58.0
_OPEN_RANGE_DB: Final = 25.0
_TILT_DB: Final = 12.0
_HISS_DB: Final = 3.0
_DIP_DB: Final = 11.0
_LONGEST_DIP: Final = 14  # hops
_WIDEST: Final = 7.5  # how far the mouth opens
_HOLD: Final = 4  # hops that a shape lasts at least

Curve = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Sound:
    """Loudness in decibels, a hundred times a second, all and by range."""

    talk: Curve
    close: Curve
    opening: Curve
    back: Curve
    front: Curve
    hiss: Curve
    low_hiss: Curve
    loud: Curve  #: how loud `talk` is when the mouth is wide open, around here


def lips_from_sound(pcm: Samples) -> list[MouthKey]:
    """The mouth's part for a piece of speech; the last key closes the mouth.

    Takes about 2 ms for a second of sound.
    """
    ends_s = len(pcm) / RATE_HZ
    if len(pcm) < _WINDOW:
        return [MouthKey(ends_s, Viseme.SIL)]
    sound = _analysed(pcm)
    openness = _openness(sound)
    shapes = _held(_shapes(sound, openness))
    keys = [
        _key(start, end, shapes[start], openness)
        for start, end in _runs(shapes, openness)
    ]
    return [*keys, MouthKey(ends_s, Viseme.SIL)]


def _analysed(pcm: Samples) -> _Sound:
    padded = np.pad(pcm.astype(np.float32) / 32768, _WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(_WINDOW), axis=1)) ** 2
    hz = np.fft.rfftfreq(_WINDOW, 1 / RATE_HZ)

    def band(low_hz: float, high_hz: float) -> Curve:
        power = spectrum[:, (hz >= low_hz) & (hz < high_hz)].sum(axis=1)
        decibels: Curve = 10 * np.log10(power / (_WINDOW**2 / 8) + 1e-10)
        return decibels

    talk = band(*_TALK_HZ)
    return _Sound(
        talk=talk,
        close=band(*_CLOSE_HZ),
        opening=band(*_OPEN_HZ),
        back=band(*_BACK_HZ),
        front=band(*_FRONT_HZ),
        hiss=band(*_HISS_HZ),
        low_hiss=band(*_LOW_HISS_HZ),
        loud=_loud(talk),
    )


def _loud(level: Curve) -> Curve:
    """The upper tenth of what is heard within `_MEMORY_S`, of the loud half at least."""
    reach = round(_MEMORY_S / _STEP_S)
    knots = range(0, len(level), reach // 3)
    local = [np.percentile(level[max(0, k - reach) : k + reach], 92) for k in knots]
    least = float(np.percentile(level, 92)) - 9
    return np.maximum(np.interp(range(len(level)), list(knots), local), least)


def _openness(sound: _Sound) -> Curve:
    """0 to 1: an "ah" is loud and its first formant high, an "ee" only loud."""
    level = np.clip((sound.talk - sound.loud) / _OPEN_RANGE_DB + 1, 0, 1)
    tilt = np.clip((sound.opening - sound.close) / _TILT_DB, -1.4, 1.4)
    raw = level * (0.62 + 0.32 * tilt)
    smooth = np.convolve(np.pad(raw, 2, "edge"), (0.1, 0.2, 0.4, 0.2, 0.1), "valid")
    openness: Curve = np.clip(smooth, 0, 1)
    return openness


def _shapes(sound: _Sound, openness: Curve) -> list[Viseme]:
    forward = sound.front - sound.back
    # Voices differ in colour, so what counts is what is usual for this one.
    voiced = openness > 0.3
    usual = float(np.median(forward[voiced])) if voiced.any() else 0.0
    loudest = np.maximum(sound.talk, sound.hiss)
    silent = loudest < np.maximum(sound.loud + _SILENT_DB, _SILENT_DBFS)
    voice = np.maximum(sound.close, sound.opening)
    hissing = (np.maximum(sound.hiss, sound.low_hiss) > voice + _HISS_DB) & ~silent
    shapes = [
        _vowel(float(openness[index]), float(forward[index]) - usual)
        for index in range(len(openness))
    ]
    for index in np.flatnonzero(hissing):
        low = sound.low_hiss[index] > sound.hiss[index] - 3
        shapes[index] = Viseme.CH if low else Viseme.SZ
    for index in np.flatnonzero(silent):
        shapes[index] = Viseme.SIL
    for start, end in _dips(sound, hissing):
        shapes[start:end] = [_closed(sound, end)] * (end - start)
    return shapes


def _vowel(openness: float, forward_db: float) -> Viseme:
    if openness > 0.62 and forward_db > -8:
        return Viseme.AA
    if forward_db > 5:
        return Viseme.EH if openness > 0.45 else Viseme.IH
    if forward_db < -6:
        return Viseme.OH if openness > 0.45 else Viseme.UU
    return Viseme.UH


def _dips(sound: _Sound, hissing: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where the voice is short of breath: much louder before and after, and no hiss."""
    # Between the pulses of a deep voice it is quiet too, but for a hundredth only.
    level = np.lib.stride_tricks.sliding_window_view(
        np.pad(sound.talk, 1, "edge"), 3
    ).max(axis=1)
    reach = _LONGEST_DIP
    padded = np.pad(level, reach, "edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, reach)
    before = around[: len(level)].max(axis=1)
    after = around[reach + 1 :].max(axis=1)
    low = level < np.minimum(before, after) - _DIP_DB
    low &= np.minimum(before, after) > sound.loud - _OPEN_RANGE_DB / 2
    low &= ~hissing
    edges = np.flatnonzero(np.diff(np.pad(low.astype(np.int8), 1)))
    runs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return [(start, end) for start, end in runs if 2 <= end - start <= _LONGEST_DIP]


def _closed(sound: _Sound, release: int) -> Viseme:
    """Lips or tongue: what the tongue lets go of has a bright burst."""
    burst = slice(max(0, release - 2), release + 2)
    bright = float(np.max(sound.hiss[burst])) - float(np.max(sound.opening[burst]))
    return Viseme.TDN if bright > -18 else Viseme.MBP


def _held(shapes: list[Viseme]) -> list[Viseme]:
    """No shape shorter than the eye can see: it goes with what was before it."""
    held = list(shapes)
    start = 0
    for index in range(1, len(held) + 1):
        if index < len(held) and held[index] is held[start]:
            continue
        is_closing = held[start] is Viseme.MBP
        if start > 0 and index - start < _HOLD and not is_closing:
            held[start:index] = [held[start - 1]] * (index - start)
        start = index
    return held


def _runs(shapes: list[Viseme], openness: Curve) -> list[tuple[int, int]]:
    """Stretches of one shape, cut where the mouth opens or closes much meanwhile."""
    cuts = [0]
    for index in range(1, len(shapes)):
        is_other = shapes[index] is not shapes[cuts[-1]]
        moved = abs(openness[index] - openness[cuts[-1]]) > 0.2
        if is_other or (moved and index - cuts[-1] >= _HOLD):
            cuts.append(index)
    return list(pairwise([*cuts, len(shapes)]))


def _key(start: int, end: int, shape: Viseme, openness: Curve) -> MouthKey:
    at_s = start * _STEP_S
    widest = SHAPES[shape][0]
    if shape in (Viseme.SIL, Viseme.MBP, Viseme.SZ, Viseme.CH, Viseme.TDN):
        return MouthKey(at_s, shape)
    wanted = float(np.mean(openness[start:end])) * _WIDEST
    return MouthKey(at_s, shape, min(1.0, wanted / widest))
