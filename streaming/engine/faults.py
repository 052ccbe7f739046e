"""Faults on purpose: what a cloud does on a bad day, for those who test against it.

Off unless the engine is started with some, or allowed to take them from a header. Written
as a list like "slow-new=7, refuse-task=10005, drop-answers=0.1, dead-session"; what comes
later in the list wins. The names are explained in this folder's README.
"""

import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from streaming.engine.errors import PLAYABLE, InvalidParameter

HEADER: Final = "X-Engine-Faults"
CALLS: Final = (
    "create_token",
    "new",
    "start",
    "ice",
    "task",
    "interrupt",
    "keep_alive",
    "start_listening",
    "stop_listening",
    "stop",
    "list",
)
_LONGEST_S: Final = 3600.0
_MOST_CHARS: Final = 500


class UnknownFault(ValueError):
    """A list of faults that cannot be read; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What is to befall one session, in seconds after it was opened."""

    ends_after_s: float | None = None
    unauthorized_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Faults:
    """A list of faults that has been read. Shares are of 0 to 1."""

    slow_s: Mapping[str, float] = field(default_factory=dict)
    refused: Mapping[str, int] = field(default_factory=dict)
    drop_calls: float = 0.0
    drop_answers: float = 0.0
    end_after_s: float | None = None
    end_at_random_s: float | None = None
    unauthorized_after_s: float | None = None
    dead_session: bool = False

    def fate(self, dice: random.Random) -> Fate:
        """What is to befall a session that is opened now."""
        ends_after_s = self.end_after_s
        if self.end_at_random_s is not None:
            ends_after_s = dice.expovariate(1 / self.end_at_random_s)
        return Fate(ends_after_s, self.unauthorized_after_s)


class FaultPlan:
    """Which faults a request meets: those of the start, and those that it asks for."""

    def __init__(
        self, text: str = "", *, takes_header: bool = False, seed: int | None = None
    ) -> None:
        """Raises `UnknownFault`. With a `seed`, chance falls the same way every time."""
        self.dice = random.Random(seed)  # noqa: S311
        self.dead_session_id = str(uuid.UUID(int=self.dice.getrandbits(128), version=4))
        self.takes_header = takes_header
        self._always = read_faults(text)

    def of(self, headers: Mapping[str, str]) -> Faults:
        """The faults of one request. Raises `InvalidParameter`."""
        asked = headers.get(HEADER, "") if self.takes_header else ""
        if not asked:
            return self._always
        try:
            return read_faults(asked, self._always)
        except UnknownFault as exc:
            raise InvalidParameter(HEADER, str(exc)) from exc

    def happens(self, share: float) -> bool:
        return self.dice.random() < share


def call_of(path: str) -> str | None:
    """Which of `CALLS` a path is: "new" for /v1/streaming.new."""
    _, _, call = path.rpartition("/streaming.")
    return call if call in CALLS else None


def read_faults(text: str, before: Faults | None = None) -> Faults:
    """Add the faults in `text` to those `before`. Raises `UnknownFault`."""
    faults = before or Faults()
    if len(text) > _MOST_CHARS:
        raise UnknownFault(f"must have at most {_MOST_CHARS} characters")
    for item in filter(None, map(str.strip, text.split(","))):
        name, _, value = map(str.strip, item.partition("="))
        faults = _with(faults, name, value)
    return faults


def _with(faults: Faults, name: str, value: str) -> Faults:
    if name in _PLAIN:
        return _PLAIN[name](faults, value)
    verb, _, call = name.partition("-")
    if call in CALLS and verb == "slow":
        return replace(faults, slow_s={**faults.slow_s, call: _seconds(value)})
    if call in CALLS and verb == "refuse":
        return replace(faults, refused={**faults.refused, call: _code(value)})
    raise UnknownFault(f"has no fault named {name!r}")


def _dead_session(faults: Faults, value: str) -> Faults:
    if value not in ("", "true", "false"):
        raise UnknownFault("dead-session is true or false")
    return replace(faults, dead_session=value != "false")


_PLAIN: Final[Mapping[str, Callable[[Faults, str], Faults]]] = {
    "drop-calls": lambda faults, text: replace(faults, drop_calls=_share(text)),
    "drop-answers": lambda faults, text: replace(faults, drop_answers=_share(text)),
    "end-after": lambda faults, text: replace(faults, end_after_s=_seconds(text)),
    "end-at-random": lambda faults, text: replace(
        faults, end_at_random_s=max(_seconds(text), 0.001)
    ),
    "unauthorized-after": lambda faults, text: replace(
        faults, unauthorized_after_s=_seconds(text)
    ),
    "dead-session": _dead_session,
}


def _seconds(text: str) -> float:
    return _number(text, most=_LONGEST_S, unit="seconds")


def _share(text: str) -> float:
    return _number(text, most=1.0, unit="of all")


def _number(text: str, *, most: float, unit: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= most:
        raise UnknownFault(f"wants 0 to {most:g} {unit}, not {text!r}")
    return value


def _code(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 9 and int(text) in PLAYABLE:
        return int(text)
    known = ", ".join(map(str, sorted(PLAYABLE)))
    raise UnknownFault(f"knows no code {text!r}; there are {known}")
