"""What a browser may say on the session's websocket: a closed union with one parser."""

import json
import math
from dataclasses import dataclass
from typing import Any, ClassVar

from config.errors import DomainError

ICE_STATES = frozenset(
    {"new", "checking", "connected", "completed", "disconnected", "failed", "closed"}
)
MAX_TASK_ID_CHARS = 100
MAX_STATS = 32
MAX_STAT_NAME_CHARS = 60


class BadMessage(DomainError):
    """The frame is not one that we know; the message says what is wrong with it."""

    code: ClassVar[str] = "bad_message"


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The viewer is still there."""


@dataclass(frozen=True, slots=True)
class IceState:
    """What the browser says of its connection, in the words of the W3C."""

    state: str


@dataclass(frozen=True, slots=True)
class Talking:
    """The avatar began or ended an utterance, as the data channel told the browser."""

    state: str
    task_id: str


@dataclass(frozen=True, slots=True)
class MediaStats:
    """Numbers about the received media, for operators."""

    stats: dict[str, float]


@dataclass(frozen=True, slots=True)
class Stay:
    """Do not close for idleness."""


@dataclass(frozen=True, slots=True)
class Close:
    """End the session."""


ClientMessage = Heartbeat | IceState | Talking | MediaStats | Stay | Close


def decode(text: str | None) -> dict[str, Any]:
    """One text frame as a JSON object. Raises `BadMessage`."""
    try:
        content = json.loads(text or "")
    except (ValueError, RecursionError) as exc:
        raise BadMessage("A frame must be JSON in text.") from exc
    if not isinstance(content, dict) or not isinstance(content.get("type"), str):
        raise BadMessage("A frame must be an object with a type.")
    return content


def parse(content: dict[str, Any]) -> ClientMessage:
    """Read one decoded frame. Raises `BadMessage` with a reason fit for the client."""
    match content:
        case {"type": "heartbeat"}:
            return Heartbeat()
        case {"type": "ice.state", "state": str(state)} if state in ICE_STATES:
            return IceState(state)
        case {"type": "ice.state"}:
            raise BadMessage(f"state: must be one of {', '.join(sorted(ICE_STATES))}.")
        case {"type": "avatar.talking", "state": "start" | "stop" as state}:
            return Talking(state, _task_id(content))
        case {"type": "avatar.talking"}:
            raise BadMessage("state: must be start or stop.")
        case {"type": "media.stats"}:
            return MediaStats(_numbers(content))
        case {"type": "stay"}:
            return Stay()
        case {"type": "close"}:
            return Close()
        case _:
            raise BadMessage(f"type: {content['type'][:40]!r} is not known here.")


def _task_id(content: dict[str, Any]) -> str:
    """Without what a database cannot keep: NUL and lone surrogates are not printable."""
    task_id = str(content.get("task_id", ""))[:MAX_TASK_ID_CHARS]
    return "".join(char for char in task_id if char.isprintable())


def _numbers(content: dict[str, Any]) -> dict[str, float]:
    numbers = {
        name: value
        for name, value in content.items()
        if _is_number(value) and name.isprintable() and len(name) <= MAX_STAT_NAME_CHARS
    }
    if len(numbers) > MAX_STATS:
        raise BadMessage(f"media.stats: at most {MAX_STATS} numbers.")
    return numbers


def _is_number(value: Any) -> bool:
    """Whether it is a number that every language on the way can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) < 2**53
