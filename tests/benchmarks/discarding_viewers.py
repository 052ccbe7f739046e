"""Viewers in a process of their own, who count what comes and decode nothing.

`crowd(...)` starts one; commands go through its pipe: "open", "talk", "count", "close".
"""

import asyncio
import logging
import multiprocessing
import queue
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

import aiohttp
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    rtcrtpreceiver,
)

from streaming.engine.peers import close_connection


class Tally:
    """What came to one viewer."""

    def __init__(self) -> None:
        self.frames = {"video": 0, "audio": 0}
        self.bytes = {"video": 0, "audio": 0}


class Discarding:
    """One viewer with its session."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http
        self._id = ""
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._connection.on("track", self._on_track)
        self.tracks: list[MediaStreamTrack] = []

    async def open(self, **order: Any) -> None:
        session = await self._post("new", **order)
        self._id = session["session_id"]
        await self._connection.setRemoteDescription(
            RTCSessionDescription(session["sdp"]["sdp"], "offer")
        )
        await self._connection.setLocalDescription()
        sdp = self._connection.localDescription.sdp
        await self._post("start", sdp={"type": "answer", "sdp": sdp})

    async def say(self, text: str) -> None:
        await self._post("task", text=text, task_mode="async", task_type="repeat")

    async def close(self) -> None:
        await self._post("stop")
        await close_connection(self._connection)

    async def _post(self, call: str, **body: Any) -> Any:
        body.setdefault("session_id", self._id)
        async with self._http.post(f"/v1/streaming.{call}", json=body) as reply:
            reply.raise_for_status()
            return (await reply.json())["data"]

    def _on_track(self, track: MediaStreamTrack) -> None:
        self.tracks.append(track)


tallies: dict[int, Tally] = {}


def _count_only(
    loop: asyncio.AbstractEventLoop, input_q: Any, output_q: Any, decode_error: Any
) -> None:
    """In the place of aiortc's decoder."""
    tally = tallies.setdefault(id(output_q), Tally())
    while True:
        try:
            task = input_q.get(timeout=1)
        except queue.Empty:
            continue
        if task is None:
            asyncio.run_coroutine_threadsafe(output_q.put(None), loop)
            return
        codec, frame = task
        kind = "audio" if codec.name.lower() == "opus" else "video"
        tally.frames[kind] += 1
        tally.bytes[kind] += len(frame.data)


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
    rtcrtpreceiver.decoder_worker = _count_only
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
                    answer = [(each.frames, each.bytes) for each in tallies.values()]
                case "close":
                    for viewer in viewers:
                        await viewer.close()
                    return
            pipe.send(answer)
