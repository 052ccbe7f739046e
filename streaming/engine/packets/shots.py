"""Which pictures are made: fewer than there are poses, by what nobody would see."""

from collections.abc import Iterator
from functools import cache, lru_cache

from streaming.engine.face.articulation import mouth_for
from streaming.engine.face.looks import mouth_shapes
from streaming.engine.face.poses import LIDS_CLOSED, Mouth, Pose
from streaming.engine.face.visemes import Viseme

_BREATH_STEPS = 2
_LIKE = 5.0  # how different two mouths may be and still pass for one another
# Where else to look for a picture that is not there yet, the least visible first.
_SHIFTS = sorted(
    (
        (sway, nod, brows)
        for sway in (0, -1, 1, -2, 2)
        for nod in (0, -1, 1, -2, 2)
        for brows in (0, -1, 1)
        if (sway, nod, brows) != (0, 0, 0)
    ),
    key=lambda shift: shift[0] ** 2 + shift[1] ** 2 + 2 * shift[2] ** 2,
)


def shot(pose: Pose) -> Pose:
    """The pose whose picture is shown for `pose`."""
    lids = pose.lids
    is_open = lids < LIDS_CLOSED - 1
    return pose._replace(
        breath=pose.breath // _BREATH_STEPS * _BREATH_STEPS,
        gaze_x=pose.gaze_x if is_open else 0,
        gaze_y=pose.gaze_y if is_open else 0,
        mouth=passing_mouth(pose.mouth),
    )


def like(wanted: Pose) -> Iterator[Pose]:
    """Poses that pass for `wanted` for a moment: the head a pixel or two elsewhere.

    Mouth and lids are never others, since it is them that are watched.
    """
    for sway, nod, brows in _SHIFTS:
        yield wanted._replace(
            sway=wanted.sway + sway, nod=wanted.nod + nod, brows=wanted.brows + brows
        )


@lru_cache(maxsize=4096)
def passing_mouth(mouth: Mouth) -> Mouth:
    """The mouth that is shown for `mouth`; shut lips stay shut, and open ones open."""
    return min(
        (shown for shown in shown_mouths() if _is_shut(shown) == _is_shut(mouth)),
        key=lambda shown: _difference(shown, mouth),
    )


@cache
def shown_mouths() -> tuple[Mouth, ...]:
    """Every shape that is held, and of what comes between them one of each few."""
    shown = list(dict.fromkeys(mouth_for(viseme) for viseme in Viseme))
    for mouth in mouth_shapes():
        near = (one for one in shown if _is_shut(one) == _is_shut(mouth))
        if min((_difference(one, mouth) for one in near), default=_LIKE) >= _LIKE:
            shown.append(mouth)
    return tuple(shown)


def _is_shut(mouth: Mouth) -> bool:
    return mouth.open == 0


def _difference(one: Mouth, other: Mouth) -> float:
    weights = (4.0, 0.6, 0.2, 0.2, 0.6)
    return sum(
        weight * (a - b) ** 2 for weight, a, b in zip(weights, one, other, strict=True)
    )
