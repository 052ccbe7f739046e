"""Time: the wall for timers, and each session's own media time."""

import asyncio
import time
from collections.abc import Callable
from typing import Final, Protocol

PICTURES_PER_S: Final = 25
PICTURE_CLOCK_HZ: Final = 90_000
_LATE_S: Final = 0.2  # beyond this, time lost is left out instead of being caught up


class Clock(Protocol):
    """Where timers take their time from; tests hand in one that they turn themselves."""

    def monotonic(self) -> float:
        """Seconds that only ever grow."""

    def unix(self) -> float:
        """Seconds since 1970, for people and protocols."""

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's own time."""

    def monotonic(self) -> float:
        return time.monotonic()

    def unix(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class MediaClock:
    """One session's media time, in seconds since its first sample of sound.

    Sound and picture both live on this clock. Only the sound may hold it back: when the
    machine was away for a while, `leave_out_lost` leaves the gap out for both of them,
    so they neither race to catch up nor drift apart.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._zero: float | None = None

    def now_s(self) -> float:
        """Media time; the first call starts the clock."""
        zero = self._started_at()
        return self._monotonic() - zero

    @property
    def has_started(self) -> bool:
        return self._zero is not None

    def monotonic_at(self, at_s: float) -> float:
        """What `time.monotonic` shows at that media time, as far as is known now."""
        return self._started_at() + at_s

    def leave_out_lost(self, due_s: float, step_s: float) -> None:
        """Forget the time since `due_s`, if that is so long that it is lost.

        In whole steps: sessions that were late together must not go on in step.
        """
        zero = self._started_at()
        late_s = self._monotonic() - zero - due_s
        if late_s > _LATE_S:
            self._zero = zero + late_s // step_s * step_s

    async def wait_until(self, at_s: float) -> None:
        """Return at `at_s`, or at once when that has passed."""
        # A timer may fire a little early, and the clock may have been held meanwhile.
        while (left_s := at_s - self.now_s()) > 0:  # noqa: ASYNC110 (time passes by itself)
            await asyncio.sleep(left_s)

    def _started_at(self) -> float:
        if self._zero is None:
            self._zero = self._monotonic()
        return self._zero
