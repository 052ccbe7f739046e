"""Viewers in a process of their own, who count what comes and open none of it.

What is counted stands in the unencrypted head of each packet, so that forty of them
take little from the machine that is measured. Each tells once a second what it has got,
as a browser does. `crowd(...)` starts them; commands go through its pipe: "open",
"talk", "count", "close".
"""

import asyncio
import logging
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from struct import unpack_from
from typing import Any

import aiohttp
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtp import (
    RTCP_PSFB_APP,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    is_rtcp,
    pack_remb_fci,
)
from aiortc.sdp import SessionDescription

from streaming.engine.peers import close_connection


class Tally:
    """What came to one viewer: pictures (and packets of sound), and bytes of either."""

    def __init__(self, video_types: set[int]) -> None:
        self._video_types = video_types
        self.frames = {"video": 0, "audio": 0}
        self.bytes = {"video": 0, "audio": 0}
        self.streams: dict[int, int] = {}

    def take(self, data: bytes) -> bool:
        """Count a datagram; whether it was one of media."""
        if len(data) < 12 or not 128 <= data[0] < 192 or is_rtcp(data):
            return False
        kind = "video" if data[1] & 0x7F in self._video_types else "audio"
        self.bytes[kind] += len(data)
        # The last packet of a picture is marked, and each one of sound.
        self.frames[kind] += 1 if kind == "audio" else data[1] >> 7
        number, stream = unpack_from("!2xHxxxxL", data)
        self.streams[stream] = number
        return True


class Discarding:
    """One viewer with its session."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http
        self._id = ""
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._telling: asyncio.Task[None] | None = None
        self.tally = Tally(set())

    async def open(self, **order: Any) -> None:
        session = await self._post("new", **order)
        self._id = session["session_id"]
        await self._connection.setRemoteDescription(
            RTCSessionDescription(session["sdp"]["sdp"], "offer")
        )
        await self._connection.setLocalDescription()
        sdp = self._connection.localDescription.sdp
        self._count(sdp)
        await self._post("start", sdp={"type": "answer", "sdp": sdp})

    async def say(self, text: str) -> None:
        """Have `text` said, in the place of what was being said."""
        await self._post("interrupt")
        await self._post("task", text=text, task_mode="async", task_type="repeat")

    async def close(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
        await self._post("stop")
        await close_connection(self._connection)

    async def _post(self, call: str, **body: Any) -> Any:
        body.setdefault("session_id", self._id)
        async with self._http.post(f"/v1/streaming.{call}", json=body) as reply:
            reply.raise_for_status()
            return (await reply.json())["data"]

    def _count(self, sdp: str) -> None:
        """Keep media from aiortc, which would take all of it apart."""
        pictures = next(
            media
            for media in SessionDescription.parse(sdp).media
            if media.kind == "video"
        )
        self.tally = Tally({codec.payloadType or 0 for codec in pictures.rtp.codecs})
        secured = self._connection.getReceivers()[0].transport
        ice = secured.transport._connection
        pass_on, take = ice.data_received, self.tally.take

        def count(data: bytes, component: int) -> None:
            if not take(data):
                pass_on(data, component)

        ice.data_received = count  # type: ignore[method-assign]
        self._telling = asyncio.create_task(self._tell(secured))

    async def _tell(self, secured: RTCDtlsTransport) -> None:
        """Say once a second what was received, and that the line is a good one."""
        while True:
            await asyncio.sleep(1)
            streams = self.tally.streams
            if secured.state != "connected" or not streams:
                continue
            reports = [
                RtcpReceiverInfo(stream, 0, 0, number, 0, 0, 0)
                for stream, number in streams.items()
            ]
            estimate = pack_remb_fci(2_000_000, list(streams))
            for packet in (
                RtcpRrPacket(ssrc=1, reports=reports),
                RtcpPsfbPacket(RTCP_PSFB_APP, ssrc=1, media_ssrc=0, fci=estimate),
            ):
                await secured._send_rtp(bytes(packet))


@contextmanager
def crowd(url: str, headers: dict[str, str], **order: Any) -> Iterator["Crowd"]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(theirs, url, headers, order))
    process.start()
    try:
        yield Crowd(ours)
    finally:
        ours.send(("close", None))
        process.join(timeout=60)
        if process.is_alive():
            process.kill()


class Crowd:
    """The other end of a process of viewers."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def ask(self, command: str, value: Any = None) -> Any:
        self._pipe.send((command, value))
        return self._pipe.recv()


def _run(
    pipe: Connection, url: str, headers: dict[str, str], order: dict[str, Any]
) -> None:
    logging.disable(logging.INFO)
    asyncio.run(_obey(pipe, url, headers, order))


async def _obey(
    pipe: Connection, url: str, headers: dict[str, str], order: dict[str, Any]
) -> None:
    viewers: list[Discarding] = []
    async with aiohttp.ClientSession(url, headers=headers) as http:
        while True:
            command, value = await asyncio.to_thread(pipe.recv)
            answer: Any = None
            match command:
                case "open":
                    for _ in range(value):
                        viewers.append(Discarding(http))
                        await viewers[-1].open(**order)
                case "talk":
                    for viewer in viewers:
                        await viewer.say(value)
                case "count":
                    tallies = [viewer.tally for viewer in viewers]
                    answer = [(each.frames, each.bytes) for each in tallies]
                case "close":
                    for viewer in viewers:
                        await viewer.close()
                    return
            pipe.send(answer)
