"""The avatar's picture."""

import asyncio
import logging
from concurrent.futures import Executor
from fractions import Fraction
from typing import Protocol

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import VideoFrame

from streaming.engine.clock import PICTURE_CLOCK_HZ, PICTURES_PER_S, MediaClock
from streaming.engine.face import Stage
from streaming.engine.packets import Pictures, Reel
from streaming.engine.packets.pictures import Send
from streaming.engine.performance import Performance

log = logging.getLogger(__name__)

_TICKS = PICTURE_CLOCK_HZ // PICTURES_PER_S


class Scenery(Protocol):
    """What one avatar is shown from; either is made when it is first asked for."""

    @property
    def painters(self) -> Executor: ...

    async def reel(self) -> Reel: ...

    async def stage(self) -> Stage: ...


class FaceTrack(MediaStreamTrack):
    """25 pictures a second, following the sound's clock.

    A machine too slow for that shows fewer pictures; it never falls behind the sound.
    """

    kind = "video"

    def __init__(self, performance: Performance, scenery: Scenery) -> None:
        super().__init__()
        self._performance = performance
        self._scenery = scenery
        self._next = 0

    @property
    def clock(self) -> MediaClock:
        return self._performance.clock

    async def packets(self, send: Send) -> Pictures | None:
        """The same pictures as packets; None if only `recv` can give them."""
        try:
            reel = await self._scenery.reel()
        except Exception as exc:
            # Whatever it is: pictures can still be encoded one by one.
            log.warning("Sending pictures live.", extra={"why": type(exc).__name__})
            return None
        return Pictures(reel, self._performance, send)

    async def recv(self) -> VideoFrame:
        """The next picture, at its time. Raises `MediaStreamError` once ended."""
        if self.readyState != "live":
            raise MediaStreamError
        stage = await self._scenery.stage()
        number = max(self._next, int(self.clock.now_s() * PICTURES_PER_S))
        await self.clock.wait_until(number / PICTURES_PER_S)
        self._next = number + 1

        # A picture stands for its whole 40 ms, so it shows the middle of them.
        pose = self._performance.pose_at((number + 0.5) / PICTURES_PER_S)
        loop = asyncio.get_running_loop()
        frame = await loop.run_in_executor(self._scenery.painters, stage.picture, pose)
        frame.pts = number * _TICKS
        frame.time_base = Fraction(1, PICTURE_CLOCK_HZ)
        return frame
