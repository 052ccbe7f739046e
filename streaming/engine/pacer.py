"""One timer for everything that is sent at a steady pace."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

SLOT_S: Final = 0.005

Act = Callable[[], float]


@dataclass(slots=True, eq=False)
class _Turn:
    act: Act
    failed: "asyncio.Future[None]"
    slot: int = 0


class Pacer:
    """Calls all that is due within `SLOT_S` in one go, half of that early or late.

    Forty sessions send three thousand times a second: as many timers and tasks would
    cost more than what they send.
    """

    def __init__(self) -> None:
        self._slots: dict[int, list[_Turn]] = {}
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_idle(self) -> bool:
        return not self._slots

    async def keep(self, act: Act) -> None:
        """Call `act` soon, and then at each time of `time.monotonic` it answers with.

        Goes on until cancelled, or raises what `act` raises.
        """
        turn = _Turn(act, asyncio.get_running_loop().create_future())
        self._put(turn, _slot(time.monotonic()))
        try:
            await turn.failed
        finally:
            turn.failed.cancel()
            self._forget(turn)

    def _forget(self, turn: _Turn) -> None:
        """Hold on to nothing of a turn that will not be taken any more."""
        waiting = self._slots.get(turn.slot, [])
        if turn in waiting:
            waiting.remove(turn)
            if not waiting:
                del self._slots[turn.slot]

    def _put(self, turn: _Turn, slot: int) -> None:
        self._wait(turn, slot)
        at_s = slot * SLOT_S
        if self._timer is not None:
            if self._timer.when() <= at_s:
                return
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(at_s, self._run)

    def _run(self) -> None:
        self._timer = None
        now = _slot(time.monotonic())
        for slot in sorted(slot for slot in self._slots if slot <= now):
            for turn in self._slots.pop(slot):
                self._take(turn, now)
        if self._slots and self._timer is None:
            self._timer = asyncio.get_running_loop().call_at(
                min(self._slots) * SLOT_S, self._run
            )

    def _take(self, turn: _Turn, now: int) -> None:
        if turn.failed.done():
            return
        try:
            at_s = turn.act()
        # Told to whoever keeps it; the others have their turn in any case.
        except Exception as exc:
            turn.failed.set_exception(exc)
        else:
            # Never in a slot that is being served: one that is late would keep it up.
            self._wait(turn, max(now + 1, _slot(at_s)))

    def _wait(self, turn: _Turn, slot: int) -> None:
        turn.slot = slot
        self._slots.setdefault(slot, []).append(turn)


def _slot(at_s: float) -> int:
    return round(at_s / SLOT_S)
