"""The pictures of one session, each at its time, as packets of its reel."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from streaming.engine.clock import PICTURE_CLOCK_HZ, PICTURES_PER_S
from streaming.engine.pacer import SLOT_S
from streaming.engine.packets.reel import Reel
from streaming.engine.packets.thinning import Thinning
from streaming.engine.performance import Performance

log = logging.getLogger(__name__)

_TICKS: Final = PICTURE_CLOCK_HZ // PICTURES_PER_S
_WHOLE_AHEAD: Final = PICTURE_CLOCK_HZ // 1000  # so long is it itself to be seen
_WHOLE_APART: Final = 5  # pictures, at least, between two whole ones

Send = Callable[[bytes, int], None]


class Pictures:
    """25 pictures a second, following the sound's clock.

    Each is handed to `send` with its time in ticks of 90 kHz. One that has to be made
    first comes late, and those that are due meanwhile are left out. `close` it.
    """

    def __init__(self, reel: Reel, performance: Performance, send: Send) -> None:
        self._reel = reel
        self._performance = performance
        self._send = send
        self._thinning = Thinning()
        self._next = 0
        self._late: asyncio.Task[None] | None = None
        self._owes_whole = True
        self._whole_after = 0

    def act(self) -> float:
        """Send what is due; the answer is when to come again, of `time.monotonic`."""
        clock = self._performance.clock
        now_s = clock.now_s()
        number = max(self._next, int(now_s * PICTURES_PER_S))
        if now_s > number / PICTURES_PER_S - SLOT_S:
            self._next = number + 1
            if self._late is None:
                self._show(number)
        return clock.monotonic_at(self._next / PICTURES_PER_S)

    def send_whole(self) -> None:
        """The viewer has lost the thread: let them have the whole picture again."""
        self._owes_whole = True

    def limit(self, bps: int | None) -> None:
        """Send fewer pictures, if need be, to stay below `bps`; None is no limit."""
        self._thinning.limit(bps)

    def close(self) -> None:
        """Send nothing any more. Closing twice is harmless."""
        if self._late is not None:
            self._late.cancel()

    def _show(self, number: int) -> None:
        if not self._thinning.has_room(number / PICTURES_PER_S):
            return
        if self._owes_whole and number >= self._whole_after:
            self._owes_whole = False
            self._whole_after = number + _WHOLE_APART
            # A moment before the picture whose turn it is: it is needed, not looked at.
            self._put(self._reel.whole, max(0, number * _TICKS - _WHOLE_AHEAD))
        # A picture stands for its whole 40 ms, so it shows the middle of them.
        pose = self._performance.pose_at((number + 0.5) / PICTURES_PER_S)
        picture = self._reel.at_hand(pose)
        if isinstance(picture, bytes):
            self._put(picture, number * _TICKS)
        elif picture is not None:
            self._late = asyncio.create_task(self._show_late(picture, number))

    async def _show_late(self, picture: Awaitable[bytes], number: int) -> None:
        try:
            self._put(await picture, number * _TICKS)
        except ConnectionError:
            pass  # which the next picture meets too, where it is waited for
        except Exception as exc:
            # The picture before stays; the next may come out well.
            log.warning("A picture failed.", extra={"why": type(exc).__name__})
        finally:
            self._late = None

    def _put(self, packet: bytes, ticks: int) -> None:
        self._thinning.sent(len(packet))
        self._send(packet, ticks)
