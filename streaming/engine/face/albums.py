"""Eyes, brows and mouths: every picture of them that a character needs.

The ones of an emotion are rendered when it is first shown, all at once.
"""

import re
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from PIL import Image

from streaming.engine.emotions import Emotion
from streaming.engine.face.character import Character, Layer, Rect
from streaming.engine.face.expressions import EXPRESSIONS
from streaming.engine.face.looks import LOOKS, drawing

SHEET_CELLS = 15  # small sheets, so that two processes share the work evenly

Render = Callable[[Sequence[str]], Sequence[Image.Image]]


@dataclass(frozen=True, slots=True)
class Album:
    """The pictures of a character's parts, by part, emotion and what they look like."""

    person: Character
    layers: Sequence[Layer]
    rects: Mapping[str, Rect]
    detail: float  #: rendered pixels per drawing unit
    render: Render
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _pictures: dict[Emotion, dict[Hashable, Image.Image]] = field(default_factory=dict)

    def picture(self, layer_id: str, emotion: Emotion, choice: Hashable) -> Image.Image:
        """One picture; the first of an emotion takes a second."""
        with self._lock:
            if emotion not in self._pictures:
                self._keep(emotion, self.render(self.documents(emotion)))
        return self._pictures[emotion][layer_id, choice]

    def documents(self, emotion: Emotion) -> list[str]:
        """What to render for an emotion: sheets with all that its parts can look like."""
        return [
            self._document(layer, emotion, choices)
            for layer in self.layers
            for choices in _sheets(layer, emotion)
        ]

    def keep(self, emotion: Emotion, images: Sequence[Image.Image]) -> None:
        """Take the documents of an emotion, rendered."""
        with self._lock:
            self._keep(emotion, images)

    def _keep(self, emotion: Emotion, images: Sequence[Image.Image]) -> None:
        sheets = (
            (layer, choices)
            for layer in self.layers
            for choices in _sheets(layer, emotion)
        )
        self._pictures[emotion] = {
            (layer.id, choice): cell
            for (layer, choices), image in zip(sheets, images, strict=True)
            for choice, cell in zip(choices, _cells(image), strict=False)
        }

    def _document(
        self, layer: Layer, emotion: Emotion, choices: Sequence[Hashable]
    ) -> str:
        rect = self.rects[layer.id]
        cells = (
            _cell(
                index,
                rect,
                own_ids(drawing(layer, choice, EXPRESSIONS[emotion]), index),
            )
            for index, choice in enumerate(choices)
        )
        size = (0.0, 0.0, rect[2] * SHEET_CELLS, rect[3])
        return self.person.document("".join(cells), size, self.detail)


def own_ids(drawing: str, index: object) -> str:
    """Make ids unique among the cells of a sheet."""
    for name in set(re.findall(r'id="([^"]+)"', drawing)):
        drawing = drawing.replace(f'id="{name}"', f'id="{name}_{index}"')
        drawing = drawing.replace(f"url(#{name})", f"url(#{name}_{index})")
    return drawing


def _sheets(layer: Layer, emotion: Emotion) -> Iterator[Sequence[Hashable]]:
    choices = LOOKS[layer.id](emotion)
    for start in range(0, len(choices), SHEET_CELLS):
        yield choices[start : start + SHEET_CELLS]


def _cell(index: int, rect: Rect, drawing: str) -> str:
    # Only moved, not clipped, which would take twice as long: a test sees to it that
    # no drawing reaches beyond its cell.
    left, top, width, _ = rect
    return f'<g transform="translate({index * width - left} {-top})">{drawing}</g>'


def _cells(image: Image.Image) -> Iterator[Image.Image]:
    width = image.width / SHEET_CELLS
    for index in range(SHEET_CELLS):
        left, right = round(index * width), round((index + 1) * width)
        yield image.crop((left, 0, right, image.height))
