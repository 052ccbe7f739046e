"""The avatar's face: drawings, poses, and pictures of them.

A `Performer` says how a face looks at a moment, a `Stage` makes the picture of it.
"""

from streaming.engine.face.character import AVATARS, DEFAULT_AVATAR, Avatar
from streaming.engine.face.performer import Performer
from streaming.engine.face.poses import Mood, Mouth, Pose
from streaming.engine.face.stage import Stage, stage, warm
from streaming.engine.face.visemes import (
    MouthKey,
    Viseme,
    mouth_keys,
    viseme_for_ipa,
)

__all__ = [
    "AVATARS",
    "DEFAULT_AVATAR",
    "Avatar",
    "Mood",
    "Mouth",
    "MouthKey",
    "Performer",
    "Pose",
    "Stage",
    "Viseme",
    "mouth_keys",
    "stage",
    "viseme_for_ipa",
    "warm",
]
