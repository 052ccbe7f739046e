"""The pictures of one scene, as packets."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from itertools import count
from typing import Final

from streaming.engine.face import Pose
from streaming.engine.packets.atelier import Atelier
from streaming.engine.packets.cache import Cache
from streaming.engine.packets.likeness import Likenesses
from streaming.engine.packets.scenes import Scene
from streaming.engine.packets.shots import shot

#: how many new pictures are made, whether or not others would pass for them
NEW_PER_S: Final = 10.0
_NEEDED_PER_S: Final = 5.0  # and how many more for which none would
PATIENCE_S: Final = 0.03  # what is not there by then is too late for its place
_KEPT_REELS: Final = 64

_numbers = count()

Paint = Callable[[Pose], "Future[bytes]"]


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
    """Every picture of a scene that was ever sent, until the cache needs the room.

    `whole` is the packet that a viewer must have before any other. All packets of a
    reel go with that one and with no other reel's.
    """

    def __init__(
        self, avatar_id: str, whole: bytes, paint: Paint, cache: Cache
    ) -> None:
        self.avatar_id = avatar_id
        self.whole = whole
        self._paint = paint
        self._cache = cache
        self._number = next(_numbers)
        self._likenesses = Likenesses()
        self._new, self._needed = Allowance(NEW_PER_S), Allowance(_NEEDED_PER_S)
        self._making: dict[Pose, Future[bytes]] = {}

    def find(self, pose: Pose) -> bytes | None:
        """The picture of `pose`, if it is there."""
        return self._found(shot(pose))

    def make(self, pose: Pose) -> bytes:
        """The picture of `pose`, made now unless it is there. Takes milliseconds.

        Not for an event loop.
        """
        wanted = shot(pose)
        found = self._found(wanted)
        if found is None:
            making = self._start_making(wanted)
            found = making.result()
            self._keep(wanted, making)  # which may not have happened yet
        return found

    def at_hand(self, pose: Pose) -> "bytes | Awaitable[bytes] | None":
        """What to send for `pose`: a picture, one on its way, or nothing.

        Only so many new ones are made in a second. For the others goes what passes for
        them, and if nothing does, the picture before stays a moment longer.
        """
        wanted = shot(pose)
        found = self._found(wanted)
        if found is None and not self._new.take():
            found = self._found_like(wanted)
            if found is None and not self._needed.take():
                return None
        return self._made(wanted) if found is None else found

    async def prepare(self, pose: Pose) -> None:
        """Have the picture of `pose` made."""
        await asyncio.wrap_future(self._start_making(shot(pose)))

    def _found(self, wanted: Pose) -> bytes | None:
        return self._cache.get((self._number, wanted))

    def _found_like(self, wanted: Pose) -> bytes | None:
        while (other := self._likenesses.nearest(wanted)) is not None:
            if (found := self._found(other)) is not None:
                return found
            self._likenesses.drop(other)  # as the cache did
        return None

    async def _made(self, wanted: Pose) -> bytes:
        """The picture, or one that passes for it when it would be late."""
        making = asyncio.wrap_future(self._start_making(wanted))
        done, _ = await asyncio.wait([making], timeout=PATIENCE_S)
        if not done and (found := self._found_like(wanted)) is not None:
            making.add_done_callback(_forget)
            return found
        # Not cancelled with whoever waits: others may wait for it too.
        return await asyncio.shield(making)

    def _start_making(self, wanted: Pose) -> "Future[bytes]":
        """Have it made once, however many wait for it."""
        making = self._making.get(wanted)
        if making is None:
            making = self._making[wanted] = self._paint(wanted)
            making.add_done_callback(lambda made: self._keep(wanted, made))
        return making

    def _keep(self, wanted: Pose, made: "Future[bytes]") -> None:
        self._making.pop(wanted, None)
        is_made = not made.cancelled() and made.exception() is None
        if is_made and self._cache.put((self._number, wanted), made.result()):
            self._likenesses.add(wanted)


def _forget(making: "asyncio.Future[bytes]") -> None:
    """Nobody waits any more: what went wrong will be met by who asks next."""
    if not making.cancelled():
        making.exception()


class Reels:
    """Reels by scene, and the process that makes their pictures."""

    def __init__(self) -> None:
        self._atelier = Atelier()
        self._cache = Cache()
        self._reels: OrderedDict[Scene, Reel] = OrderedDict()

    async def open(self, scene: Scene) -> Reel:
        """The reel of `scene`; takes a second or two when it is new.

        Raises `AtelierError` if it cannot be made.
        """
        if scene not in self._reels:
            whole = await asyncio.wrap_future(self._atelier.whole(scene))
            if scene not in self._reels:
                self._reels[scene] = Reel(
                    scene.avatar_id,
                    whole,
                    lambda pose: self._atelier.picture(scene, pose),
                    self._cache,
                )
        self._reels.move_to_end(scene)
        while len(self._reels) > _KEPT_REELS:
            self._reels.popitem(last=False)
        return self._reels[scene]

    async def warm(self, scene: Scene) -> None:
        """Have ready what most pictures of `scene` are put together from."""
        await asyncio.wrap_future(self._atelier.warm(scene))

    def close(self) -> None:
        """Make nothing any more. Closing twice is harmless."""
        self._atelier.close()


#: of this process, as drawings are kept for all of it
reels: Final = Reels()
