"""Characters, rendered: layer by layer, once for each size."""

import io
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from PIL import Image

from streaming.engine.emotions import Emotion
from streaming.engine.face.albums import Album
from streaming.engine.face.character import (
    HEIGHT,
    PARTS,
    WIDTH,
    Character,
    Layer,
    Rect,
    character,
)
from streaming.engine.face.looks import CHOOSE, PLACES, Choice, nothing
from streaming.engine.face.parts import Part, Piece, box_around
from streaming.engine.face.poses import Pose
from streaming.engine.face.raster import rasterise
from streaming.engine.face.sprites import Kept, Sprite

DETAIL = 1.5  # rendered pixels per shown pixel: keeps shifted pictures crisp
OVERSCAN: Rect = (-40, -40, WIDTH + 80, HEIGHT + 80)
PROBE_SCALE = 0.125
KEPT_DRAWINGS = 6
KEPT_FRAMES = 100  # what is kept of a drawing, as a number of whole pictures


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
    plain = [layer for layer in layers if layer.id not in PARTS]
    detail = max(shown) * DETAIL
    album = Album(
        person=person,
        layers=[layer for layer in layers if layer.id in PARTS],
        rects=rects,
        detail=detail,
        render=_images,
    )
    documents = [
        person.document(layer.svg, rects[layer.id], _detail(layer, detail))
        for layer in plain
    ]
    # Together, since starting the renderer takes as long as most drawings.
    images = _images([*documents, *album.documents(Emotion.NEUTRAL)])
    album.keep(Emotion.NEUTRAL, images[len(plain) :])
    pictures = {layer.id: image for layer, image in zip(plain, images, strict=False)}

    def piece(layer: Layer) -> Piece:
        if layer.id in PARTS:
            return Piece(
                rects[layer.id], layer.depth, partial(_chosen, album, layer.id)
            )
        image = pictures[layer.id]
        return Piece(rects[layer.id], layer.depth, lambda _: image)

    parts = [
        Part(
            id=run[0].id,
            moves=run[0].moves,
            box=box_around([rects[layer.id] for layer in run], run[0].moves, shown),
            pieces=[piece(layer) for layer in run],
            shown=shown,
            pivot=person.pivot,
            choose=CHOOSE.get(run[0].id, nothing),
        )
        for run in (list(group) for _, group in groupby(layers, _kind))
    ]
    return Drawn(
        scene=[part for part in parts if part.moves == "still"],
        parts=[part for part in parts if part.moves != "still"],
        kept=Kept(KEPT_FRAMES * width * height * 3 // 2),
    )


def _chosen(album: Album, part_id: str, choice: Choice) -> Image.Image:
    assert choice is not None  # noqa: S101 - these parts always choose
    return album.picture(part_id, *choice)


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
            rects[layer.id] = PLACES[layer.id](layer)
    return rects


def _found(probe: Image.Image) -> Rect:
    left, top, right, bottom = probe.getbbox() or (0, 0, 1, 1)
    unit = 1 / PROBE_SCALE
    x0 = max(OVERSCAN[0], OVERSCAN[0] + (left - 1) * unit)
    y0 = max(OVERSCAN[1], OVERSCAN[1] + (top - 1) * unit)
    x1 = min(OVERSCAN[0] + OVERSCAN[2], OVERSCAN[0] + (right + 1) * unit)
    y1 = min(OVERSCAN[1] + OVERSCAN[3], OVERSCAN[1] + (bottom + 1) * unit)
    return (x0, y0, x1 - x0, y1 - y0)


def _detail(layer: Layer, detail: float) -> float:
    """What stands still needs no detail to spare, and what is blurred needs less."""
    return layer.detail * (detail / DETAIL if layer.moves == "still" else detail)


def _images(documents: Iterable[str]) -> list[Image.Image]:
    """Rendered documents, with colours multiplied by their alpha."""
    return [
        Image.open(io.BytesIO(png)).convert("RGBA").convert("RGBa")
        for png in rasterise(list(documents))
    ]
