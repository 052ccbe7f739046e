"""A character: one SVG file with named parts.

A designer adds a character by adding a file to `characters/`; its name is the id, and the
README there says what is in it. What a file lacks is told by name.
"""

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
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
LAYERS = ("background", "body", "head", *PARTS)
HALVES = {"eyes": ("eye_left", "eye_right"), "brows": ("brow_left", "brow_right")}
_MOVES = ("still", "breath", "head")

ET.register_namespace("", SVG)
ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")


class CharacterError(ValueError):
    """A character's file lacks something; the message names the file and the part."""


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
    return read_character(FOLDER / f"{avatar_id}.svg")


def read_character(path: Path) -> Character:
    """Read a character's file. Raises `CharacterError` for what it lacks."""
    root = _root(path)
    layers = tuple(_layer(path, group) for group in root.findall(f"{{{SVG}}}g"))
    _check(path, layers)
    pivot_x, pivot_y = root.get("data-pivot", "640 520").split()
    return Character(
        avatar=_avatar(path, root),
        pivot=(float(pivot_x), float(pivot_y)),
        layers=layers,
        defs="".join(
            ET.tostring(defs, encoding="unicode")
            for defs in root.findall(f"{{{SVG}}}defs")
        ),
    )


def read_avatar(path: Path) -> Avatar:
    """Read who a character is. Raises `CharacterError` if the file does not say."""
    return _avatar(path, _root(path))


def _root(path: Path) -> ET.Element:
    try:
        return ET.parse(path).getroot()  # noqa: S314 - our own file
    except ET.ParseError as exc:
        raise CharacterError(f"{path.name} is no SVG: {exc}") from exc


def _layer(path: Path, group: ET.Element) -> Layer:
    name = group.get("id", "")
    moves = "head" if name in PARTS else group.get("data-moves", "still")
    if moves not in _MOVES:
        known = ", ".join(_MOVES)
        raise CharacterError(
            f'{path.name}: <g id="{name}"> moves with {moves!r}; there is {known}'
        )
    return Layer(
        id=name,
        moves=moves,
        depth=float(group.get("data-depth", "1" if name in PARTS else "0")),
        detail=float(group.get("data-detail", "1")),
        svg=ET.tostring(group, encoding="unicode"),
        look=Look(group),
    )


def _check(path: Path, layers: Sequence[Layer]) -> None:
    """See that all is there that is drawn by name."""
    found = {layer.id: layer for layer in layers}
    for name in LAYERS:
        if name not in found:
            raise CharacterError(f'{path.name} has no <g id="{name}"> below its root')
    for name, halves in HALVES.items():
        for half in halves:
            try:
                found[name].look.group(half)
            except LookupError as exc:
                raise CharacterError(
                    f'{path.name} has no <g id="{half}"> in its <g id="{name}">'
                ) from exc


def _avatar(path: Path, root: ET.Element) -> Avatar:
    said = {}
    for name in ("data-name", "data-gender", "data-voice"):
        if not root.get(name):
            raise CharacterError(f"{path.name} has no {name} in its <svg>")
        said[name] = root.attrib[name]
    return Avatar(
        id=path.stem,
        name=said["data-name"],
        gender=said["data-gender"],
        default_voice=said["data-voice"],
    )


AVATARS: Mapping[str, Avatar] = MappingProxyType(
    {path.stem: read_avatar(path) for path in sorted(FOLDER.glob("*.svg"))}
)
DEFAULT_AVATAR = "june"
