"""A viewer of the wire protocol, as a browser would be one, for tests."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self, cast

import av
import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.jitterbuffer import JitterBuffer
from aiortc.mediastreams import MediaStreamError

from streaming.engine.peers import close_connection

WAIT_S = 20.0
_SOUND = 300  # of 32767: above this it is speech, below it coding noise
_KEPT_PICTURES = 50


@dataclass
class Level:
    """How loud one packet's worth of sound was, and when it came."""

    at: float
    pts: int
    peak: int

    @property
    def is_sound(self) -> bool:
        return self.peak > _SOUND


@dataclass
class Picture:
    """One received picture: brightness in rows and columns, and when it came."""

    at: float
    pts: int
    luma: "np.ndarray[Any, np.dtype[np.uint8]]"


@dataclass
class WireViewer:
    """Answers an offer and keeps what it sees and hears. Close it, or use `async with`.

    `pictures` holds the last fifty; `picture_count` counts all. What comes is shown at
    once: a packet of sound when the next is there, not four packets later. One that does not
    `watch` takes no pictures, of which many at once are more than a machine can decode.
    """

    watches: bool = True
    levels: list[Level] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    picture_count: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)
    event_times: list[float] = field(default_factory=list)
    text_messages: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        # An empty list of servers: without it, aiortc would ask a public one.
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.connection.on("track", self._on_track)
        self.connection.on("datachannel", self._on_channel)
        self._readers: list[asyncio.Task[None]] = []
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def answer(self, offer_sdp: str) -> str:
        """Our answer to `offer_sdp`, with all candidates inside."""
        await self.connection.setRemoteDescription(
            RTCSessionDescription(offer_sdp, "offer")
        )
        if not self.watches:
            for transceiver in self.connection.getTransceivers():
                if transceiver.kind == "video":
                    transceiver.direction = "inactive"
        await self.connection.setLocalDescription()
        return str(self.connection.localDescription.sdp)

    async def until(
        self, condition: Callable[[], Any], *, timeout_s: float = WAIT_S
    ) -> Any:
        """Return the first true value of `condition`, looked at whenever media comes."""
        async with asyncio.timeout(timeout_s):
            while not (value := condition()):
                self._changed.clear()
                await self._changed.wait()
        return value

    async def connected(self) -> None:
        """Return once pictures and sound arrive."""
        await self.until(lambda: self.levels and (self.pictures or not self.watches))

    async def heard(self, *, after: float = 0.0) -> Level:
        """The first sound that came after the moment `after` (of `time.monotonic`)."""
        return cast(Level, await self.until(lambda: self.first_sound(after)))

    async def event(self, type: str, *, count: int = 1) -> dict[str, Any]:
        """The `count`th event of a type."""

        def found() -> dict[str, Any] | None:
            events = [event for event in self.events if event["type"] == type]
            return events[count - 1] if len(events) >= count else None

        return cast(dict[str, Any], await self.until(found))

    def first_sound(self, after: float = 0.0) -> Level | None:
        return next((lv for lv in self.levels if lv.at > after and lv.is_sound), None)

    def last_sound(self) -> Level | None:
        return next((lv for lv in reversed(self.levels) if lv.is_sound), None)

    async def close(self) -> None:
        await close_connection(self.connection)
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)

    def _on_track(self, track: MediaStreamTrack) -> None:
        read = self._watch if track.kind == "video" else self._listen
        self._readers.append(asyncio.create_task(read(track)))
        if track.kind == "audio":
            _hold_nothing_back(self.connection)

    async def _watch(self, track: MediaStreamTrack) -> None:
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            assert isinstance(frame, av.VideoFrame)
            luma = cast(
                "np.ndarray[Any, np.dtype[np.uint8]]", frame.to_ndarray(format="gray")
            )
            self.pictures.append(Picture(time.monotonic(), frame.pts or 0, luma))
            del self.pictures[:-_KEPT_PICTURES]
            self.picture_count += 1
            self._changed.set()

    async def _listen(self, track: MediaStreamTrack) -> None:
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            assert isinstance(frame, av.AudioFrame)
            peak = int(np.abs(frame.to_ndarray().astype(np.int32)).max())
            self.levels.append(Level(time.monotonic(), frame.pts or 0, peak))
            self._changed.set()

    def _on_channel(self, channel: Any) -> None:
        channel.on("message", self._on_message)

    def _on_message(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            self.events.append(json.loads(message))
            self.event_times.append(time.monotonic())
        else:
            self.text_messages.append(message)
        self._changed.set()


def _hold_nothing_back(connection: RTCPeerConnection) -> None:
    """Take from aiortc the 80 ms for which it keeps sound, so that times are true."""
    for receiver in connection.getReceivers():
        if receiver.track.kind == "audio":
            field = "_RTCRtpReceiver__jitter_buffer"
            assert hasattr(receiver, field)
            setattr(receiver, field, JitterBuffer(capacity=16))
