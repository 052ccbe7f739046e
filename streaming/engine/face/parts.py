"""A character's drawing, taken apart, rendered, and put where a pose has it."""

import io
import math
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby, islice

from PIL import Image

from streaming.engine.face import eyes, mouths
from streaming.engine.face.articulation import mouth_for, quantised, shape_at
from streaming.engine.face.character import (
    HEIGHT,
    PARTS,
    WIDTH,
    Character,
    Layer,
    character,
)
from streaming.engine.face.eyes import Glance
from streaming.engine.face.poses import (
    BREATHS,
    LIDS_CLOSED,
    MAX_BROWS,
    MAX_GAZE_X,
    MAX_GAZE_Y,
    MAX_NOD,
    MAX_SWAY,
    MIN_BROWS,
    Mouth,
    Pose,
)
from streaming.engine.face.raster import rasterise
from streaming.engine.face.sprites import (
    Affine,
    Box,
    Kept,
    Sprite,
    over,
    placed,
    sprite,
)
from streaming.engine.face.visemes import MouthKey, Viseme

Rect = tuple[float, float, float, float]  # left, top, width, height in drawing units

DETAIL = 1.5  # rendered pixels per shown pixel: keeps shifted pictures crisp
OVERSCAN: Rect = (-40, -40, WIDTH + 80, HEIGHT + 80)
PROBE_SCALE = 0.125
SHEET_CELLS = 15  # small sheets, so that two processes share the work evenly
KEPT_DRAWINGS = 4
KEPT_FRAMES = 100  # what is kept of a drawing, as a number of whole pictures

# How far a head goes at the ends of a pose's scales, in drawing units and degrees.
SWAY_X, SWAY_X_DEPTH, SWAY_TURN = 13.0, 11.0, 2.6
NOD_Y, NOD_Y_DEPTH = 7.0, 9.0
BREATH_Y, BREATH_GROWTH = 3.2, 0.006


@dataclass(frozen=True, slots=True)
class Piece:
    """Something rendered, at its place in the drawing; one picture per choice."""

    rect: Rect
    depth: float
    pictures: Mapping[Hashable, Image.Image]


@dataclass(frozen=True, slots=True)
class Part:
    """Pieces that move together and end up as one sprite."""

    id: str
    moves: str
    box: Box
    pieces: Sequence[Piece]
    shown: tuple[float, float]  #: pixels per drawing unit, each way
    pivot: tuple[float, float]
    choose: Callable[[Pose], Hashable]

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
            picture = piece.pictures[choice]
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


@dataclass(frozen=True, slots=True)
class Drawn:
    """A character, rendered for one size, and what has been made of it so far."""

    scene: Sequence[Part]
    parts: Sequence[Part]
    kept: Kept

    def sprites(self, pose: Pose) -> list[Sprite]:
        """The pieces of a picture, from back to front."""
        return [self._sprite(part, pose) for part in self.parts]

    def _sprite(self, part: Part, pose: Pose) -> Sprite:
        return self.kept.get(part.moment(pose), lambda: part.sprite(pose))


_drawings: OrderedDict[tuple[str, int, int], Drawn] = OrderedDict()
_drawings_lock = threading.Lock()


def drawn(avatar_id: str, width: int, height: int) -> Drawn:
    """Render a character, unless it is one of the last few rendered."""
    key = (avatar_id, width, height)
    with _drawings_lock:
        if key not in _drawings:
            _drawings[key] = _draw(character(avatar_id), width, height)
        _drawings.move_to_end(key)
        while len(_drawings) > KEPT_DRAWINGS:
            _drawings.popitem(last=False)
        return _drawings[key]


