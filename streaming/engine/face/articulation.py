"""How a mouth gets from shape to shape.

Each key pulls the mouth towards its shape for as long as it lasts, and a little before:
a mouth gets ready for what it will say. What is seen is the mean of all that pull at a
moment, so a short slack sound between two strong ones hardly shows. Lips that must meet
do meet, whatever else pulls.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence

from streaming.engine.face.poses import MAX_MOUTH, Mouth
from streaming.engine.face.visemes import VOWELS, MouthKey, Viseme

LEAD_S = 0.045  # how far the mouth is ahead of the sound
REACH_S = 0.075  # how far a shape is felt to either side
UNHURRIED_S = 0.1  # a vowel that is shorter does not get to its shape
SWING, SWING_S = 3.4, 0.04  # eighths of an open mouth, and the time that they take
TUCKED, OPEN_TUCKED = 2.0, 1  # from where a lip is under the teeth, and how open then
PRESS_RAMP_S = 0.08  # from an open mouth to shut lips

Shape = tuple[float, float, float, float, float]

#: (open, wide, teeth, tongue, tuck), as in `Mouth`
SHAPES: dict[Viseme, Shape] = {
    Viseme.SIL: (0.0, 0.0, 0.0, 0.0, 0.0),
    Viseme.MBP: (0.0, -1.0, 0.0, 0.0, -8.0),
    Viseme.FV: (1.5, 1.0, 4.0, 0.0, 8.0),
    Viseme.TH: (2.4, 1.0, 4.0, 7.0, 0.0),
    Viseme.TDN: (2.0, 2.0, 5.0, 4.0, 0.0),
    Viseme.KG: (2.6, 0.0, 2.0, 2.0, 0.0),
    Viseme.CH: (2.4, -5.0, 8.0, 0.0, 0.0),
    Viseme.SZ: (1.6, 4.0, 8.0, 0.0, 0.0),
    Viseme.L: (3.2, 2.0, 3.0, 8.0, 0.0),
    Viseme.R: (2.2, -4.0, 3.0, 2.0, 0.0),
    Viseme.AA: (7.0, 0.5, 3.0, 0.0, 0.0),
    Viseme.EH: (4.8, 4.0, 4.0, 0.0, 0.0),
    Viseme.IH: (2.6, 7.0, 5.0, 0.0, 0.0),
    Viseme.OH: (5.0, -5.0, 0.0, 0.0, 0.0),
    Viseme.UU: (2.2, -8.0, 0.0, 0.0, 0.0),
    Viseme.UH: (3.6, 0.0, 2.0, 0.0, 0.0),
}

#: how much a shape holds its own against its neighbours
_PULL: dict[Viseme, float] = {
    Viseme.MBP: 2.5,
    Viseme.FV: 4.0,
    Viseme.TH: 1.6,
    Viseme.CH: 1.6,
    Viseme.SZ: 1.2,
    Viseme.TDN: 0.8,
    Viseme.L: 1.2,
    Viseme.R: 0.8,
    Viseme.KG: 0.4,
    Viseme.UU: 1.3,
    Viseme.OH: 1.2,
    Viseme.SIL: 0.8,
}


def shape_at(keys: Sequence[MouthKey], t_s: float) -> Shape:
    """The mouth `t_s` into an utterance; `keys` are in order, the last one holds on.

    It opens and shuts no faster than can be followed: what is open between two pictures
    that are not stays behind, and never the other way around, so lips that have to meet
    do.
    """
    opened, *rest = _wanted_at(keys, t_s)
    if opened > SWING:
        for then_s in (t_s - SWING_S, t_s + SWING_S):
            opened = min(opened, _wanted_at(keys, then_s)[0] + SWING)
    wide, teeth, tongue, tuck = rest
    return opened, wide, teeth, tongue, tuck


def _wanted_at(keys: Sequence[MouthKey], t_s: float) -> Shape:
    """The same without a limit to speed."""
    at_s = t_s + LEAD_S
    first = bisect_left(keys, at_s - REACH_S, key=lambda key: key.at_s) - 1
    last = bisect_left(keys, at_s + REACH_S, key=lambda key: key.at_s)
    total = [0.0] * 5
    weight = 0.0
    for index in range(first, last):
        pull, shape = _pull(keys, index, at_s)
        weight += pull
        for axis, value in enumerate(shape):
            total[axis] += pull * value
    opened, wide, teeth, tongue, tuck = (value / weight for value in total)
    shut = _shut(keys[max(first - 2, 0) : last + 2], t_s)
    tuck = max(tuck, 0.0) * (1 - shut) - 8 * shut
    opened *= 1 - shut
    if tuck >= TUCKED:
        opened = min(opened, OPEN_TUCKED)
    return opened, wide, teeth * (1 - shut), tongue * (1 - shut), tuck


def quantised(shape: Shape) -> Mouth:
    """The nearest of the mouths that are drawn.

    Details get fewer steps than the opening, and none where they would not be seen, to
    keep the number of pictures small.
    """
    opened = _step(shape[0], 1, 0, MAX_MOUTH)
    tuck = _step(shape[4], 4, -MAX_MOUTH, MAX_MOUTH)
    wide = _step(shape[1], 2, -MAX_MOUTH, MAX_MOUTH)
    if opened == 0:
        return Mouth(0, max(-4, min(4, wide)), 0, 0, min(tuck, 4))
    if tuck > 0:
        return Mouth(min(opened, OPEN_TUCKED), max(-2, min(2, wide)), 4, 0, tuck)
    teeth = _step(shape[2], 4, 0, MAX_MOUTH) if wide > -6 else 0
    tongue = _step(shape[3], 4, 0, MAX_MOUTH) if opened > 1 and wide > -4 else 0
    return Mouth(opened, wide, teeth, tongue, 0)


def mouth_for(viseme: Viseme) -> Mouth:
    """A shape as it looks when it is held."""
    return quantised(SHAPES[viseme])


def _pull(
    keys: Sequence[MouthKey], index: int, at_s: float
) -> tuple[float, tuple[float, ...]]:
    """How strongly a key acts at a moment, and towards what.

    Before the first key the mouth is at rest, which is one more key at index -1.
    """
    if index < 0:
        ends_s = keys[0].at_s if keys else math.inf
        return _PULL[Viseme.SIL] * _share(at_s, -math.inf, ends_s) + 1e-9, SHAPES[
            Viseme.SIL
        ]
    key = keys[index]
    ends_s = keys[index + 1].at_s if index + 1 < len(keys) else math.inf
    pull = _PULL.get(key.viseme, 1.0) * _share(at_s, key.at_s, ends_s)
    opened, *rest = SHAPES[key.viseme]
    if key.viseme in VOWELS:
        opened *= key.strength * (
            0.6 + 0.4 * min(1.0, (ends_s - key.at_s) / UNHURRIED_S)
        )
    return pull + 1e-9, (min(8.0, opened), *rest)


def _share(at_s: float, starts_s: float, ends_s: float) -> float:
    """The part of a smooth window around a moment that falls between two others."""
    return _window_until(ends_s - at_s) - _window_until(starts_s - at_s)


def _window_until(x_s: float) -> float:
    """The area of a raised cosine, of total 1 and half width `REACH_S`, up to x."""
    x = max(-1.0, min(1.0, x_s / REACH_S))
    return 0.5 * (1 + x + math.sin(math.pi * x) / math.pi)


def _shut(keys: Sequence[MouthKey], t_s: float) -> float:
    """How firmly the lips have to be shut, 0 to 1, for a sound that needs it.

    They are fully shut for 80 ms and more, two pictures at 25 a second, so that one of
    these always shows it. Where the next sound needs the lower lip elsewhere, it goes
    there without opening first, and one picture has to do.
    """
    firmest = 0.0
    for index, key in enumerate(keys):
        if key.viseme is not Viseme.MBP:
            continue
        after = keys[index + 1] if index + 1 < len(keys) else key
        from_s, to_s = key.at_s - 0.02, max(key.at_s + 0.06, after.at_s - 0.03)
        free_s = min(to_s + PRESS_RAMP_S, _tucks_at_s(keys[index + 1 :]))
        to_s = max(key.at_s + 0.022, min(to_s, free_s - 0.01))
        if t_s < from_s:
            firmest = max(firmest, 1 - (from_s - t_s) / PRESS_RAMP_S)
        elif t_s <= to_s:
            return 1.0
        elif t_s < free_s:
            firmest = max(firmest, (free_s - t_s) / (free_s - to_s))
    return firmest


def _tucks_at_s(keys: Sequence[MouthKey]) -> float:
    """When the lower lip is next wanted under the teeth."""
    return next((key.at_s for key in keys if key.viseme is Viseme.FV), math.inf)


def _step(value: float, size: int, low: int, high: int) -> int:
    return int(max(low, min(high, size * round(value / size))))
