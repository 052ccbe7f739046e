"""Pictures of which it is known how transparent each pixel is.

The engine's characters are drawn with soft edges and laid over green, as a camera or an
avatar service would show them: not with the hard edges that the engine itself makes
for keying.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from streaming.engine.face import Performer, Stage
from streaming.engine.face.sprites import Canvas, Sprite, lay

FPS = 25
SCREEN = (0, 177, 64)
#: How much of the screen's light lies on what stands before it, right at its edge.
GLOW = 0.12
GLOW_REACH_PX = 6


@dataclass(frozen=True, slots=True)
class Known:
    """A picture before the screen, and what it is made of."""

    frame: av.VideoFrame
    #: red, green, blue without the screen, times alpha; then alpha. All 0 ... 255.
    truth: NDArray[np.uint8]


def known_picture(
    stage: Stage, performer: Performer, at_s: float, *, glow: float = GLOW
) -> Known:
    sprites = stage.sprites(performer.pose_at(at_s))
    height, width = stage.height, stage.width
    bare, cover = _canvas(width, height), _cover(sprites, width, height)
    for sprite in sprites:
        bare.lay(sprite)
    alpha = cover.astype(np.float32) / 255
    share = alpha[..., None]
    colours = _rgb(bare, alpha)
    lit = _beside(1 - alpha)[..., None] * share * glow * np.array(SCREEN, np.float32)
    mixed = colours + lit + (1 - share) * np.array(SCREEN, np.float32)
    rgb = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
    frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format="yuv420p")
    truth = np.dstack([np.clip(colours, 0, 255), cover]).astype(np.uint8)
    return Known(frame, truth)


def write_clip(path: Path, pictures: list[Known], *, bit_rate: int) -> None:
    """The pictures as the network would bring them: VP8 at a bit rate."""
    with av.open(str(path), "w", format="webm") as file:
        first = pictures[0].frame
        stream = file.add_stream("libvpx", rate=FPS)
        stream.width, stream.height = first.width, first.height
        stream.pix_fmt, stream.bit_rate = "yuv420p", bit_rate
        stream.options = {"deadline": "realtime", "cpu-used": "6", "lag-in-frames": "0"}
        for number, picture in enumerate(pictures):
            picture.frame.pts = number
            picture.frame.time_base = Fraction(1, FPS)
            file.mux(stream.encode(picture.frame))
        file.mux(stream.encode())


def _canvas(width: int, height: int) -> Canvas:
    """Nothing yet: no light, and no alpha either."""
    half = (height // 2, width // 2)
    planes = (np.zeros(size, np.uint8) for size in ((height, width), half, half))
    return Canvas(*planes)


def _cover(sprites: Sequence[Sprite], width: int, height: int) -> NDArray[np.uint8]:
    cover = np.zeros((height, width), np.uint8)
    for sprite in sprites:
        lay(cover[sprite.box.full], 255 - sprite.clear, sprite.clear)
    return cover


def _rgb(bare: Canvas, alpha: NDArray[Any]) -> NDArray[Any]:
    """The planes, which are multiplied by alpha already, as colours."""
    y = bare.y.astype(np.float32) - 16 * alpha
    u, v = (
        plane.repeat(2, 0).repeat(2, 1).astype(np.float32) - 128 * alpha
        for plane in (bare.u, bare.v)
    )
    red = 1.164 * y + 1.596 * v
    green = 1.164 * y - 0.392 * u - 0.813 * v
    blue = 1.164 * y + 2.017 * u
    limit = 255 * alpha
    return np.dstack([np.clip(part, 0, limit) for part in (red, green, blue)])


def _beside(screen: NDArray[Any]) -> NDArray[Any]:
    """How near the screen is, from 0 to 1: the mean of a square, twice."""
    side = 2 * GLOW_REACH_PX + 1
    for axis in (0, 1, 0, 1):
        pad = [(0, 0), (0, 0)]
        pad[axis] = (GLOW_REACH_PX + 1, GLOW_REACH_PX)
        sums = np.cumsum(np.pad(screen, pad, "edge"), axis=axis)
        ends = np.take(sums, range(side, sums.shape[axis]), axis=axis)
        screen = (
            ends - np.take(sums, range(sums.shape[axis] - side), axis=axis)
        ) / side
    return screen
