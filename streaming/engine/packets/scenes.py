"""What a picture is of, and the drawing of it in packets."""

import threading
from collections import OrderedDict
from typing import Final, NamedTuple

from streaming.engine.face import Pose, Stage, stage
from streaming.engine.packets.coder import Coder

_KEPT: Final = 6  # as many as there are stages kept


class Scene(NamedTuple):
    """One avatar at one size before one background."""

    avatar_id: str
    width: int
    height: int
    background: str = "scene"


class Drawing:
    """A stage whose pictures come out as packets. From any thread.

    Two drawings of one scene are the same to the byte, so that what one of them made
    goes with the whole picture of the other.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._coder = Coder(stage.picture(Pose()))

    def whole(self) -> bytes:
        """What a viewer must have before any other picture."""
        return self._coder.whole

    def picture(self, pose: Pose) -> bytes:
        """Draw and encode. Takes milliseconds."""
        return self._coder.encode(self._stage.picture(pose))


class Drawings:
    """The drawings of the last few scenes. From any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._drawings: OrderedDict[Scene, Drawing] = OrderedDict()
        self._beginning: dict[Scene, threading.Lock] = {}

    def of(self, scene: Scene) -> Drawing:
        """The drawing of `scene`; takes a second or two when it is new."""
        with self._lock:
            beginning = self._beginning.setdefault(scene, threading.Lock())
        with beginning:
            with self._lock:
                if scene in self._drawings:
                    self._drawings.move_to_end(scene)
                    return self._drawings[scene]
            made = Drawing(_stage_of(scene))
            with self._lock:
                self._drawings[scene] = made
                while len(self._drawings) > _KEPT:
                    dropped, _ = self._drawings.popitem(last=False)
                    self._beginning.pop(dropped, None)
            return made

    def warm(self, scene: Scene) -> None:
        """Have ready what most pictures of `scene` are put together from."""
        self.of(scene)
        _stage_of(scene).warm()


def _stage_of(scene: Scene) -> Stage:
    return stage(
        scene.avatar_id,
        width=scene.width,
        height=scene.height,
        background=scene.background,
    )
