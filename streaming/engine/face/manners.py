"""How an emotion moves: what it makes of idle life, of moods and of emphasis.

What it makes of drawings is in `expressions.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from streaming.engine.emotions import Emotion


@dataclass(frozen=True, slots=True)
class Manner:
    """Factors of what somebody without an emotion does, and what is added to it."""

    tempo: float = 1.0  #: of breath and of the head's drifting
    swaying: float = 1.0  #: how far the head drifts
    tilt: float = 0.0  #: to the side, added to the sway
    brows: float = 0.0  #: steps, added
    wandering: float = 1.0  #: how often the eyes glance away
    nodding: float = 1.0  #: how deep the nods on stressed syllables are
    nods_s: float = 0.42  #: how long one takes
    lifting: float = 0.28  #: the share of stressed syllables that lift the brows
    regular: float = 0.0  #: 1 where each stressed syllable is nodded to alike
    opening: float = 1.0  #: how far the mouth opens


MANNERS: Mapping[Emotion, Manner] = MappingProxyType(
    {
        Emotion.NEUTRAL: Manner(),
        Emotion.EXCITED: Manner(
            tempo=1.4,
            swaying=1.2,
            brows=0.8,
            nodding=1.7,
            nods_s=0.36,
            lifting=0.45,
            opening=1.18,
        ),
        Emotion.SERIOUS: Manner(
            tempo=0.85,
            swaying=0.5,
            brows=-0.8,
            wandering=0.5,
            nodding=0.8,
            lifting=0.08,
            opening=0.95,
        ),
        Emotion.FRIENDLY: Manner(
            tempo=1.05, tilt=0.16, brows=0.35, nodding=1.25, lifting=0.34
        ),
        Emotion.SOOTHING: Manner(
            tempo=0.6,
            swaying=0.8,
            tilt=0.1,
            wandering=0.6,
            nodding=0.6,
            nods_s=0.7,
            lifting=0.1,
            opening=0.86,
        ),
        Emotion.BROADCASTER: Manner(
            tempo=0.9,
            swaying=0.35,
            wandering=0.1,
            nodding=1.25,
            nods_s=0.34,
            lifting=0.2,
            regular=1.0,
            opening=1.06,
        ),
    }
)
