"""The avatar's picture."""

import asyncio
import logging
from concurrent.futures import Executor
from fractions import Fraction
from typing import Any

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import Packet, VideoFrame

from streaming.engine.face import Pose, Stage
from streaming.engine.packets import Reel, reel_of
from streaming.engine.performance import Performance

log = logging.getLogger(__name__)

FRAMES_PER_S = 25
CLOCK_HZ = 90_000
_TICKS = CLOCK_HZ // FRAMES_PER_S
_WHOLE_AHEAD = CLOCK_HZ // 1000  # so long is the whole picture itself to be seen
_WHOLE_APART = 5  # pictures, at least, between two whole ones


class FaceTrack(MediaStreamTrack):
    """25 pictures a second, following the sound's clock.

    A machine too slow for that shows fewer pictures; it never falls behind the sound.
    """

    kind = "video"

    def __init__(
        self, performance: Performance, stage: "asyncio.Future[Stage]", pool: Executor
    ) -> None:
        super().__init__()
        self._performance = performance
        self._stage = stage
        self._pool = pool
        self._next = 0
        self._sends_packets = False
        self._reel: Reel | None = None
        self._owes_whole = True
        self._whole_after = 0

    def send_packets(self) -> None:
        """Give VP8 packets from now on, instead of pictures to be encoded."""
        self._sends_packets = True

    def send_whole(self) -> None:
        """The viewer has lost the thread: let them have the whole picture again."""
        self._owes_whole = True

    async def recv(self) -> "VideoFrame | Packet[Any]":
        """The next picture, at its time. Raises `MediaStreamError` once ended."""
        if self.readyState != "live":
            raise MediaStreamError
        stage = await asyncio.shield(self._stage)
        if self._sends_packets and self._reel is None:
            await self._open_reel(stage)
        clock = self._performance.clock
        number = max(self._next, int(clock.now_s() * FRAMES_PER_S))
        await clock.wait_until(number / FRAMES_PER_S)
        if self._reel is not None and self._owes_whole and number >= self._whole_after:
            self._owes_whole = False
            self._whole_after = number + _WHOLE_APART
            # A moment before the picture whose turn it is: it is needed, not looked at.
            self._next = number
            return _packet(self._reel.whole, number * _TICKS - _WHOLE_AHEAD)

        # A picture stands for its whole 40 ms, so it shows the middle of them.
        pose = self._performance.pose_at((number + 0.5) / FRAMES_PER_S)
        self._next = number + 1
        if self._reel is not None:
            return _packet(await self._reel.picture(pose, self._pool), number * _TICKS)
        return await self._frame(stage, pose, number * _TICKS)

    async def _open_reel(self, stage: Stage) -> None:
        loop = asyncio.get_running_loop()
        try:
            self._reel = await loop.run_in_executor(self._pool, reel_of, stage)
        except Exception as exc:
            # Whatever it is: pictures can still be encoded one by one.
            log.warning("Sending pictures live.", extra={"why": type(exc).__name__})
            self._sends_packets = False

    async def _frame(self, stage: Stage, pose: Pose, pts: int) -> VideoFrame:
        loop = asyncio.get_running_loop()
        frame = await loop.run_in_executor(self._pool, stage.picture, pose)
        frame.pts = pts
        frame.time_base = Fraction(1, CLOCK_HZ)
        return frame


def _packet(data: bytes, pts: int) -> "Packet[Any]":
    packet = Packet(data)
    packet.pts = max(0, pts)
    packet.time_base = Fraction(1, CLOCK_HZ)
    return packet
