"""What the parts that are drawn for the moment can look like."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cache, lru_cache

from streaming.engine.face import eyes, mouths
from streaming.engine.face.articulation import mouth_for, quantised, shape_at
from streaming.engine.face.character import Layer, Rect
from streaming.engine.face.eyes import Glance
from streaming.engine.face.poses import (
    LIDS_CLOSED,
    MAX_BROWS,
    MAX_GAZE_X,
    MAX_GAZE_Y,
    MIN_BROWS,
    Mouth,
    Pose,
)
from streaming.engine.face.visemes import MouthKey, Viseme


def drawing(layer: Layer, choice: Hashable) -> str:
    """An eyes, brows or mouth layer as it looks with one of its choices, as SVG."""
    match layer.id, choice:
        case "eyes", Glance() as glance:
            return eyes.eyes_svg(layer.look, glance)
        case "brows", int(level):
            return eyes.brows_svg(layer.look, level)
        case "mouth", Mouth() as mouth:
            x, y = layer.look.number("cx", 640), layer.look.number("cy", 430)
            return (
                f'<g transform="translate({x} {y})">'
                f"{mouths.mouth_svg(layer.look, mouth)}</g>"
            )
    raise LookupError(f"no part {layer.id!r} looks like {choice!r}")


def _mouth_place(layer: Layer) -> Rect:
    left, top, width, height = mouths.mouth_box(layer.look)
    x, y = layer.look.number("cx", 640), layer.look.number("cy", 430)
    return (left + x, top + y, width, height)


@cache
def glances() -> tuple[Glance, ...]:
    """Every look of a pair of eyes."""
    return tuple(
        dict.fromkeys(
            Glance(shut, x, y).canonical()
            for shut in range(LIDS_CLOSED + 1)
            for x in range(-MAX_GAZE_X, MAX_GAZE_X + 1)
            for y in range(-MAX_GAZE_Y, MAX_GAZE_Y + 1)
        )
    )


@cache
def brow_levels() -> tuple[int, ...]:
    return tuple(range(MIN_BROWS, MAX_BROWS + 1))


@cache
def mouth_shapes() -> tuple[Mouth, ...]:
    """The mouths that are drawn: every shape, and what comes between any two."""
    found = dict.fromkeys(mouth_for(viseme) for viseme in Viseme)
    for before in Viseme:
        for after in Viseme:
            keys = (
                MouthKey(0.0, before, 1.0),
                MouthKey(0.12, after, 1.25),
                MouthKey(0.24, Viseme.SIL),
            )
            for step in range(14):
                found[quantised(shape_at(keys, step * 0.02))] = None
    return tuple(found)


@lru_cache(maxsize=4096)
def nearest_mouth(mouth: Mouth) -> Mouth:
    """The drawn mouth that is most like another one."""
    return min(mouth_shapes(), key=lambda drawn: _difference(drawn, mouth))


def _difference(one: Mouth, other: Mouth) -> float:
    weights = (3.0, 1.0, 0.4, 0.4, 1.0)
    return sum(
        weight * (a - b) ** 2 for weight, a, b in zip(weights, one, other, strict=True)
    )


def _glance(pose: Pose) -> Glance:
    return Glance(pose.lids, pose.gaze_x, pose.gaze_y).canonical()


def nothing(pose: Pose) -> None:
    return None


CHOOSE: Mapping[str, Callable[[Pose], Hashable]] = {
    "eyes": _glance,
    "brows": lambda pose: pose.brows,
    "mouth": lambda pose: nearest_mouth(pose.mouth),
}
LOOKS: Mapping[str, Callable[[], Sequence[Hashable]]] = {
    "eyes": glances,
    "brows": brow_levels,
    "mouth": mouth_shapes,
}
PLACES: Mapping[str, Callable[[Layer], Rect]] = {
    "eyes": lambda layer: eyes.eyes_box(layer.look),
    "brows": lambda layer: eyes.brows_box(layer.look),
    "mouth": _mouth_place,
}
