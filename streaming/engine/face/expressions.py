"""How an emotion is drawn: what it makes of a mouth, of eyes and of brows.

What it makes of movements is in `manners.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from streaming.engine.emotions import Emotion


@dataclass(frozen=True, slots=True)
class Expression:
    """Differences from a face without any; all are small."""

    smile: float = 0.0  #: how far the ends of the mouth are up, in widths of a mouth
    squint: float = 0.0  #: how far the lower lid is up, in heights of an eye
    droop: float = 0.0  #: how far the upper lid is down, likewise
    knit: float = 0.0  #: how far the inner ends of the brows are turned down, degrees


PLAIN = Expression()
EXPRESSIONS: Mapping[Emotion, Expression] = MappingProxyType(
    {
        Emotion.NEUTRAL: PLAIN,
        Emotion.EXCITED: Expression(smile=0.085, squint=0.04, droop=-0.07, knit=-2.0),
        Emotion.SERIOUS: Expression(smile=-0.06, squint=0.03, droop=0.06, knit=7.0),
        Emotion.FRIENDLY: Expression(smile=0.07, squint=0.09, knit=-2.5),
        Emotion.SOOTHING: Expression(smile=0.04, squint=0.06, droop=0.15, knit=-6.0),
        Emotion.BROADCASTER: PLAIN,
    }
)


def drawn_as(emotion: Emotion) -> Emotion:
    """The emotion under which the same drawings are kept: one that shows in movements
    alone is drawn like none."""
    return Emotion.NEUTRAL if EXPRESSIONS[emotion] == PLAIN else emotion
