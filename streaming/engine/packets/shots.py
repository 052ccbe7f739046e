"""Which pictures are made: fewer than there are poses, by what nobody would see."""

from streaming.engine.face.expressions import drawn_as
from streaming.engine.face.looks import passing_mouth
from streaming.engine.face.poses import LIDS_CLOSED, Pose

_BREATH_STEPS = 2


def shot(pose: Pose) -> Pose:
    """The pose whose picture is shown for `pose`."""
    lids = pose.lids
    is_open = lids < LIDS_CLOSED - 1
    return pose._replace(
        breath=pose.breath // _BREATH_STEPS * _BREATH_STEPS,
        gaze_x=pose.gaze_x if is_open else 0,
        gaze_y=pose.gaze_y if is_open else 0,
        mouth=passing_mouth(pose.mouth),
        emotion=drawn_as(pose.emotion),
    )
