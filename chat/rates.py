"""How much may come at once."""


class Bucket:
    """Lets `burst` through at once, and `per_s` a second in the long run."""

    def __init__(self, burst: int, per_s: float) -> None:
        self._burst = burst
        self._per_s = per_s
        self._left = float(burst)
        self._at_s: float | None = None

    def take(self, at_s: float) -> bool:
        """Whether one more may pass at this time, in monotonic seconds."""
        if self._at_s is not None:
            refilled = self._left + (at_s - self._at_s) * self._per_s
            self._left = min(float(self._burst), refilled)
        self._at_s = at_s
        if self._left < 1:
            return False
        self._left -= 1
        return True
