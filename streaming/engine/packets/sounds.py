"""The sound of one session, 20 ms at a time, as Opus packets."""

from collections.abc import Callable
from typing import Final

from streaming.engine.pacer import SLOT_S
from streaming.engine.packets.sound import PACKET, Sound
from streaming.engine.performance import Performance
from streaming.engine.speech.sound import RATE_HZ

PACKET_S: Final = PACKET / RATE_HZ

Send = Callable[[bytes, int], None]


class Sounds:
    """Hands each packet to `send` with its first sample. Samples are the session's clock."""

    def __init__(self, performance: Performance, send: Send) -> None:
        self._performance = performance
        self._send = send
        self._sound = Sound()
        self._sent = 0

    def act(self) -> float:
        """Send what is due; the answer is when to come again, of `time.monotonic`."""
        clock = self._performance.clock
        clock.leave_out_lost(self._sent / RATE_HZ, PACKET_S)
        while clock.now_s() > self._sent / RATE_HZ - SLOT_S:
            samples = self._performance.sound(PACKET)
            self._send(self._sound.packet(samples), self._sent)
            self._sent += PACKET
        return clock.monotonic_at(self._sent / RATE_HZ)
