"""What a viewer may say on the socket about presentations: a closed union."""

from dataclasses import dataclass
from typing import Any

from personas.limits import SLUG_MAX_CHARS
from streaming.messages import BadMessage


@dataclass(frozen=True, slots=True)
class Play:
    """Present a script, from one of its segments on."""

    script: str
    segment: int = 1


@dataclass(frozen=True, slots=True)
class GoTo:
    """Go on at the beginning of another segment."""

    segment: int


@dataclass(frozen=True, slots=True)
class Pause:
    """Be silent, and remember where."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on with the sentence that was cut."""


@dataclass(frozen=True, slots=True)
class Stop:
    """End the presentation."""


@dataclass(frozen=True, slots=True)
class Tell:
    """How does it stand?"""


ScriptMessage = Play | GoTo | Pause | Resume | Stop | Tell


def parse(content: dict[str, Any]) -> ScriptMessage | None:
    """Read one decoded frame; None when it is not about presentations.

    Raises `BadMessage` with a reason fit for the client.
    """
    match content:
        case {"type": "script.play"}:
            return Play(_name(content, "script"), _number(content, "segment", 1))
        case {"type": "script.goto"}:
            return GoTo(_number(content, "segment"))
        case {"type": "script.pause"}:
            return Pause()
        case {"type": "script.resume"}:
            return Resume()
        case {"type": "script.stop"}:
            return Stop()
        case {"type": "script.state"}:
            return Tell()
        case _:
            return None


def _name(content: dict[str, Any], field: str) -> str:
    name = content.get(field)
    if not isinstance(name, str) or not 0 < len(name) <= SLUG_MAX_CHARS:
        raise BadMessage(f"{field}: must be a name.")
    if not name.isprintable():
        raise BadMessage(f"{field}: must be a name.")
    return name


def _number(content: dict[str, Any], field: str, default: int | None = None) -> int:
    number = content.get(field, default)
    if not isinstance(number, int) or isinstance(number, bool):
        raise BadMessage(f"{field}: must be a whole number.")
    return number
