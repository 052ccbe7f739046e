"""Pictures of an avatar.

A character's layers are rendered once, larger than they are shown. For each
position of the head they are shifted against one another, the nearer the further, and
turned; the result is kept as YUV. A picture is then a handful of pieces laid over one
another:

    plate (background), back of the head, chest, face, eyes, brows, mouth, front hair

All caches are bounded, and everything here may be called from any thread.
"""

import threading
from collections import OrderedDict

import av
import numpy as np

from streaming.engine.emotions import Emotion
from streaming.engine.face import keying
from streaming.engine.face.character import character
from streaming.engine.face.drawings import Drawn, drawn
from streaming.engine.face.poses import MAX_BROWS, MIN_BROWS, Pose
from streaming.engine.face.sprites import Bytes, Canvas, Sprite, yuv_of

KEPT_STAGES = 6
GREEN = (0, 200, 0)


class Stage:
    """One avatar at one size before one background; shared by all its sessions.

    At 854 x 480 it takes some 15 MB for what is drawn and up to 62 MB for what is kept
    ready, and for each emotion that is shown 7 MB more; all grow with the number of pixels. Stages that differ in nothing but the
    background share them.
    """

    def __init__(
        self, avatar_id: str, *, width: int, height: int, background: str = "scene"
    ) -> None:
        if width % 2 or height % 2 or width <= 0 or height <= 0:
            raise ValueError(f"{width}x{height}: both sizes must be even")
        self.avatar_id = avatar_id
        self.width = width
        self.height = height
        self.background = background
        character(avatar_id)  # an unknown one is refused here, not at the first picture
        self._colour = _colour(background)
        self._drawn: Drawn | None = None
        self._plate: Canvas | None = None
        self._drawing = threading.Lock()

    def prepare(self, emotion: Emotion = Emotion.NEUTRAL) -> None:
        """Render the drawing, unless that is done. Blocks, without holding the GIL.

        The first time that an emotion is shown takes a second more, unless it is
        prepared as well.
        """
        with self._drawing:
            if self._drawn is None:
                made = drawn(self.avatar_id, self.width, self.height)
                self._plate = self._make_plate(made)
                self._drawn = made
        self.sprites(Pose(emotion=emotion))

    def warm(self) -> None:
        """Prepare, and have the positions ready in which a head mostly is."""
        self.prepare()
        for nod in (0, -1, 1):
            for sway in range(-6, 7):
                self.sprites(Pose(sway=sway, nod=nod))
        for level in range(MIN_BROWS, MAX_BROWS + 1):
            self.sprites(Pose(brows=level))

    def picture(self, pose: Pose) -> av.VideoFrame:
        """A new frame, yuv420p in BT.601 limited range, without a time."""
        frame = av.VideoFrame(self.width, self.height, "yuv420p")
        canvas = Canvas(*(_plane(frame, index) for index in range(3)))
        sprites = self.sprites(pose)
        if self.background == "green":
            keying.compose(canvas, sprites, yuv_of(*GREEN))
        else:
            plate = self._plate
            assert plate is not None  # noqa: S101 - sprites() has prepared it
            canvas.y[...], canvas.u[...], canvas.v[...] = plate.y, plate.u, plate.v
            for sprite in sprites:
                canvas.lay(sprite)
        return frame

    def sprites(self, pose: Pose) -> list[Sprite]:
        """The pieces of a picture, from back to front."""
        if self._drawn is None:
            self.prepare(pose.emotion)
        assert self._drawn is not None  # noqa: S101 - prepare() raises or sets it
        return self._drawn.sprites(pose)

    def _make_plate(self, made: Drawn) -> Canvas:
        height, width = self.height, self.width
        y, u, v = yuv_of(*(self._colour or (0, 0, 0)))
        plate = Canvas(
            np.full((height, width), y, np.uint8),
            np.full((height // 2, width // 2), u, np.uint8),
            np.full((height // 2, width // 2), v, np.uint8),
        )
        if self._colour is None:
            for part in made.scene:
                plate.lay(part.sprite(Pose()))
        return plate


_stages: OrderedDict[tuple[str, int, int, str], Stage] = OrderedDict()
_stages_lock = threading.Lock()


def stage(
    avatar_id: str, *, width: int, height: int, background: str = "scene"
) -> Stage:
    """The stage of an avatar; the last few are kept.

    The background is "scene", "green" (made for keying) or a colour, "#rrggbb". Raises
    `KeyError` for an unknown avatar, `ValueError` for an odd size or a background that
    is none of these.
    """
    key = (avatar_id, width, height, background)
    with _stages_lock:
        if key not in _stages:
            _stages[key] = Stage(
                avatar_id, width=width, height=height, background=background
            )
        _stages.move_to_end(key)
        while len(_stages) > KEPT_STAGES:
            _stages.popitem(last=False)
        return _stages[key]


def warm(avatar_id: str, *, width: int, height: int, background: str = "scene") -> None:
    """Make ready what `Stage.picture` needs. Takes a second; not for an event loop."""
    stage(avatar_id, width=width, height=height, background=background).warm()


def _colour(background: str) -> tuple[int, int, int] | None:
    """The colour of a plain background, or None for the scene."""
    if background == "scene":
        return None
    if background == "green":
        return GREEN
    if len(background) == 7 and background[0] == "#":
        red, green, blue = bytes.fromhex(background[1:])
        return red, green, blue
    raise ValueError(f"{background!r} is no background")


def _plane(frame: av.VideoFrame, index: int) -> Bytes:
    plane = frame.planes[index]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    pixels: Bytes = rows[: plane.height, : plane.width]
    return pixels
