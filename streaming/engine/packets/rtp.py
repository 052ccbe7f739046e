"""RTP packets of one stream, and the last of them for a viewer who lost some."""

import time
from struct import pack, unpack_from
from typing import Final

from aiortc.rtp import HeaderExtensions, HeaderExtensionsMap, RtcpSenderInfo
from aiortc.utils import random16, random32

#: so much of a picture goes into one packet
MAX_PAYLOAD: Final = 1200
_KEPT: Final = 256  # four seconds of pictures
_FIXED: Final = 12  # bytes of a header before its extensions


class RtpStream:
    """Numbers, stamps and remembers what is sent; `rtx` says how to send it again.

    `rtx` is the payload type and the SSRC of repeats, if the viewer takes any.
    """

    def __init__(
        self,
        *,
        ssrc: int,
        payload_type: int,
        mid: str,
        extensions: HeaderExtensionsMap,
        rtx: tuple[int, int] | None = None,
    ) -> None:
        self._ssrc = ssrc
        self._payload_type = payload_type
        self._mid = mid
        self._extensions = extensions
        self._rtx = rtx
        # In the lower half, since a number that soon starts anew upsets SRTP.
        self._number = random16() % 0x8000
        self._repeats = random16() % 0x8000
        self._origin = random32()
        self._sent: list[tuple[int, int, bytes] | None] = [None] * _KEPT
        self._packets = self._octets = 0

    def packets(self, payloads: list[bytes], ticks: int) -> list[bytes]:
        """The packets of one picture or piece of sound, due at `ticks` of its clock."""
        profile, extra = self._extensions.set(
            HeaderExtensions(mid=self._mid, abs_send_time=_send_time())
        )
        stamp = pack("!LL", (self._origin + ticks) & 0xFFFFFFFF, self._ssrc)
        if extra:
            stamp += pack("!HH", profile, len(extra) >> 2) + extra
        flags = 0x90 if extra else 0x80
        last = len(payloads) - 1
        made = []
        for place, payload in enumerate(payloads):
            kind = self._payload_type | (0x80 if place == last else 0)
            packet = pack("!BBH", flags, kind, self._number) + stamp + payload
            self._sent[self._number % _KEPT] = (self._number, 4 + len(stamp), packet)
            self._number = (self._number + 1) & 0xFFFF
            self._octets += len(payload)
            made.append(packet)
        self._packets += len(made)
        return made

    def again(self, number: int) -> bytes | None:
        """The packet with that number, as a repeat, if it is remembered."""
        kept = self._sent[number % _KEPT]
        if kept is None or kept[0] != number:
            return None
        _, header, packet = kept
        if self._rtx is None:
            return packet
        payload_type, ssrc = self._rtx
        self._repeats = (self._repeats + 1) & 0xFFFF
        flags, kind, stamp = unpack_from("!BBxxL", packet)
        start = (flags, kind & 0x80 | payload_type, self._repeats, stamp, ssrc)
        return b"".join(
            (
                pack("!BBHLL", *start),
                packet[_FIXED:header],
                pack("!H", number),
                packet[header:],
            )
        )

    def sender_info(self, ticks: int, ntp: int) -> RtcpSenderInfo:
        """For a report that the stream's clock shows `ticks` at the moment `ntp`."""
        return RtcpSenderInfo(
            ntp_timestamp=ntp,
            rtp_timestamp=(self._origin + ticks) & 0xFFFFFFFF,
            packet_count=self._packets & 0xFFFFFFFF,
            octet_count=self._octets & 0xFFFFFFFF,
        )


def vp8_payloads(picture: bytes, number: int) -> list[bytes]:
    """A picture in pieces, each behind a descriptor with the picture's number."""
    name = 0x8000 | number & 0x7FFF
    first, more = pack("!BBH", 0x90, 0x80, name), pack("!BBH", 0x80, 0x80, name)
    return [
        (more if start else first) + picture[start : start + MAX_PAYLOAD]
        for start in range(0, len(picture), MAX_PAYLOAD)
    ]


def _send_time() -> int:
    """Now, in the 24 bits of the extension: 6 of seconds, 18 of their fraction."""
    return int(time.time() * 2**18) & 0xFFFFFF
