"""Our senders stand where aiortc's stood, and reach into it only where it is known."""

import asyncio
import inspect
from typing import Any

import pytest
from aiortc import RTCPeerConnection, RTCRtpSender
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtp import RTCP_PSFB_APP, RtcpPsfbPacket, RtcpSrPacket, pack_remb_fci

from streaming.engine.senders import PacketSender, _now
from tests.streaming.engine.conftest import Engine
from tests.wire_viewer import WireViewer

LONG = "Many more moments with no pause anywhere along the line, " * 6


@pytest.mark.parametrize(
    "name",
    ["_next_encoded_frame", "_retransmit", "_send_rtcp", "_handle_rtcp_packet"],
)
def test_aiortc_has_the_methods_that_are_overridden(name: str):
    assert inspect.iscoroutinefunction(getattr(RTCRtpSender, name))
    assert callable(RTCRtpSender._send_keyframe)
    assert inspect.iscoroutinefunction(RTCDtlsTransport._send_rtp)


async def test_the_place_in_which_aiortc_keeps_its_sender_is_known():
    connection = RTCPeerConnection()
    transceiver = connection.addTransceiver("video")
    await connection.close()

    assert transceiver._RTCRtpTransceiver__sender is transceiver.sender  # type: ignore[attr-defined]


def test_a_coroutine_that_waits_is_not_taken_for_one_that_does_not():
    with pytest.raises(RuntimeError):
        _now(asyncio.sleep(1))


async def estimate(viewer: WireViewer, *bps: int) -> None:
    """Say that the line carries so much, as a browser does."""
    for receiver in viewer.connection.getReceivers():
        if receiver.track.kind == "video":
            (source,) = receiver.getSynchronizationSources()
            for each in bps:
                told = RtcpPsfbPacket(
                    RTCP_PSFB_APP,
                    ssrc=1,
                    media_ssrc=0,
                    fci=pack_remb_fci(each, [source.source]),
                )
                await receiver.transport._send_rtp(bytes(told))


def picture_sender(engine: Engine) -> Any:
    (session,) = engine.sessions.active()
    sender = session._peer._picture.sender
    assert isinstance(sender, PacketSender)
    return sender


async def test_a_line_that_gets_narrow_is_sent_fewer_pictures(engine: Engine):
    async with engine.call.watching() as (session_id, viewer):
        await engine.call.post(
            "task", session_id=session_id, text=LONG, task_mode="async"
        )
        await viewer.heard()
        sender = picture_sender(engine)
        limits = [sender._pictures._thinning._bps]

        await estimate(viewer, 500_000, 120_000)
        await viewer.until(lambda: sender._pictures._thinning._bps is not None)
        limits.append(sender._pictures._thinning._bps)
        await estimate(viewer, 5_000_000)
        await viewer.until(lambda: sender._pictures._thinning._bps is None)

    assert limits == [None, pytest.approx(120_000, rel=0.01)]


def media_began_at(sender: Any, report: RtcpSrPacket) -> float:
    """When the report says that media time was nought, in seconds of its clock."""
    info = report.sender_info
    ticks = (info.rtp_timestamp - sender._stream._origin) % 2**32
    return float(info.ntp_timestamp / 2**32 - ticks / sender._clock_hz)


async def test_sound_and_picture_are_reported_on_one_clock(engine: Engine):
    """By which browsers put lips and voice together."""
    reports: dict[int, RtcpSrPacket] = {}
    async with engine.call.watching() as (_, viewer):
        for receiver in viewer.connection.getReceivers():
            take = receiver._handle_rtcp_packet

            async def note(packet: Any, take: Any = take) -> None:
                if isinstance(packet, RtcpSrPacket):
                    reports[packet.ssrc] = packet
                await take(packet)

            receiver._handle_rtcp_packet = note  # type: ignore[method-assign]
        await viewer.until(lambda: len(reports) == 2, timeout_s=30)
        (session,) = engine.sessions.active()
        senders: list[Any] = session._peer._connection.getSenders()
        began_at = [media_began_at(each, reports[each._ssrc]) for each in senders]

    assert abs(began_at[0] - began_at[1]) < 0.01
