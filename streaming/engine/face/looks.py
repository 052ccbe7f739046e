"""What the parts that are drawn for the moment can look like."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cache, lru_cache

from streaming.engine.emotions import Emotion
from streaming.engine.face import eyes, mouths
from streaming.engine.face.articulation import mouth_for, quantised, shape_at
from streaming.engine.face.character import Layer, Rect
from streaming.engine.face.expressions import PLAIN, Expression, drawn_as
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

#: an emotion as it is drawn, and what of a part is seen; None where nothing changes
Choice = tuple[Emotion, Hashable] | None

_LIKE = 5.0  # how different two mouths may be and still pass for one another


def drawing(layer: Layer, choice: Hashable, expression: Expression = PLAIN) -> str:
    """An eyes, brows or mouth layer as it looks with one of its choices, as SVG."""
    match layer.id, choice:
        case "eyes", Glance() as glance:
            return eyes.eyes_svg(layer.look, glance, expression)
        case "brows", int(level):
            return eyes.brows_svg(layer.look, level, expression)
        case "mouth", Mouth() as mouth:
            x, y = layer.look.number("cx", 640), layer.look.number("cy", 430)
            return (
                f'<g transform="translate({x} {y})">'
                f"{mouths.mouth_svg(layer.look, mouth, expression.smile)}</g>"
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
    """Every mouth that can be: those that are held, and what comes between any two."""
    found = dict.fromkeys(_held_mouths())
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


@cache
def few_mouths() -> tuple[Mouth, ...]:
    """Every one that is held, and of what comes between them one of each few."""
    few = list(dict.fromkeys(_held_mouths()))
    for mouth in mouth_shapes():
        near = (one for one in few if is_shut(one) == is_shut(mouth))
        if min((_seen_difference(one, mouth) for one in near), default=_LIKE) >= _LIKE:
            few.append(mouth)
    return tuple(few)


@lru_cache(maxsize=4096)
def passing_mouth(mouth: Mouth) -> Mouth:
    """The one of few that is shown for `mouth`; shut lips stay shut, and open ones open."""
    return min(
        (shown for shown in few_mouths() if is_shut(shown) == is_shut(mouth)),
        key=lambda shown: _seen_difference(shown, mouth),
    )


def _held_mouths() -> list[Mouth]:
    """Those of the sounds, and those of who listens and of who thinks."""
    return [*(mouth_for(viseme) for viseme in Viseme), Mouth(wide=4), Mouth(wide=-4)]


def is_shut(mouth: Mouth) -> bool:
    return mouth.open == 0


@lru_cache(maxsize=4096)
def nearest_mouth(mouth: Mouth) -> Mouth:
    """The drawn mouth that is most like another one; shut lips stay shut."""
    return min(
        (drawn for drawn in mouth_shapes() if is_shut(drawn) == is_shut(mouth)),
        key=lambda drawn: _difference(drawn, mouth),
    )


def _difference(one: Mouth, other: Mouth) -> float:
    return _weighed((3.0, 1.0, 0.4, 0.4, 1.0), one, other)


def _seen_difference(one: Mouth, other: Mouth) -> float:
    return _weighed((4.0, 0.6, 0.2, 0.2, 0.6), one, other)


def _weighed(weights: Sequence[float], one: Mouth, other: Mouth) -> float:
    return sum(
        weight * (a - b) ** 2 for weight, a, b in zip(weights, one, other, strict=True)
    )


def nothing(pose: Pose) -> None:
    return None


def _glance(pose: Pose) -> Choice:
    glance = Glance(pose.lids, pose.gaze_x, pose.gaze_y)
    return drawn_as(pose.emotion), glance.canonical()


def _brows(pose: Pose) -> Choice:
    return drawn_as(pose.emotion), pose.brows


def _mouth(pose: Pose) -> Choice:
    emotion = drawn_as(pose.emotion)
    nearest = nearest_mouth if emotion is Emotion.NEUTRAL else passing_mouth
    return emotion, nearest(pose.mouth)


CHOOSE: Mapping[str, Callable[[Pose], Choice]] = {
    "eyes": _glance,
    "brows": _brows,
    "mouth": _mouth,
}
#: all that a part can look like in an emotion; most are in none, so that has more
LOOKS: Mapping[str, Callable[[Emotion], Sequence[Hashable]]] = {
    "eyes": lambda emotion: glances(),
    "brows": lambda emotion: brow_levels(),
    "mouth": lambda emotion: (
        mouth_shapes() if emotion is Emotion.NEUTRAL else few_mouths()
    ),
}
PLACES: Mapping[str, Callable[[Layer], Rect]] = {
    "eyes": lambda layer: eyes.eyes_box(layer.look),
    "brows": lambda layer: eyes.brows_box(layer.look),
    "mouth": _mouth_place,
}
