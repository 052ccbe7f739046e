"""Lips against sound, from the media that a viewer receives.

    .venv/bin/python -m tests.benchmarks.engine_lips --seconds 90
    .venv/bin/python -m tests.benchmarks.engine_lips --seconds 570 --sessions 6  # an hour

The avatar says words full of stops. Each time that the sound is held back for one, the
lips are shut: the middle of the pause is set against the middle of the pictures in
which the mouth is at its smallest. Both are placed on the sender's clock by the RTP
time stamps and the sender's reports, as browsers do it. A session lasts ten minutes at
most, so an hour is several. Above nought, the lips are late.
"""

import argparse
import asyncio
import logging
import statistics
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import av
import numpy as np
from aiortc import RTCRtpReceiver
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from aiortc.rtp import RtcpSrPacket

from tests.benchmarks.machine import machine
from tests.engine_process import start_engine
from tests.streaming.engine.conftest import Caller
from tests.wire_viewer import WireViewer

TEXT = "Papa, papa, papa. Bob, bob, a bobby. Papa, a poppy, papa. " * 6
AVATAR = "june"
WARM_UP_S = 60.0
REPORTED_S = 20.0
_STEP_S = 0.01
_PICTURE_S = 0.04
_REACH_S = (
    0.12  # further apart, a pause and a closing have nothing to do with each other
)
_PAUSE_S = (0.03, 0.5)  # the stop inside a word, and the one after a comma
_DARK = 70  # of 255: the inside of a mouth, and no lip
_RATES = {"video": 90_000, "audio": 48_000}


@dataclass
class Stream:
    """What came of one stream: values by RTP time, and the reports that place them."""

    rate: int
    first: int | None = None
    values: list[tuple[int, Any]] = field(default_factory=list)
    report: tuple[float, int] = (0.0, 0)

    def at_s(self, pts: int) -> float:
        """When that was, on the sender's clock."""
        ntp_s, stamp = self.report
        apart = ((self.first or 0) + pts - stamp + 2**31) % 2**32 - 2**31
        return ntp_s + apart / self.rate


class LipReader(WireViewer):
    """A viewer who keeps how far the mouth is open and how loud it is."""

    def __post_init__(self) -> None:
        self.streams = {kind: Stream(rate) for kind, rate in _RATES.items()}
        super().__post_init__()

    def _on_track(self, track: MediaStreamTrack) -> None:
        super()._on_track(track)
        for receiver in self.connection.getReceivers():
            if receiver.track is track:
                _listen_in(receiver, self.streams[track.kind])

    async def _watch(self, track: MediaStreamTrack) -> None:
        async for frame in _frames(track):
            luma = frame.to_ndarray(format="gray")
            self.streams["video"].values.append((frame.pts, openness(luma)))
            self.pictures.append(None)  # type: ignore[arg-type]
            self._changed.set()

    async def _listen(self, track: MediaStreamTrack) -> None:
        async for frame in _frames(track):
            sound = frame.to_ndarray().reshape(-1, 2)[:, 0].astype(float)
            self.streams["audio"].values.append((frame.pts, sound))
            self.levels.append(None)  # type: ignore[arg-type]
            self._changed.set()


async def _frames(track: MediaStreamTrack) -> Any:
    while True:
        try:
            yield await track.recv()
        except MediaStreamError:
            return


def _listen_in(receiver: RTCRtpReceiver, stream: Stream) -> None:
    take, report = receiver._handle_rtp_packet, receiver._handle_rtcp_packet

    async def note(packet: Any, arrival_time_ms: int) -> None:
        if stream.first is None:
            stream.first = packet.timestamp
        await take(packet, arrival_time_ms)

    async def note_report(packet: Any) -> None:
        if isinstance(packet, RtcpSrPacket):
            info = packet.sender_info
            stream.report = info.ntp_timestamp / 2**32, info.rtp_timestamp
        await report(packet)

    receiver._handle_rtp_packet = note  # type: ignore[method-assign]
    receiver._handle_rtcp_packet = note_report  # type: ignore[method-assign]


