"""Pieces of a picture: drawn with transparency, kept as YUV, laid over one another.

Colours are BT.601 limited range, chroma at half size. Everything is multiplied by its
own transparency beforehand, so that laying one thing over another is one
multiplication and one addition in whole numbers.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Bytes = NDArray[np.uint8]
Affine = tuple[float, float, float, float, float, float]

#: rows for Y, Cb, Cr; columns for R, G, B, alpha, all 0 … 255
_TO_YUV = np.array(
    [
        [65.481, 128.553, 24.966, 16.0],
        [-37.797, -74.203, 112.0, 128.0],
        [112.0, -93.786, -18.214, 128.0],
    ],
    dtype=np.float32,
) / np.float32(255)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of whole pixels with even corners, so that chroma fits."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> tuple[int, int]:
        return self.right - self.left, self.bottom - self.top

    def within(self, other: "Box") -> "Box":
        """The same rectangle, counted from another one's corner."""
        return Box(
            self.left - other.left,
            self.top - other.top,
            self.right - other.left,
            self.bottom - other.top,
        )

    @property
    def full(self) -> tuple[slice, slice]:
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def half(self) -> tuple[slice, slice]:
        return (
            slice(self.top // 2, self.bottom // 2),
            slice(self.left // 2, self.right // 2),
        )


@dataclass(frozen=True, slots=True)
class Sprite:
    """A piece with its place. `clear` planes say how much of what is below shows."""

    box: Box
    y: Bytes
    u: Bytes
    v: Bytes
    clear: Bytes
    half_clear: Bytes

    @property
    def nbytes(self) -> int:
        return sum(
            plane.nbytes
            for plane in (self.y, self.u, self.v, self.clear, self.half_clear)
        )


@dataclass(frozen=True, slots=True)
class Canvas:
    """The planes of a picture that is being put together."""

    y: Bytes
    u: Bytes
    v: Bytes

    def lay(self, sprite: Sprite) -> None:
        full, half = sprite.box.full, sprite.box.half
        lay(self.y[full], sprite.y, sprite.clear)
        lay(self.u[half], sprite.u, sprite.half_clear)
        lay(self.v[half], sprite.v, sprite.half_clear)


class Kept:
    """Sprites by key, the least used ones dropped beyond a number of bytes."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.nbytes = 0
        self._lock = threading.Lock()
        self._sprites: OrderedDict[Hashable, Sprite] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Sprite]) -> Sprite:
        with self._lock:
            if (found := self._sprites.get(key)) is not None:
                self._sprites.move_to_end(key)
                return found
        # Outside the lock: two threads may make the same one, which is harmless.
        made = make()
        with self._lock:
            if key not in self._sprites:
                self._sprites[key] = made
                self.nbytes += made.nbytes
            while self.nbytes > self.max_bytes and len(self._sprites) > 1:
                _, dropped = self._sprites.popitem(last=False)
                self.nbytes -= dropped.nbytes
        return made


def lay(below: Bytes, above: Bytes, clear: Bytes) -> None:
    """Lay one plane over another, in place; exact where fully clear or not at all."""
    mixed = np.multiply(below, clear, dtype=np.uint16)
    mixed += 255
    mixed >>= 8
    mixed += above
    below[...] = mixed


def placed(image: Image.Image, onto: Affine, box: Box) -> Image.Image:
    """An RGBa picture as `box` sees it; `onto` leads from its pixels to the picture's."""
    return image.transform(
        box.size, Image.Transform.AFFINE, onto, Image.Resampling.BILINEAR
    )


def over(above: Image.Image, below: Image.Image) -> Image.Image:
    """Two RGBa pictures of one size, the first in front."""
    top = np.asarray(above)
    clear = 255 - top[..., 3:]
    mixed = np.multiply(np.asarray(below), clear, dtype=np.uint16)
    mixed += 255
    mixed >>= 8
    mixed += top
    return Image.fromarray(mixed.astype(np.uint8), "RGBa")


def sprite(image: Image.Image, box: Box) -> Sprite:
    """An RGBA picture of a box's size, ready to be laid; without its empty margins."""
    left, top, right, bottom = image.getbbox() or (0, 0, 2, 2)
    seen = Box(left & ~1, top & ~1, right + (right & 1), bottom + (bottom & 1))
    image = image.crop((seen.left, seen.top, seen.right, seen.bottom))
    full, half = np.asarray(image), np.asarray(image.reduce(2))
    return Sprite(
        box=seen.within(Box(-box.left, -box.top, 0, 0)),
        y=_plane(full, 0),
        u=_plane(half, 1),
        v=_plane(half, 2),
        clear=np.ascontiguousarray(255 - full[..., 3]),
        half_clear=np.ascontiguousarray(255 - half[..., 3]),
    )


def yuv_of(red: int, green: int, blue: int) -> tuple[int, int, int]:
    """One opaque colour."""
    rgba = np.array([red, green, blue, 255], dtype=np.float32)
    y, u, v = (round(float(value)) for value in _TO_YUV @ rgba)
    return y, u, v


def _plane(rgba: NDArray[Any], row: int) -> Bytes:
    values = rgba.astype(np.float32) @ _TO_YUV[row]
    plane: Bytes = np.rint(values, out=values).astype(np.uint8)
    return plane
