"""Parts of a character, put where a pose has them."""

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from PIL import Image

from streaming.engine.face.character import HEIGHT, WIDTH, Rect
from streaming.engine.face.looks import Choice
from streaming.engine.face.poses import BREATHS, MAX_NOD, MAX_SWAY, Pose
from streaming.engine.face.sprites import Affine, Box, Sprite, over, placed, sprite

# How far a head goes at the ends of a pose's scales, in drawing units and degrees.
SWAY_X, SWAY_X_DEPTH, SWAY_TURN = 13.0, 11.0, 2.6
NOD_Y, NOD_Y_DEPTH = 7.0, 9.0
BREATH_Y, BREATH_GROWTH = 3.2, 0.006


@dataclass(frozen=True, slots=True)
class Piece:
    """Something rendered, at its place in the drawing; one picture per choice."""

    rect: Rect
    depth: float
    picture: Callable[[Choice], Image.Image]


@dataclass(frozen=True, slots=True)
class Part:
    """Pieces that move together and end up as one sprite."""

    id: str
    moves: str
    box: Box
    pieces: Sequence[Piece]
    shown: tuple[float, float]  #: pixels per drawing unit, each way
    pivot: tuple[float, float]
    choose: Callable[[Pose], Choice]

    def moment(self, pose: Pose) -> Hashable:
        """What of a pose the sprite depends on."""
        choice = self.choose(pose)
        if self.moves == "head":
            return (self.id, pose.sway, pose.nod, choice)
        return (self.id, pose.breath if self.moves == "breath" else 0, choice)

    def sprite(self, pose: Pose) -> Sprite:
        """The part as a pose has it. Takes milliseconds."""
        choice = self.choose(pose)
        image: Image.Image | None = None
        for piece in self.pieces:
            picture = piece.picture(choice)
            seen = placed(picture, self._onto(piece, picture, pose), self.box)
            image = seen if image is None else over(seen, image)
        assert image is not None  # noqa: S101 - no part is without pieces
        return sprite(image, self.box)

    def _onto(self, piece: Piece, picture: Image.Image, pose: Pose) -> Affine:
        """From pixels of the box to pixels of a piece's picture."""
        a, b, c, d, e, f = self._back(piece.depth, pose)
        left, top, width, height = piece.rect
        across, down = picture.width / width, picture.height / height
        x_unit, y_unit = self.shown
        x0, y0 = self.box.left / x_unit, self.box.top / y_unit
        return (
            across * a / x_unit,
            across * b / y_unit,
            across * (a * x0 + b * y0 + c - left),
            down * d / x_unit,
            down * e / y_unit,
            down * (d * x0 + e * y0 + f - top),
        )

    def _back(self, depth: float, pose: Pose) -> Affine:
        """From where a point of the drawing has moved, back to where it was drawn."""
        if self.moves == "head":
            return _turned_back(self.pivot, depth, pose)
        if self.moves == "breath":
            full = pose.breath / (BREATHS - 1)
            shrink = 1 / (1 + BREATH_GROWTH * full)
            middle = self.pivot[0]
            return (shrink, 0.0, middle * (1 - shrink)) + (
                0.0,
                shrink,
                HEIGHT * (1 - shrink) + BREATH_Y * full,
            )
        return (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def _turned_back(pivot: tuple[float, float], depth: float, pose: Pose) -> Affine:
    sway, nod = pose.sway / MAX_SWAY, pose.nod / MAX_NOD
    dx = sway * (SWAY_X + SWAY_X_DEPTH * depth)
    dy = nod * (NOD_Y + NOD_Y_DEPTH * depth)
    angle = math.radians(SWAY_TURN * sway)
    cos, sin = math.cos(angle), math.sin(angle)
    x, y = pivot
    # Undo the shift, then turn the other way around the pivot.
    return (cos, sin, x - cos * (x + dx) - sin * (y + dy)) + (
        -sin,
        cos,
        y + sin * (x + dx) - cos * (y + dy),
    )


def box_around(rects: Sequence[Rect], moves: str, shown: tuple[float, float]) -> Box:
    """Pixels that a part may come to cover, within the picture."""
    room = {"head": 34.0, "breath": 8.0}.get(moves, 0.0)
    x0 = min(rect[0] for rect in rects) - room
    y0 = min(rect[1] for rect in rects) - room
    x1 = max(rect[0] + rect[2] for rect in rects) + room
    y1 = max(rect[1] + rect[3] for rect in rects) + room
    return Box(
        _even(max(0.0, x0 * shown[0]), math.floor),
        _even(max(0.0, y0 * shown[1]), math.floor),
        _even(min(WIDTH * shown[0], x1 * shown[0]), math.ceil),
        _even(min(HEIGHT * shown[1], y1 * shown[1]), math.ceil),
    )


def _even(value: float, whole: Callable[[float], int]) -> int:
    return 2 * whole(round(value, 6) / 2)
