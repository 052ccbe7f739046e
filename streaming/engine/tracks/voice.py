"""The avatar's sound."""

from fractions import Fraction

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame

from streaming.engine.performance import Performance
from streaming.engine.speech.sound import RATE_HZ

PACKET_S = 0.02
_PACKET = round(RATE_HZ * PACKET_S)
_LATE_S = 0.2  # beyond this, time lost is left out instead of being caught up


class VoiceTrack(MediaStreamTrack):
    """Twenty milliseconds at a time. Its samples are the session's clock."""

    kind = "audio"

    def __init__(self, performance: Performance) -> None:
        super().__init__()
        self._performance = performance
        self._sent = 0

    async def recv(self) -> AudioFrame:
        """The next packet's sound, at its time. Raises `MediaStreamError` once ended."""
        if self.readyState != "live":
            raise MediaStreamError
        clock = self._performance.clock
        due_s = self._sent / RATE_HZ
        if clock.now_s() - due_s > _LATE_S:
            clock.hold_at(due_s)
        await clock.wait_until(due_s)

        samples = self._performance.sound(_PACKET)
        frame = AudioFrame.from_ndarray(
            samples.reshape(1, -1), format="s16", layout="mono"
        )
        frame.sample_rate = RATE_HZ
        frame.pts = self._sent
        frame.time_base = Fraction(1, RATE_HZ)
        self._sent += _PACKET
        return frame
