"""aiortc's senders, sending packets that are made elsewhere.

aiortc sends with a task for each stream, which wakes for each picture, has it encoded
in a thread and makes packets out of objects. Here all streams of all sessions go by
one timer, and packets are bytes from the start. Of aiortc's sender there remain its
life and its reports, and live encoding where that is what the viewer takes.

This is the one place that reaches into aiortc: methods that begin with an underscore
are overridden, `use_sender` sets a private field, and tests fail when either is gone.
"""

from asyncio import get_running_loop
from collections.abc import Callable, Coroutine
from typing import Any

from aiortc import RTCRtpSender, RTCRtpTransceiver
from aiortc.clock import current_ntp_time
from aiortc.codecs import is_rtx
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcrtpparameters import RTCRtpCodecParameters, RTCRtpSendParameters
from aiortc.rtcrtpsender import RTCEncodedFrame
from aiortc.rtp import (
    RTCP_PSFB_APP,
    AnyRtcpPacket,
    HeaderExtensionsMap,
    RtcpPsfbPacket,
    RtcpSrPacket,
    unpack_remb_fci,
)

from streaming.engine.clock import PICTURE_CLOCK_HZ, MediaClock
from streaming.engine.encoders import Bitrate, Budget, BudgetedEncoder, make_encoder
from streaming.engine.pacer import Pacer
from streaming.engine.packets import Pictures
from streaming.engine.packets.rtp import RtpStream, vp8_payloads
from streaming.engine.speech.sound import RATE_HZ
from streaming.engine.tracks import FaceTrack, VoiceTrack

_LEAST_BPS = 100_000  # of packets, on a line however narrow: five pictures a second


class PacketSender(RTCRtpSender):
    """A sender that may send packets of its own making.

    While `_stream` is None, it is as aiortc's own.
    """

    def __init__(
        self,
        track: FaceTrack | VoiceTrack,
        transport: RTCDtlsTransport,
        *,
        clock_hz: int,
        pacer: Pacer,
    ) -> None:
        super().__init__(track, transport)
        self._clock: MediaClock = track.clock
        self._clock_hz = clock_hz
        self._pacer = pacer
        self._parameters: RTCRtpSendParameters | None = None
        self._stream: RtpStream | None = None

    async def send(self, parameters: RTCRtpSendParameters) -> None:
        self._parameters = parameters
        await super().send(parameters)

    def _open_stream(self) -> None:
        parameters = self._parameters
        assert parameters is not None  # noqa: S101 - sending began with them
        extensions = HeaderExtensionsMap()
        extensions.configure(parameters)
        codec, *others = parameters.codecs
        repeats = [
            (each.payloadType or 0, self._rtx_ssrc)
            for each in others
            if is_rtx(each) and each.parameters["apt"] == codec.payloadType
        ]
        self._stream = RtpStream(
            ssrc=self._ssrc,
            payload_type=codec.payloadType or 0,
            mid=parameters.muxId,
            extensions=extensions,
            rtx=repeats[0] if repeats else None,
        )

    def _put(self, payloads: list[bytes], ticks: int) -> None:
        """Send a piece of the stream, unless the viewer wants none of it."""
        if self._stream is not None and self._enabled:
            for packet in self._stream.packets(payloads, ticks):
                _now(self.transport._send_rtp(packet))

    async def _retransmit(self, sequence_number: int) -> None:
        if self._stream is None:
            await super()._retransmit(sequence_number)
        elif (packet := self._stream.again(sequence_number)) is not None:
            await self.transport._send_rtp(packet)

    async def _send_rtcp(self, packets: list[AnyRtcpPacket]) -> None:
        """Reports say which media time it is now, for picture and sound alike.

        aiortc's say when the last packet was sent, which is not when it was due.
        """
        for packet in packets:
            if isinstance(packet, RtcpSrPacket) and self._stream is not None:
                packet.sender_info = self._stream.sender_info(
                    round(self._clock.now_s() * self._clock_hz), current_ntp_time()
                )
        await super()._send_rtcp(packets)


