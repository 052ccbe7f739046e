"""What a viewer may say on the socket, beyond what every session knows: a closed union."""

from dataclasses import dataclass
from typing import Any

from streaming.messages import BadMessage

MAX_SAY_CHARS = 1000
MAX_PROMPT_CHARS = 4000
MAX_NUMBER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Say:
    """Have the avatar repeat this text, behind what it says or in its stead."""

    text: str
    interrupts: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Have the persona answer this, also when something else is being said."""

    text: str
    interrupts: bool = False


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Be silent, now."""


@dataclass(frozen=True, slots=True)
class Replay:
    """In a replay: have the avatar say this piece of this turn again."""

    turn: int
    piece: int


ChatMessage = Say | Ask | Interrupt | Replay


def parse(content: dict[str, Any]) -> ChatMessage | None:
    """Read one decoded frame; None when it is not about talking.

    Raises `BadMessage` with a reason fit for the client.
    """
    match content:
        case {"type": "say"}:
            return Say(_text(content, MAX_SAY_CHARS), _interrupts(content))
        case {"type": "ask"}:
            return Ask(_text(content, MAX_PROMPT_CHARS), _interrupts(content))
        case {"type": "interrupt"}:
            return Interrupt()
        case {"type": "replay"}:
            return Replay(_number(content, "turn"), _number(content, "piece"))
        case _:
            return None


def _number(content: dict[str, Any], name: str) -> int:
    number = content.get(name)
    if not isinstance(number, int) or isinstance(number, bool):
        raise BadMessage(f"{name}: must be a whole number.")
    if not 0 <= number <= MAX_NUMBER:
        raise BadMessage(f"{name}: must be from 0 to {MAX_NUMBER}.")
    return number


def _interrupts(content: dict[str, Any]) -> bool:
    interrupts = content.get("interrupt", False)
    if not isinstance(interrupts, bool):
        raise BadMessage("interrupt: must be true or false.")
    return interrupts


def _text(content: dict[str, Any], max_chars: int) -> str:
    text = content.get("text")
    if not isinstance(text, str):
        raise BadMessage("text: must be a string.")
    text = text.strip()
    if not 0 < len(text) <= max_chars:
        raise BadMessage(f"text: must have 1 to {max_chars} characters.")
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise BadMessage("text: must be plain Unicode text.")
    return text
