"""A green background that a keyer can remove without a trace.

A soft edge between a face and green is a seam of greenish pixels, which simple keyers
leave standing. So there are no mixed pixels here: each block of 2 x 2 pixels, which
share their colour in this format, belongs to the avatar with its own colour, or is
green.
"""

from collections.abc import Sequence

import numpy as np

from streaming.engine.face.sprites import Box, Bytes, Canvas, Sprite, lay


def compose(
    canvas: Canvas, sprites: Sequence[Sprite], green: tuple[int, int, int]
) -> None:
    """Fill a canvas with green and put the pieces on it with hard edges."""
    canvas.y[...], canvas.u[...], canvas.v[...] = green
    box = _around(sprites)
    inside = Canvas(canvas.y[box.full], canvas.u[box.half], canvas.v[box.half])
    for plane in (inside.y, inside.u, inside.v):
        plane[...] = 0
    cover, half_cover = np.zeros_like(inside.y), np.zeros_like(inside.u)
    for sprite in sprites:
        canvas.lay(sprite)
        here = sprite.box.within(box)
        lay(cover[here.full], 255 - sprite.clear, sprite.clear)
        lay(half_cover[here.half], 255 - sprite.half_clear, sprite.half_clear)
    _harden(inside, cover, half_cover, green)


def _harden(
    canvas: Canvas, cover: Bytes, half_cover: Bytes, green: tuple[int, int, int]
) -> None:
    """Give each block wholly to the avatar or to the background."""
    behind = half_cover < 128
    rows, columns = np.nonzero((half_cover < 255) & ~behind)
    share = half_cover[rows, columns] / np.float32(255)
    for plane in (canvas.u, canvas.v):
        plane[rows, columns] = np.clip(plane[rows, columns] / share, 16, 240)
    quarters = [
        (canvas.y[dy::2, dx::2], cover[dy::2, dx::2]) for dy in (0, 1) for dx in (0, 1)
    ]
    mean = sum(y[rows, columns].astype(np.float32) for y, _ in quarters) / (4 * share)
    for y, covered in quarters:
        own = covered[rows, columns] / np.float32(255)
        light = np.where(own > 0.5, y[rows, columns] / np.maximum(own, 0.5), mean)
        y[rows, columns] = np.clip(light, 16, 235)
        y[behind] = green[0]
    canvas.u[behind], canvas.v[behind] = green[1], green[2]


def _around(sprites: Sequence[Sprite]) -> Box:
    boxes = [sprite.box for sprite in sprites]
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )
