"""What a face looks like at one moment, in steps small enough not to be seen.

All values are from small sets, so that equal moments are equal poses, and a picture made
once serves again.
"""

from enum import Enum
from typing import NamedTuple

from streaming.engine.emotions import Emotion


class Mood(Enum):
    """How somebody sits in a conversation."""

    IDLE = "idle"
    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"


class Mouth(NamedTuple):
    """A mouth, in eighths of what it can do."""

    open: int = 0  #: 0 shut … 8 as far as it goes
    wide: int = 0  #: -8 pursed … 0 at rest … 8 spread
    teeth: int = 0  #: 0 none seen … 8 upper and lower teeth together
    tongue: int = 0  #: 0 down … 8 up behind the teeth or between them
    tuck: int = 0  #: 0 free … 8 lower lip under the teeth; below 0 lips pressed


class Pose(NamedTuple):
    """A whole face."""

    sway: int = 0  #: -16 … 16, to the picture's left and right
    nod: int = 0  #: -10 … 10, up and down
    breath: int = 0  #: 0 out … 7 in
    lids: int = 0  #: 0 open … 3 closed
    gaze_x: int = 0  #: -2 … 2, to the picture's left and right
    gaze_y: int = 0  #: -1 … 1, up and down
    brows: int = 0  #: -1 drawn down … 3 raised
    mouth: Mouth = Mouth()
    emotion: Emotion = Emotion.NEUTRAL  #: the expression with which all this is drawn


MAX_SWAY = 16
MAX_NOD = 10
BREATHS = 8
LIDS_CLOSED = 3
MAX_GAZE_X = 2
MAX_GAZE_Y = 1
MIN_BROWS = -1
MAX_BROWS = 3
MAX_MOUTH = 8
