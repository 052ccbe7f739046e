"""A character: one SVG file with named parts.

A designer adds a character by adding a file to `characters/`; its name is the id. The
drawing is 1280 x 720. The root element says who it is and where the neck turns:

    <svg viewBox="0 0 1280 720" data-name="June" data-gender="female"
         data-voice="en-gb" data-pivot="640 520">

Its `defs` serve all parts. Each group right below the root is a layer, from back to
front, with an id and

    data-moves    "still" (the default), "breath" (with the chest) or "head"
    data-depth    for "head": how far it is in front of the neck's axis; what is nearer
                  to the viewer moves more, which makes the head look round
    data-detail   below 1 for what is blurred anyway: rendered smaller, and so faster

The layers that stand still are the scene, behind everything; another background
replaces them. Three ids are special, because their pictures depend on the moment; all
of these move with the head:

    eyes          groups "eye_left" and "eye_right" hold an iris, drawn around 0,0; the
                  rest of the eye is drawn by `eyes.py` from their data attributes
    brows         groups "brow_left" and "brow_right", moved by `data-lift` per step
    mouth         drawn by `mouths.py` from its data attributes

Left and right are the picture's.
"""

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).parent / "characters"
WIDTH = 1280
HEIGHT = 720
SVG = "http://www.w3.org/2000/svg"
Rect = tuple[float, float, float, float]  # left, top, width, height in the drawing

PARTS = ("eyes", "brows", "mouth")

ET.register_namespace("", SVG)
ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")


@dataclass(frozen=True, slots=True)
class Avatar:
    """A character as a catalogue lists it."""

    id: str
    name: str
    gender: str
    default_voice: str


class Look:
    """The data attributes of one element: numbers and colours of a drawn part."""

    def __init__(self, element: ET.Element) -> None:
        self._element = element

    def number(self, name: str, default: float) -> float:
        return float(self._element.get(f"data-{name}", default))

    def text(self, name: str, default: str) -> str:
        return self._element.get(f"data-{name}", default)

    def group(self, name: str) -> "Look":
        """The group with an id below this one. Raises `LookupError` without one."""
        found = self._element.find(f"{{{SVG}}}g[@id='{name}']")
        if found is None:
            raise LookupError(f"<g id={name!r}> is missing")
        return Look(found)

    def drawing(self) -> str:
        """What the element holds, as SVG."""
        return "".join(
            ET.tostring(child, encoding="unicode") for child in self._element
        )


@dataclass(frozen=True, slots=True)
class Layer:
    """One group of a character's drawing."""

    id: str
    moves: str
    depth: float
    detail: float
    svg: str
    look: Look


@dataclass(frozen=True, slots=True)
class Character:
    """A parsed character file."""

    avatar: Avatar
    pivot: tuple[float, float]
    layers: tuple[Layer, ...]
    defs: str

    def document(self, content: str, box: Rect, scale: float) -> str:
        """An SVG of a part of the drawing."""
        left, top, width, height = box
        return (
            f'<svg xmlns="{SVG}" xmlns:xlink="http://www.w3.org/1999/xlink"'
            f' viewBox="{left} {top} {width} {height}"'
            f' width="{round(width * scale)}" height="{round(height * scale)}"'
            f' preserveAspectRatio="none">{self.defs}{content}</svg>'
        )


@cache
def character(avatar_id: str) -> Character:
    """Read a character. Raises `KeyError` for an id without a file."""
    if avatar_id not in AVATARS:
        raise KeyError(avatar_id)
    root = ET.parse(FOLDER / f"{avatar_id}.svg").getroot()  # noqa: S314 - our own file
    pivot_x, pivot_y = root.get("data-pivot", "640 520").split()
    return Character(
        avatar=AVATARS[avatar_id],
        pivot=(float(pivot_x), float(pivot_y)),
        layers=tuple(_layer(group) for group in root.findall(f"{{{SVG}}}g")),
        defs="".join(
            ET.tostring(defs, encoding="unicode")
            for defs in root.findall(f"{{{SVG}}}defs")
        ),
    )


def _layer(group: ET.Element) -> Layer:
    name = group.get("id", "")
    return Layer(
        id=name,
        moves="head" if name in PARTS else group.get("data-moves", "still"),
        depth=float(group.get("data-depth", "1" if name in PARTS else "0")),
        detail=float(group.get("data-detail", "1")),
        svg=ET.tostring(group, encoding="unicode"),
        look=Look(group),
    )


def _avatar(path: Path) -> Avatar:
    root = ET.parse(path).getroot()  # noqa: S314 - our own file
    return Avatar(
        id=path.stem,
        name=root.attrib["data-name"],
        gender=root.attrib["data-gender"],
        default_voice=root.attrib["data-voice"],
    )


AVATARS: Mapping[str, Avatar] = MappingProxyType(
    {path.stem: _avatar(path) for path in sorted(FOLDER.glob("*.svg"))}
)
DEFAULT_AVATAR = "june"
