"""How fast one turn was: the same stages as in the studio, as a bar and in words."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.models import Turn

WIDTH = 300

#: What ends each stage, how styles call it, and what happened in it.
STAGES: tuple[tuple[str, str, Promise | str], ...] = (
    ("first_delta_ms", "mind", _("thinking")),
    ("first_piece_ms", "sentence", _("first sentence")),
    ("accepted_ms", "avatar", _("handing over")),
    ("talk_ms", "voice", _("voice on its way")),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a turn, and its place on a bar that is `WIDTH` long."""

    name: str
    label: Promise | str
    lasts_ms: float
    x: float
    width: float


def stages_of(turn: Turn, *, longest_ms: float) -> list[Stage]:
    """Those that are known, each from the end of the one before; all bars have one scale."""
    stages, from_ms = [], 0.0
    for field, name, label in STAGES:
        until_ms = getattr(turn, field)
        if until_ms is None or until_ms < from_ms:
            continue
        lasts_ms = until_ms - from_ms
        x, width = (WIDTH * ms / longest_ms for ms in (from_ms, lasts_ms))
        stages.append(Stage(name, label, lasts_ms, round(x, 2), round(width, 2)))
        from_ms = until_ms
    return stages


def last_ms(turn: Turn) -> float:
    """When the last of its stages ended."""
    known = (getattr(turn, field) for field, _name, _label in STAGES)
    return max((ms for ms in known if ms is not None), default=0.0)


def words_of(turn: Turn) -> list[str]:
    """All that was measured of a turn, in words."""
    said = [
        (turn.first_delta_ms, gettext("first words written after %(time)s")),
        (turn.first_piece_ms, gettext("first sentence complete after %(time)s")),
        (turn.accepted_ms, gettext("handed to the avatar after %(time)s")),
        (turn.talk_ms, gettext("first heard after %(time)s")),
        (turn.interrupted_ms, gettext("interrupted after %(time)s")),
        (turn.finished_ms, gettext("all handed over after %(time)s")),
    ]
    return [words % {"time": in_time(ms)} for ms, words in said if ms is not None]


def in_time(ms: float) -> str:
    """A short time: milliseconds below a second, else seconds to the tenth."""
    if ms < 1000:
        return gettext("%(ms)d ms") % {"ms": round(ms)}
    return gettext("%(seconds).1f s") % {"seconds": ms / 1000}
