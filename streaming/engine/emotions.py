"""The emotions that a client of the wire protocol may ask for."""

from enum import Enum


class Emotion(Enum):
    """How somebody is minded while speaking: heard in the voice, seen in the face."""

    NEUTRAL = ""
    EXCITED = "Excited"
    SERIOUS = "Serious"
    FRIENDLY = "Friendly"
    SOOTHING = "Soothing"
    BROADCASTER = "Broadcaster"