def openness(luma: "np.ndarray") -> float:
    """How much of the place of the mouth is as dark as the inside of one."""
    height, width = luma.shape
    mouth = luma[
        height * 57 // 100 : height * 68 // 100, width * 45 // 100 : width * 55 // 100
    ]
    return float((mouth < _DARK).mean())


def pauses(stream: Stream) -> list[float]:
    """The middles of the short silences between two sounds."""
    step = round(_STEP_S * stream.rate)
    times, loud = [], []
    for pts, sound in stream.values:
        for start in range(0, len(sound) - step + 1, step):
            times.append(stream.at_s(pts + start) + _STEP_S / 2)
            loud.append(float(np.sqrt(np.mean(sound[start : start + step] ** 2))))
    is_quiet = np.array(loud) < 0.25 * np.percentile(loud, 80)
    found, began = [], None
    for place, quiet in enumerate(is_quiet):
        if quiet and began is None:
            began = place
        elif not quiet and began is not None:
            first, last = times[began], times[place - 1]
            if _PAUSE_S[0] <= last - first <= _PAUSE_S[1]:
                found.append((first + last) / 2)
            began = None
    return found


def closings(stream: Stream) -> list[float]:
    """The middles of the runs of pictures in which the mouth is smallest."""
    opened = np.array([value for _, value in stream.values])
    least, most = np.percentile(opened, [2, 95])
    times = [stream.at_s(pts) for pts, _ in stream.values]
    found, run = [], []
    for at_s, value in zip(times, opened, strict=True):
        if value - least < 0.1 * (most - least):
            run.append(at_s)
        elif run:
            if run[-1] - run[0] < _PAUSE_S[1]:
                found.append((run[0] + run[-1] + _PICTURE_S) / 2)
            run = []
    return found


def offsets_ms(viewer: LipReader) -> list[float]:
    shut = closings(viewer.streams["video"])
    near = [
        min((at_s - pause_s for at_s in shut), key=abs, default=1.0)
        for pause_s in pauses(viewer.streams["audio"])
    ]
    return [offset * 1000 for offset in near if abs(offset) <= _REACH_S]


async def watch(call: Caller, seconds: float) -> None:
    session = await call.new(quality="medium", avatar_id=AVATAR)
    id = session["session_id"]
    async with LipReader() as viewer:
        await call.start(session, viewer)
        await viewer.connected()
        began = time.monotonic()
        while (into_s := time.monotonic() - began) < seconds:
            await call.post("interrupt", session_id=id)
            await call.post("task", session_id=id, text=TEXT, task_mode="async")
            for stream in viewer.streams.values():
                stream.values.clear()
            await asyncio.sleep(REPORTED_S)
            if into_s + REPORTED_S >= min(WARM_UP_S, seconds):
                tell(into_s + REPORTED_S, offsets_ms(viewer))
    await call.post("stop", session_id=id)


def tell(at_s: float, offsets: list[float]) -> None:
    if len(offsets) < 5:
        print(f"after {at_s:4.0f} s: only {len(offsets)} closings were found")
        return
    far = statistics.quantiles([abs(each) for each in offsets], n=20)[-1]
    print(
        f"after {at_s:4.0f} s: {len(offsets):3} closings, lips against sound p50"
        f" {statistics.median(offsets):+6.1f} ms, p95 of the distance {far:5.1f} ms",
        flush=True,
    )


async def main(seconds: float, sessions: int) -> None:
    print(machine())
    with start_engine(ENGINE_WARM="all") as engine:
        async with aiohttp.ClientSession(engine.url) as http:
            for _ in range(sessions):
                await watch(Caller(http, engine.headers), seconds)


if __name__ == "__main__":
    logging.disable(logging.INFO)
    av.logging.set_level(av.logging.PANIC)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=90.0)
    parser.add_argument("--sessions", type=int, default=1)
    options = parser.parse_args()
    asyncio.run(main(options.seconds, options.sessions))
