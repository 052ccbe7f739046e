"""Packets made of bytes are what aiortc's own objects would have made."""

from typing import Any

import pytest
from aiortc.codecs.vpx import Vp8Encoder, VpxPayloadDescriptor
from aiortc.rtcrtpparameters import (
    RTCRtpHeaderExtensionParameters,
    RTCRtpSendParameters,
)
from aiortc.rtp import HeaderExtensionsMap, RtpPacket, unwrap_rtx

from streaming.engine.packets.rtp import MAX_PAYLOAD, RtpStream, vp8_payloads

URIS = {
    1: "urn:ietf:params:rtp-hdrext:sdes:mid",
    3: "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
}


def extensions() -> HeaderExtensionsMap:
    known = HeaderExtensionsMap()
    known.configure(
        RTCRtpSendParameters(
            headerExtensions=[
                RTCRtpHeaderExtensionParameters(id=id, uri=uri)
                for id, uri in URIS.items()
            ]
        )
    )
    return known


def stream(**more: Any) -> RtpStream:
    return RtpStream(
        ssrc=1234,
        payload_type=97,
        mid="0",
        **{"extensions": extensions(), "rtx": (98, 5678), **more},
    )


def test_a_picture_comes_in_numbered_packets_of_one_time_and_the_last_is_marked():
    sent = stream()
    first = [
        RtpPacket.parse(each, extensions())
        for each in sent.packets([b"a", b"b", b"c"], 3600)
    ]
    (later,) = [
        RtpPacket.parse(each, extensions()) for each in sent.packets([b"d"], 7200)
    ]

    assert [packet.payload for packet in first] == [b"a", b"b", b"c"]
    assert [packet.marker for packet in first] == [0, 0, 1]
    assert len({packet.timestamp for packet in first}) == 1
    assert later.timestamp - first[0].timestamp in (3600, 3600 - 2**32)
    assert later.sequence_number == first[0].sequence_number + 3
    assert {(each.ssrc, each.payload_type) for each in first} == {(1234, 97)}
    assert {each.extensions.mid for each in first} == {"0"}
    assert all(each.extensions.abs_send_time is not None for each in first)


def test_numbers_and_times_start_anew_after_the_last():
    sent = stream()
    sent._number, sent._origin = 0xFFFF, 0xFFFFFFFF

    packets = [RtpPacket.parse(each) for each in sent.packets([b"a", b"b"], 1)]

    assert [packet.sequence_number for packet in packets] == [0xFFFF, 0]
    assert packets[0].timestamp == 0


def test_a_lost_packet_is_sent_again_as_a_repeat():
    sent = stream()
    lost, _ = sent.packets([b"lost", b"not lost"], 3600)
    wanted = RtpPacket.parse(lost, extensions())

    again = sent.again(wanted.sequence_number)
    assert again is not None
    repeat = RtpPacket.parse(again, extensions())
    restored = unwrap_rtx(repeat, payload_type=97, ssrc=1234)

    assert (repeat.payload_type, repeat.ssrc) == (98, 5678)
    assert restored.serialize(extensions()) == lost


def test_a_viewer_without_repeats_gets_the_same_packet_again():
    sent = stream(rtx=None, extensions=HeaderExtensionsMap())
    (lost,) = sent.packets([b"lost"], 0)

    assert sent.again(RtpPacket.parse(lost).sequence_number) == lost


def test_what_was_lost_long_ago_is_forgotten():
    sent = stream()
    old = RtpPacket.parse(sent.packets([b"old"], 0)[0]).sequence_number
    for number in range(300):
        sent.packets([b"new"], number)

    assert sent.again(old) is None
    assert sent.again((old + 1000) & 0xFFFF) is None


def test_a_report_counts_what_was_sent():
    sent = stream()
    sent.packets([b"four", b"more"], 0)

    info = sent.sender_info(90_000, ntp=42)

    assert (info.packet_count, info.octet_count, info.ntp_timestamp) == (2, 8, 42)
    assert info.rtp_timestamp == (sent._origin + 90_000) & 0xFFFFFFFF


@pytest.mark.parametrize("size", [1, MAX_PAYLOAD, MAX_PAYLOAD + 1, 20_000])
def test_a_picture_in_pieces_is_the_same_picture(size: int):
    picture = bytes(number % 251 for number in range(size))

    pieces = [
        VpxPayloadDescriptor.parse(each) for each in vp8_payloads(picture, 70_000)
    ]

    assert b"".join(data for _, data in pieces) == picture
    assert [told.partition_start for told, _ in pieces] == [1] + [0] * (len(pieces) - 1)
    assert {told.picture_id for told, _ in pieces} == {70_000 & 0x7FFF}
    assert max(len(each) for each in vp8_payloads(picture, 1)) <= 1300


def test_pieces_are_described_as_aiortc_describes_them():
    (ours,) = vp8_payloads(b"picture", 7)

    assert [ours] == Vp8Encoder._packetize(b"picture", 7)
