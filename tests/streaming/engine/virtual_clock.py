"""A clock that a test turns itself."""

import asyncio
import heapq
from itertools import count

_TURNS = 30  # of the event loop, for what a timer sets off to run its course


class VirtualClock:
    """Time stands still but for `advance`, which wakes sleepers in their order."""

    def __init__(self) -> None:
        self._now = 1000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()

    def monotonic(self) -> float:
        return self._now

    def unix(self) -> float:
        return 1_700_000_000 + self._now

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(
            self._sleepers, (self._now + seconds, next(self._numbers), woken)
        )
        await woken

    async def advance(self, seconds: float) -> None:
        until = self._now + seconds
        await _let_others_run()
        while self._sleepers and self._sleepers[0][0] <= until:
            self._now, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
            await _let_others_run()
        self._now = until


async def _let_others_run() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)
