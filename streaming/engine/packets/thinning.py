"""How much may be sent over a line that is narrower than the pictures."""

from typing import Final

_SAVED_S: Final = 0.5
_OWED_S: Final = 1.0


class Thinning:
    """Lets a picture pass when those before it have gone through.

    A packet cannot be encoded again for less, so a narrow line is sent fewer of them.
    """

    def __init__(self) -> None:
        self._bps: int | None = None
        self._bits = 0.0
        self._at_s = 0.0

    def limit(self, bps: int | None) -> None:
        """Stay below `bps` from now on; None is no limit."""
        self._bps = bps

    def has_room(self, at_s: float) -> bool:
        if self._bps is None:
            return True
        gained = (at_s - self._at_s) * self._bps
        self._bits = min(self._bits + gained, self._bps * _SAVED_S)
        self._at_s = at_s
        return self._bits >= 0

    def sent(self, nbytes: int) -> None:
        """Count a picture; after a large one, a line is full for a second at most."""
        if self._bps is not None:
            self._bits = max(self._bits - nbytes * 8, -self._bps * _OWED_S)
