"""The avatar's picture."""

import asyncio
from concurrent.futures import Executor
from fractions import Fraction

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import VideoFrame

from streaming.engine.face import Stage
from streaming.engine.performance import Performance

FRAMES_PER_S = 25
CLOCK_HZ = 90_000
_TICKS = CLOCK_HZ // FRAMES_PER_S


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

    async def recv(self) -> VideoFrame:
        """The next picture, at its time. Raises `MediaStreamError` once ended."""
        if self.readyState != "live":
            raise MediaStreamError
        stage = await asyncio.shield(self._stage)
        clock = self._performance.clock
        number = max(self._next, int(clock.now_s() * FRAMES_PER_S))
        await clock.wait_until(number / FRAMES_PER_S)

        # A picture stands for its whole 40 ms, so it shows the middle of them.
        pose = self._performance.pose_at((number + 0.5) / FRAMES_PER_S)
        loop = asyncio.get_running_loop()
        frame = await loop.run_in_executor(self._pool, stage.picture, pose)
        frame.pts = number * _TICKS
        frame.time_base = Fraction(1, CLOCK_HZ)
        self._next = number + 1
        return frame
