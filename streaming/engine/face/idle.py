"""The small movements of somebody who sits and does nothing much.

Each is a pure function of time and a seed: irregular, yet the same every time. Time is
cut into cells, and what happens in a cell is drawn from the seed and the cell's number,
so any moment can be asked for without the ones before it.
"""

import hashlib
import math
from functools import lru_cache

BLINK_CELL_S = 4.9  # one blink in each: 12 a minute, and a few double ones
BLINK_S = 0.24
APART_S = 0.7  # nobody blinks with a glance who blinks by himself about then
GAZE_CELL_S = 1.7
BROW_CELL_S = 5.9
BREATH_S = 4.1


def chance(seed: int, what: str, cell: int) -> float:
    """A number in [0, 1) that depends on nothing but what it is asked for."""
    return _chances(seed, what, cell)


@lru_cache(maxsize=4096)
def _chances(seed: int, what: str, cell: int) -> float:
    digest = hashlib.blake2b(f"{seed}/{what}/{cell}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def smooth(x: float) -> float:
    """From 0 to 1 without a jerk at either end."""
    x = min(1.0, max(0.0, x))
    return x * x * (3 - 2 * x)


def bump(x: float) -> float:
    """Up and down again while x goes from 0 to 1; 0 outside."""
    return math.sin(math.pi * x) ** 2 if 0 < x < 1 else 0.0


def breath(seed: int, t_s: float) -> float:
    """How full the lungs are, 0 to 1: in a little quicker than out, with a pause."""
    phase = t_s / BREATH_S + chance(seed, "breath", 0)
    phase += 0.08 * math.sin(2 * math.pi * t_s / 17.3)
    x = phase % 1.0
    if x < 0.42:
        return smooth(x / 0.42)
    return 1 - smooth((x - 0.42) / 0.5)


def sway(seed: int, t_s: float) -> float:
    """Where the head has drifted to, about -1 to 1."""
    return (
        0.52 * _wave(seed, "sway1", t_s, 6.7)
        + 0.34 * _wave(seed, "sway2", t_s, 10.9)
        + 0.22 * _wave(seed, "sway3", t_s, 3.9)
    )


def drift(seed: int, t_s: float) -> float:
    """The same, up and down; slower and smaller."""
    return 0.6 * _wave(seed, "drift1", t_s, 8.3) + 0.4 * _wave(seed, "drift2", t_s, 5.1)


def breath_along(sway: float) -> float:
    """A breath in and out for each part of the head's way to the side."""
    return 0.5 + 0.5 * math.sin(5.0 * sway)


def drift_along(sway: float) -> float:
    """The arc that a head describes when it swings from side to side."""
    return 0.7 - 2.2 * min(1.0, abs(sway)) ** 2


def lids(seed: int, t_s: float) -> float:
    """How far the lids are down, 0 open to 1 closed."""
    cell = math.floor(t_s / BLINK_CELL_S)
    return max(
        _blink(t_s - at_s)
        for near in (cell - 1, cell)
        for at_s in _blinks_in(seed, near)
    )


def lids_with_glances(seed: int, t_s: float, wandering: float) -> float:
    """The same for the blinks that go with every third jump of the eyes."""
    cell = math.floor(t_s / GAZE_CELL_S)
    glance = _glance_in(seed, cell, wandering)
    if glance is None or chance(seed, "glance blink", cell) > 0.35:
        return 0.0
    at_s = glance[0] - 0.06
    return _blink(t_s - at_s) if _is_awake(seed, at_s) else 0.0


def lids_at_end(seed: int, t_s: float, ended_at_s: float) -> float:
    """The same for the blink that often follows what was said."""
    at_s = ended_at_s + 0.1
    if not 0 < t_s - at_s < BLINK_S or not _is_awake(seed, at_s):
        return 0.0
    often = chance(seed, "end blink", round(ended_at_s * 1000)) < 0.5
    return _blink(t_s - at_s) if often else 0.0


def gaze(seed: int, t_s: float, wandering: float) -> tuple[float, float]:
    """Where the eyes point, each axis -1 to 1.

    They jump, as eyes do, and come back to the viewer; `wandering` is the share of
    cells with a glance away.
    """
    cell = math.floor(t_s / GAZE_CELL_S)
    glance = _glance_in(seed, cell, wandering)
    if glance is None or not glance[0] <= t_s < glance[1]:
        return 0.0, 0.0
    x = -1.0 if chance(seed, "glance side", cell) < 0.5 else 1.0
    height = chance(seed, "glance height", cell)
    y = -1.0 if height < 0.15 else 1.0 if height > 0.8 else 0.0
    return x * (1.0 if height > 0.6 else 0.5), y


def brow_flicker(seed: int, t_s: float) -> float:
    """A short lift of the brows now and then, 0 to 1."""
    cell = math.floor(t_s / BROW_CELL_S)
    if chance(seed, "brow", cell) > 0.45:
        return 0.0
    at_s = cell * BROW_CELL_S + 1 + 3 * chance(seed, "brow at", cell)
    return bump((t_s - at_s) / 0.7)


def _wave(seed: int, what: str, t_s: float, period_s: float) -> float:
    return math.sin(2 * math.pi * (t_s / period_s + chance(seed, what, 0)))


def _glance_in(seed: int, cell: int, wandering: float) -> tuple[float, float] | None:
    """When a glance away begins and ends, if there is one in a cell."""
    if chance(seed, "glance", cell) >= wandering:
        return None
    at_s = cell * GAZE_CELL_S + 0.15 + 0.5 * chance(seed, "glance at", cell)
    return at_s, at_s + 0.35 + 0.5 * chance(seed, "glance for", cell)


def _is_awake(seed: int, t_s: float) -> bool:
    """Whether no blink that comes by itself is near."""
    cell = math.floor(t_s / BLINK_CELL_S)
    return all(
        abs(at_s - t_s) > APART_S
        for near in (cell - 1, cell, cell + 1)
        for at_s in _blinks_in(seed, near)
    )


def _blinks_in(seed: int, cell: int) -> list[float]:
    """When the blinks of a cell begin; never within half a second of its end."""
    room_s = BLINK_CELL_S - 1.3
    at_s = cell * BLINK_CELL_S + 0.3 + room_s * chance(seed, "blink", cell)
    if chance(seed, "double blink", cell) < 0.16:
        return [at_s, at_s + BLINK_S + 0.1]
    return [at_s]


def _blink(since_s: float) -> float:
    """The lids during one blink: shut in 80 ms, up again more slowly."""
    if not 0 < since_s < BLINK_S:
        return 0.0
    if since_s < 0.12:
        return min(1.0, since_s / 0.07)
    return 1 - (since_s - 0.12) / (BLINK_S - 0.12)