def _draw(person: Character, width: int, height: int) -> Drawn:
    shown = (width / WIDTH, height / HEIGHT)
    rects = _rects(person)
    layers = [layer for layer in person.layers if layer.id in rects]
    detail = max(shown) * DETAIL
    documents = [_documents(person, layer, rects[layer.id], detail) for layer in layers]
    images = iter(_images(document for some in documents for document in some))
    pieces = {
        layer.id: Piece(
            rects[layer.id],
            layer.depth,
            _pictures(layer, list(islice(images, len(some)))),
        )
        for layer, some in zip(layers, documents, strict=True)
    }
    parts: list[Part] = []
    for _, group in groupby(layers, _kind):
        run = list(group)
        parts.append(
            Part(
                id=run[0].id,
                moves=run[0].moves,
                box=_box([rects[layer.id] for layer in run], run[0].moves, shown),
                pieces=[pieces[layer.id] for layer in run],
                shown=shown,
                pivot=person.pivot,
                choose=_CHOICES.get(run[0].id, _nothing),
            )
        )
    return Drawn(
        scene=[part for part in parts if part.moves == "still"],
        parts=[part for part in parts if part.moves != "still"],
        kept=Kept(KEPT_FRAMES * width * height * 3 // 2),
    )


def _kind(layer: Layer) -> tuple[str, str]:
    """Neighbours of one kind become one part."""
    return layer.moves, layer.id if layer.id in PARTS else ""


def _rects(person: Character) -> dict[str, Rect]:
    """Where each layer has something to show."""
    plain = [layer for layer in person.layers if layer.id not in PARTS]
    probes = _images(
        person.document(layer.svg, OVERSCAN, PROBE_SCALE) for layer in plain
    )
    rects = {
        layer.id: _found(probe)
        for layer, probe in zip(plain, probes, strict=True)
        if probe.getbbox()
    }
    for layer in person.layers:
        if layer.id in PARTS:
            rects[layer.id] = _PLACES[layer.id](layer)
    return rects


def _found(probe: Image.Image) -> Rect:
    left, top, right, bottom = probe.getbbox() or (0, 0, 1, 1)
    unit = 1 / PROBE_SCALE
    x0 = max(OVERSCAN[0], OVERSCAN[0] + (left - 1) * unit)
    y0 = max(OVERSCAN[1], OVERSCAN[1] + (top - 1) * unit)
    x1 = min(OVERSCAN[0] + OVERSCAN[2], OVERSCAN[0] + (right + 1) * unit)
    y1 = min(OVERSCAN[1] + OVERSCAN[3], OVERSCAN[1] + (bottom + 1) * unit)
    return (x0, y0, x1 - x0, y1 - y0)


def _documents(person: Character, layer: Layer, rect: Rect, detail: float) -> list[str]:
    """What to render for a layer: one picture, or sheets with all it can look like."""
    if layer.id not in PARTS:
        return [person.document(layer.svg, rect, _detail(layer, detail))]
    size = (0.0, 0.0, rect[2] * SHEET_CELLS, rect[3])
    return [
        person.document(
            "".join(
                _cell(index, rect, _own_ids(_drawing(layer, choice), index))
                for index, choice in enumerate(choices)
            ),
            size,
            detail,
        )
        for choices in _sheets(layer)
    ]


def _detail(layer: Layer, detail: float) -> float:
    """What stands still needs no detail to spare, and what is blurred needs less."""
    return layer.detail * (detail / DETAIL if layer.moves == "still" else detail)


def _sheets(layer: Layer) -> Iterator[Sequence[Hashable]]:
    choices = _CHOICE_LISTS[layer.id]()
    for start in range(0, len(choices), SHEET_CELLS):
        yield choices[start : start + SHEET_CELLS]


def _cell(index: int, rect: Rect, drawing: str) -> str:
    # Only moved, not clipped, which would take twice as long: a test sees to it that
    # no drawing reaches beyond its cell.
    left, top, width, _ = rect
    return f'<g transform="translate({index * width - left} {-top})">{drawing}</g>'


def _own_ids(drawing: str, index: object) -> str:
    """Make ids unique among the cells of a sheet."""
    for name in set(re.findall(r'id="([^"]+)"', drawing)):
        drawing = drawing.replace(f'id="{name}"', f'id="{name}_{index}"')
        drawing = drawing.replace(f"url(#{name})", f"url(#{name}_{index})")
    return drawing


def _pictures(
    layer: Layer, images: Sequence[Image.Image]
) -> Mapping[Hashable, Image.Image]:
    if layer.id not in PARTS:
        return {None: images[0]}
    pictures: dict[Hashable, Image.Image] = {}
    for image, choices in zip(images, _sheets(layer), strict=True):
        width = image.width / SHEET_CELLS
        for index, choice in enumerate(choices):
            left, right = round(index * width), round((index + 1) * width)
            pictures[choice] = image.crop((left, 0, right, image.height))
    return pictures


def _images(documents: Iterable[str]) -> list[Image.Image]:
    """Rendered documents, with colours multiplied by their alpha."""
    return [
        Image.open(io.BytesIO(png)).convert("RGBA").convert("RGBa")
        for png in rasterise(list(documents))
    ]


def _box(rects: Sequence[Rect], moves: str, shown: tuple[float, float]) -> Box:
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


# What eyes, brows and mouths can look like ----------------------------------


def _drawing(layer: Layer, choice: Hashable) -> str:
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


def _nothing(pose: Pose) -> None:
    return None


_CHOICES: Mapping[str, Callable[[Pose], Hashable]] = {
    "eyes": _glance,
    "brows": lambda pose: pose.brows,
    "mouth": lambda pose: nearest_mouth(pose.mouth),
}
_CHOICE_LISTS: Mapping[str, Callable[[], Sequence[Hashable]]] = {
    "eyes": glances,
    "brows": brow_levels,
    "mouth": mouth_shapes,
}
_PLACES: Mapping[str, Callable[[Layer], Rect]] = {
    "eyes": lambda layer: eyes.eyes_box(layer.look),
    "brows": lambda layer: eyes.brows_box(layer.look),
    "mouth": _mouth_place,
}