class FaceSender(PacketSender):
    """Sends VP8 as packets, and what else there is by encoding it live."""

    def __init__(
        self,
        face: FaceTrack,
        transport: RTCDtlsTransport,
        *,
        bitrate: Bitrate,
        pacer: Pacer,
    ) -> None:
        super().__init__(face, transport, clock_hz=PICTURE_CLOCK_HZ, pacer=pacer)
        self._face = face
        self._bitrate = bitrate
        self._line = Budget(Bitrate(bitrate.best_bps, _LEAST_BPS))
        self._pictures: Pictures | None = None
        self._encoder: BudgetedEncoder | None = None
        self._number = 0
        self._owes_whole = False

    async def _next_encoded_frame(
        self, codec: RTCRtpCodecParameters
    ) -> RTCEncodedFrame | None:
        if self._encoder is None:
            if codec.name == "VP8":
                await self._send_packets()
            self._encoder = make_encoder(codec.name, self._bitrate)
        picture = await self._face.recv()
        if not self._enabled:
            return None
        whole, self._owes_whole = self._owes_whole, False
        payloads, ticks = await get_running_loop().run_in_executor(
            None, self._encoder.encode, picture, whole
        )
        return RTCEncodedFrame(payloads, ticks, None) if payloads else None  # type: ignore[arg-type]

    async def _send_packets(self) -> None:
        """Send until the end. Returns if this cannot be done."""
        pictures = await self._face.packets(self._put_picture)
        if pictures is None:
            return
        self._open_stream()
        self._pictures = pictures
        try:
            await self._pacer.keep(pictures.act)
        finally:
            pictures.close()

    def _put_picture(self, picture: bytes, ticks: int) -> None:
        self._put(vp8_payloads(picture, self._number), ticks)
        self._number += 1

    def _send_keyframe(self) -> None:
        self._owes_whole = True
        if self._pictures is not None:
            self._pictures.send_whole()

    async def _handle_rtcp_packet(self, packet: AnyRtcpPacket) -> None:
        if isinstance(packet, RtcpPsfbPacket) and packet.fmt == RTCP_PSFB_APP:
            self._hear_estimate(packet.fci)
        else:
            await super()._handle_rtcp_packet(packet)

    def _hear_estimate(self, message: bytes) -> None:
        """Take note of how much the viewer's end says that its line can carry."""
        try:
            bps, streams = unpack_remb_fci(message)
        except ValueError:
            return
        if self._ssrc not in streams:
            return
        if self._encoder is not None:
            self._encoder.target_bitrate = bps
        if self._pictures is not None:
            self._line.hear(bps)
            now_bps = self._line.now_bps
            is_narrow = now_bps < self._bitrate.best_bps
            self._pictures.limit(now_bps if is_narrow else None)


class VoiceSender(PacketSender):
    """Sends Opus as packets, and any other codec as aiortc does."""

    def __init__(
        self, voice: VoiceTrack, transport: RTCDtlsTransport, *, pacer: Pacer
    ) -> None:
        super().__init__(voice, transport, clock_hz=RATE_HZ, pacer=pacer)
        self._voice = voice

    async def _next_encoded_frame(
        self, codec: RTCRtpCodecParameters
    ) -> RTCEncodedFrame | None:
        if codec.name.lower() == "opus":
            self._open_stream()
            await self._pacer.keep(self._voice.packets(self._put_sound).act)
        return await super()._next_encoded_frame(codec)

    def _put_sound(self, sound: bytes, ticks: int) -> None:
        self._put([sound], ticks)


def use_sender(
    transceiver: RTCRtpTransceiver, make: Callable[[RTCDtlsTransport], PacketSender]
) -> None:
    """Make `transceiver` send with a sender of ours. Call before its description.

    aiortc makes senders itself and takes none from outside.
    """
    field = "_RTCRtpTransceiver__sender"
    if not hasattr(transceiver, field):
        raise RuntimeError("This aiortc keeps its senders elsewhere.")
    sender = make(transceiver.sender.transport)
    sender._stream_id = transceiver.sender._stream_id
    transceiver.receiver._set_rtcp_ssrc(sender._ssrc)
    setattr(transceiver, field, sender)


def _now(sending: Coroutine[Any, Any, None]) -> None:
    """Run to its end a coroutine that never waits, as sending a datagram does."""
    try:
        sending.send(None)
    except StopIteration:
        return
    sending.close()
    raise RuntimeError("This aiortc waits while it sends.")
