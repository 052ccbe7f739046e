"""Which picture passes for another for a moment."""

import threading
from collections import defaultdict
from typing import Final

from streaming.engine.face import Mouth, Pose
from streaming.engine.face.poses import LIDS_CLOSED

_Eyes = tuple[int, int, int]  # lids and gaze
_NEAR: Final = 25.0  # five steps of the head: some four pixels


class Likenesses:
    """Pictures that are there, by what is looked at: mouth first, then eyes. From any thread.

    The mouth and the expression are never others. The eyes may be a step further shut
    or open, as they are in the middle of a blink.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faces: dict[tuple[Mouth, str], dict[_Eyes, list[Pose]]] = defaultdict(
            lambda: defaultdict(list)
        )

    def add(self, pose: Pose) -> None:
        with self._lock:
            self._faces[_face(pose)][_eyes(pose)].append(pose)

    def drop(self, pose: Pose) -> None:
        with self._lock:
            self._faces[_face(pose)][_eyes(pose)].remove(pose)

    def nearest(self, wanted: Pose) -> Pose | None:
        """The one that differs least, if it passes."""
        with self._lock:
            faces = self._faces.get(_face(wanted))
            if faces is None:
                return None
            same = faces.get(_eyes(wanted))
            found = _nearest(wanted, same) if same else None
            if found is not None:
                return found
            others = [
                pose
                for eyes, poses in faces.items()
                if _pass(eyes, _eyes(wanted))
                for pose in poses
            ]
            return _nearest(wanted, others)


def _nearest(wanted: Pose, poses: list[Pose]) -> Pose | None:
    sway, nod, breath, brows = wanted.sway, wanted.nod, wanted.breath, wanted.brows
    found, least = None, _NEAR
    for pose in poses:
        apart = (
            (pose.sway - sway) ** 2
            + (pose.nod - nod) ** 2
            + (pose.breath - breath) ** 2 / 4
            + (pose.brows - brows) ** 2 * 2
        )
        if apart <= least:
            found, least = pose, apart
    return found


def _pass(eyes: _Eyes, wanted: _Eyes) -> bool:
    lids, *gaze = wanted
    if abs(eyes[0] - lids) > 1 or (eyes[0] == LIDS_CLOSED) != (lids == LIDS_CLOSED):
        return False
    return lids > 0 or list(eyes[1:]) == gaze


def _face(pose: Pose) -> tuple[Mouth, str]:
    return pose.mouth, pose.emotion.value


def _eyes(pose: Pose) -> _Eyes:
    return pose.lids, pose.gaze_x, pose.gaze_y
