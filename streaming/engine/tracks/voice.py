"""The avatar's sound."""

from fractions import Fraction

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame

from streaming.engine.clock import MediaClock
from streaming.engine.packets import Sounds
from streaming.engine.packets.sounds import Send
from streaming.engine.performance import Performance
from streaming.engine.speech.sound import RATE_HZ

PACKET_S = 0.02
_PACKET = round(RATE_HZ * PACKET_S)


class VoiceTrack(MediaStreamTrack):
    """Twenty milliseconds at a time. Its samples are the session's clock."""

    kind = "audio"

    def __init__(self, performance: Performance) -> None:
        super().__init__()
        self._performance = performance
        self._sent = 0

    @property
    def clock(self) -> MediaClock:
        return self._performance.clock

    def packets(self, send: Send) -> Sounds:
        """The same sound as packets of Opus."""
        return Sounds(self._performance, send)

    async def recv(self) -> AudioFrame:
        """The next packet's sound, at its time. Raises `MediaStreamError` once ended."""
        if self.readyState != "live":
            raise MediaStreamError
        due_s = self._sent / RATE_HZ
        self.clock.leave_out_lost(due_s, PACKET_S)
        await self.clock.wait_until(due_s)

        samples = self._performance.sound(_PACKET)
        frame = AudioFrame.from_ndarray(
            samples.reshape(1, -1), format="s16", layout="mono"
        )
        frame.sample_rate = RATE_HZ
        frame.pts = self._sent
        frame.time_base = Fraction(1, RATE_HZ)
        self._sent += _PACKET
        return frame
