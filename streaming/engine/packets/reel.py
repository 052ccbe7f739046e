"""The pictures of one avatar at one size before one background, as packets."""

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Executor, Future
from itertools import count
from typing import Final

from streaming.engine.face import Pose, Stage
from streaming.engine.face.stage import KEPT_STAGES
from streaming.engine.packets.cache import Cache
from streaming.engine.packets.coder import Coder
from streaming.engine.packets.shots import like, shot

#: how many new pictures are made while others would pass for them
NEW_PER_S: Final = 10.0
PATIENCE_S: Final = 0.03  # what is not there by then is too late for its place

_cache = Cache()
_numbers = count()


class Allowance:
    """So many a second, and as many at once when none were used for a while."""

    def __init__(
        self, per_s: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_s = per_s
        self._monotonic = monotonic
        self._left = per_s
        self._at_s = monotonic()

    def take(self) -> bool:
        now_s = self._monotonic()
        gained = (now_s - self._at_s) * self._per_s
        self._left = min(self._per_s, self._left + gained)
        self._at_s = now_s
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Reel:
    """Every picture of a stage that was ever sent, until the cache needs the room.

    `whole` is the packet that a viewer must have before any other. All packets of a
    reel go with that one and with no other reel's.
    """

    def __init__(self, stage: Stage, cache: Cache | None = None) -> None:
        self.avatar_id = stage.avatar_id
        self._stage = stage
        self._cache = _cache if cache is None else cache
        self._number = next(_numbers)
        self._coder = Coder(stage.picture(Pose()))
        self._allowance = Allowance(NEW_PER_S)
        self._making: dict[Pose, Future[bytes]] = {}
        self.whole = self._coder.whole

    def find(self, pose: Pose) -> bytes | None:
        """The picture of `pose`, if it is there."""
        return self._cache.get((self._number, shot(pose)))

    def find_like(self, pose: Pose) -> bytes | None:
        """One that passes for it for a moment, if there is any."""
        for other in like(shot(pose)):
            if (found := self._cache.get((self._number, other))) is not None:
                return found
        return None

    def make(self, pose: Pose) -> bytes:
        """The picture of `pose`, encoded now unless it is there. Takes milliseconds."""
        wanted = shot(pose)
        found = self._cache.get((self._number, wanted))
        if found is None:
            found = self._coder.encode(self._stage.picture(wanted))
            self._cache.put((self._number, wanted), found)
        return found

    async def picture(self, pose: Pose, pool: Executor) -> bytes:
        """The picture of `pose`, or one that passes for it when it would be late.

        New ones are made in `pool`. While many are new at once, only some of them are
        made, and those that have their like have to wait for another time.
        """
        found = self.find(pose)
        if found is None and not self._allowance.take():
            found = self.find_like(pose)
        if found is not None:
            return found
        making = asyncio.wrap_future(self._start_making(shot(pose), pool))
        done, _ = await asyncio.wait([making], timeout=PATIENCE_S)
        if not done and (found := self.find_like(pose)) is not None:
            making.add_done_callback(_forget)
            return found
        # Not cancelled with whoever waits: others may wait for it too.
        return await asyncio.shield(making)

    def _start_making(self, wanted: Pose, pool: Executor) -> Future[bytes]:
        """Have it made once, however many wait for it."""
        making = self._making.get(wanted)
        if making is None:
            making = self._making[wanted] = pool.submit(self.make, wanted)
            making.add_done_callback(lambda _: self._making.pop(wanted, None))
        return making


_reels: OrderedDict[tuple[str, int, int, str], Reel] = OrderedDict()
_reels_lock = threading.Lock()


def reel_of(stage: Stage) -> Reel:
    """The reel of a stage; the last few are kept. Takes milliseconds when it is new."""
    key = (stage.avatar_id, stage.width, stage.height, stage.background)
    with _reels_lock:
        if key not in _reels:
            _reels[key] = Reel(stage)
        _reels.move_to_end(key)
        while len(_reels) > KEPT_STAGES:
            _reels.popitem(last=False)
        return _reels[key]


def _forget(making: "asyncio.Future[bytes]") -> None:
    """Nobody waits any more: what went wrong will be met by who asks next."""
    if not making.cancelled():
        making.exception()
