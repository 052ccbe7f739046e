"""The avatar's sound."""

from fractions import Fraction
from typing import Any

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame, Packet

from streaming.engine.packets import Sound
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
        self._encoded: Sound | None = None

    def send_packets(self) -> None:
        """Give Opus packets from now on, instead of samples to be encoded."""
        self._encoded = Sound()

    async def recv(self) -> "AudioFrame | Packet[Any]":
        """The next packet's sound, at its time. Raises `MediaStreamError` once ended."""
        if self.readyState != "live":
            raise MediaStreamError
        clock = self._performance.clock
        due_s = self._sent / RATE_HZ
        if clock.now_s() - due_s > _LATE_S:
            clock.hold_at(due_s)
        await clock.wait_until(due_s)

        samples = self._performance.sound(_PACKET)
        sound: AudioFrame | Packet[Any]
        if self._encoded is not None:
            sound = Packet(self._encoded.packet(samples))
        else:
            sound = AudioFrame.from_ndarray(
                samples.reshape(1, -1), format="s16", layout="mono"
            )
            sound.sample_rate = RATE_HZ
        sound.pts = self._sent
        sound.time_base = Fraction(1, RATE_HZ)
        self._sent += _PACKET
        return sound
