"""Which pictures are made: fewer than there are poses, by what nobody would see."""

from collections.abc import Iterator

from streaming.engine.face.expressions import drawn_as
from streaming.engine.face.looks import passing_mouth
from streaming.engine.face.poses import LIDS_CLOSED, Pose

_BREATH_STEPS = 2
# Where else to look for a picture that is not there yet, the least visible first.
_SHIFTS = sorted(
    (
        (sway, nod, brows)
        for sway in (0, -1, 1, -2, 2)
        for nod in (0, -1, 1, -2, 2)
        for brows in (0, -1, 1)
        if (sway, nod, brows) != (0, 0, 0)
    ),
    key=lambda shift: shift[0] ** 2 + shift[1] ** 2 + 2 * shift[2] ** 2,
)


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


def like(wanted: Pose) -> Iterator[Pose]:
    """Poses that pass for `wanted` for a moment: the head a pixel or two elsewhere.

    Mouth and lids are never others, since it is them that are watched.
    """
    for sway, nod, brows in _SHIFTS:
        yield wanted._replace(
            sway=wanted.sway + sway, nod=wanted.nod + nod, brows=wanted.brows + brows
        )
