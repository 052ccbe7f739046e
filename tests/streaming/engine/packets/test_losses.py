"""Viewers who come late or lose packets see the right picture again."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import av
import numpy as np
import pytest
from aiortc import RTCRtpReceiver

from streaming.engine.clock import MediaClock
from streaming.engine.face import Performer, stage
from streaming.engine.packets import Pictures
from streaming.engine.packets.cache import Cache
from streaming.engine.performance import Performance
from streaming.engine.speech import Delivery, Synthesiser, find_voice
from tests.streaming.engine.conftest import Caller, Engine
from tests.streaming.engine.packets.reels import reel_on
from tests.wire_viewer import WireViewer

LONG = "Many more moments with no pause anywhere along the line, " * 6
RECOVERS_S = 1.0
SLOW_MACHINE = 5


def likeness_db(drawn: "np.ndarray", seen: "np.ndarray") -> float:
    error = np.mean((drawn.astype(float) - seen.astype(float)) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def new_decoder() -> av.VideoCodecContext:
    return av.CodecContext.create("libvpx", "r")


def picture_of(decoder: av.VideoCodecContext, packet: Any) -> "np.ndarray":
    (frame,) = decoder.decode(av.Packet(bytes(packet)))
    return frame.to_ndarray(format="gray")


async def shown(pictures: Pictures, condition: Callable[[], bool]) -> None:
    """Let pictures have their turns until something is so."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 (time passes by itself)
            await asyncio.sleep(pictures.act() - time.monotonic())


@pytest.fixture
async def performance() -> AsyncIterator[Performance]:
    synthesiser = Synthesiser()
    yield Performance(
        performer=Performer("june", seed=4),
        synthesiser=synthesiser,
        voice=find_voice("en-gb"),
        delivery=Delivery(),
        clock=MediaClock(),
        announce=lambda event: None,
    )
    synthesiser.close()


async def test_who_comes_late_gets_the_whole_picture_first(performance: Performance):
    early, late = new_decoder(), new_decoder()
    sent: list[tuple[bytes, int]] = []
    with ThreadPoolExecutor(2) as pool:
        pictures = Pictures(
            reel_on(stage("june", width=320, height=180), pool, Cache()),
            performance,
            lambda packet, ticks: sent.append((packet, ticks)),
        )
        await shown(pictures, lambda: len(sent) >= 8)
        for packet, _ in sent:
            picture_of(early, packet)

        pictures.send_whole()
        seen = len(sent)
        await shown(pictures, lambda: len(sent) >= seen + 3)

    (_, whole_at), (_, shown_at), *_ = sent[seen:]
    for packet, _ in sent[seen:]:
        assert np.array_equal(picture_of(late, packet), picture_of(early, packet))
    assert 0 < shown_at - whole_at < 360


def video_receiver(viewer: WireViewer) -> RTCRtpReceiver:
    return next(
        receiver
        for receiver in viewer.connection.getReceivers()
        if receiver.track.kind == "video"
    )


def shows_what_is_played(engine: Engine, viewer: WireViewer) -> bool:
    """Whether the last picture is like one that was due in the last second."""
    (session,) = engine.sessions.active()
    performance = session._performance
    now_s = performance.clock.now_s()
    seen = viewer.pictures[-1].luma
    shown = stage("june", width=640, height=360)
    return any(
        likeness_db(
            shown.picture(performance.pose_at(now_s - step / 25)).to_ndarray(
                format="gray"
            ),
            seen,
        )
        > 28
        for step in range(25)
    )


async def test_who_asks_for_a_whole_picture_gets_one_at_once(call: Caller):
    async with call.watching() as (_, viewer):
        await viewer.until(lambda: viewer.picture_count >= 20, timeout_s=30)
        receiver = video_receiver(viewer)
        before = viewer.pictures[-1].pts
        (source,) = receiver.getSynchronizationSources()
        await receiver._send_rtcp_pli(source.source)

        def whole() -> bool:
            return any(
                picture.pts > before
                and picture.pts % 3600 != viewer.pictures[-1].pts % 3600
                for picture in viewer.pictures
            )

        await viewer.until(whole, timeout_s=5)


@pytest.mark.parametrize(
    ("lost_share", "for_s"), [(0.2, 1.0), (1.0, 0.5)], ids=["some", "a burst"]
)
async def test_who_loses_packets_sees_the_right_picture_again_within_a_second(
    engine: Engine, lost_share: float, for_s: float
):
    async with engine.call.watching() as (session_id, viewer):
        await engine.call.post(
            "task", session_id=session_id, text=LONG, task_mode="async"
        )
        await viewer.until(lambda: viewer.picture_count >= 10, timeout_s=30)
        receiver = video_receiver(viewer)
        take, dice = receiver._handle_rtp_packet, random.Random(3)  # noqa: S311

        async def lose_some(packet: Any, arrival_time_ms: int) -> None:
            if dice.random() > lost_share:
                await take(packet, arrival_time_ms)

        receiver._handle_rtp_packet = lose_some  # type: ignore[method-assign]
        seen = viewer.picture_count
        await asyncio.sleep(for_s)
        receiver._handle_rtp_packet = take  # type: ignore[method-assign]
        await viewer.until(
            lambda: (
                viewer.picture_count > seen and shows_what_is_played(engine, viewer)
            ),
            timeout_s=RECOVERS_S * SLOW_MACHINE,
        )
