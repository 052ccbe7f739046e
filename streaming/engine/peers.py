"""One viewer's WebRTC connection: ours is the offer, theirs the answer."""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCDataChannel,
    RTCIceCandidate,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.rtcrtpparameters import RTCRtpCodecCapability
from aiortc.sdp import SessionDescription, candidate_from_sdp
from aiortc.stats import RTCTransportStats

from streaming.engine.encoders import Bitrate
from streaming.engine.network import offer_loopback
from streaming.engine.pacer import Pacer
from streaming.engine.senders import FaceSender, VoiceSender, use_sender
from streaming.engine.tracks import FaceTrack, VoiceTrack

log = logging.getLogger(__name__)

CODECS: Final = ("VP8", "H264")
_HELD_EVENTS = 100
_MAX_CANDIDATES = 100
_SETTLING_S = 1.0


class BadDescription(Exception):
    """An answer or a candidate that cannot be used; the message says why."""


class Peer:
    """Owns a connection and everything on it; `close` ends it all.

    `on_state` hears "connected", and then "failed" or "closed", each at most once.
    """

    def __init__(
        self,
        *,
        face: FaceTrack,
        voice: VoiceTrack,
        codec: str,
        bitrate: Bitrate,
        pacer: Pacer,
        ice_servers: list[RTCIceServer],
        on_state: Callable[[str], None],
    ) -> None:
        self._on_state = on_state
        self._early: list[RTCIceCandidate] = []
        self._candidates = 0
        self._answered = self._closed = False
        self._resolving: set[asyncio.Task[None]] = set()
        self._events: deque[bytes] = deque(maxlen=_HELD_EVENTS)
        # Without a configuration aiortc would ask a public STUN server, and wait.
        self._connection = RTCPeerConnection(
            RTCConfiguration(
                iceServers=ice_servers, bundlePolicy=RTCBundlePolicy.MAX_BUNDLE
            )
        )
        self._connection.on("connectionstatechange", self._state_changed)
        self._picture = self._connection.addTransceiver(face, direction="sendonly")
        self._picture.setCodecPreferences(_preferring(codec))
        use_sender(
            self._picture,
            lambda transport: FaceSender(face, transport, bitrate=bitrate, pacer=pacer),
        )
        sound = self._connection.addTransceiver(voice, direction="sendonly")
        use_sender(sound, lambda transport: VoiceSender(voice, transport, pacer=pacer))
        offer_loopback(self._connection)
        self._channel = self._connection.createDataChannel("events")
        self._channel.on("open", self._flush)

    async def offer(self) -> str:
        """Our description, with all candidates of ours already inside."""
        await self._connection.setLocalDescription()
        return self._connection.localDescription.sdp

    async def answer(self, sdp: str) -> None:
        """Take the viewer's answer and begin to connect. Raises `BadDescription`."""
        candidates, rest = _split_candidates(sdp)
        _require_codec(rest)
        try:
            await self._connection.setRemoteDescription(
                RTCSessionDescription(rest, "answer")
            )
        # aiortc reports a bad answer by any of a dozen types, AssertionError included.
        except Exception as exc:
            raise BadDescription(f"is not an answer to the offer ({exc})") from exc
        if self._closed:
            return
        self._answered = True
        for candidate in [*self._early, *candidates]:
            self._take(candidate)
        self._early.clear()

    def add_candidate(self, candidate: RTCIceCandidate) -> None:
        """Try an address of the viewer's; before the answer it is kept for later."""
        self._candidates += 1
        if self._candidates > _MAX_CANDIDATES:
            return
        if self._answered:
            self._take(candidate)
        else:
            self._early.append(candidate)

    def send(self, event: dict[str, object]) -> None:
        """Send an event as binary JSON, as the cloud does; held until the channel opens."""
        self._events.append(json.dumps(event).encode())
        self._flush()

    async def packets_received(self) -> int:
        """How much was heard from the viewer: it only stands still when they are gone."""
        stats = await self._picture.sender.getStats()
        return sum(
            report.packetsReceived
            for report in stats.values()
            if isinstance(report, RTCTransportStats)
        )

    async def close(self) -> None:
        """End it all. Closing twice is harmless."""
        self._closed = True
        self._connection.remove_all_listeners("connectionstatechange")
        tasks = list(self._resolving)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await close_connection(self._connection)

    def _take(self, candidate: RTCIceCandidate) -> None:
        # Names of hidden local addresses take up to a second to resolve.
        task = asyncio.create_task(self._try(candidate))
        self._resolving.add(task)
        task.add_done_callback(self._resolving.discard)

    async def _try(self, candidate: RTCIceCandidate) -> None:
        try:
            await self._connection.addIceCandidate(candidate)
        # The edge of a task, and of two libraries that know many kinds of bad address.
        except Exception as exc:
            log.info("A candidate was ignored.", extra={"why": type(exc).__name__})

    def _state_changed(self) -> None:
        state = self._connection.connectionState
        if state in ("connected", "failed", "closed"):
            self._on_state(state)

    def _flush(self) -> None:
        channel: RTCDataChannel = self._channel
        while self._events and channel.readyState == "open":
            channel.send(self._events.popleft())


async def close_connection(connection: RTCPeerConnection) -> None:
    """Close `connection`, even in the very moment in which it connects.

    ICE that has just succeeded goes on after its closing and would check for ever
    whether the other side is still there; so it is closed again once it has settled.
    """
    transports = {sender.transport.transport for sender in connection.getSenders()}
    connecting = [ice for ice in transports if ice.state == "checking"]
    await connection.close()
    for ice in connecting:
        settled = asyncio.Event()
        ice.on("statechange", settled.set)
        if ice.state == "closed":
            with suppress(TimeoutError):
                await asyncio.wait_for(settled.wait(), _SETTLING_S)
        await ice.stop()


def parse_candidate(text: str) -> RTCIceCandidate | None:
    """Read "candidate:…", or nothing for an end of candidates.

    Raises `BadDescription`.
    """
    line = text.strip().removeprefix("a=").removeprefix("candidate:").strip()
    if not line:
        return None
    try:
        candidate = candidate_from_sdp(line)
    except (AssertionError, ValueError, IndexError) as exc:
        raise BadDescription("is not an ICE candidate") from exc
    # All media share one transport, which goes by the first section's name.
    candidate.sdpMid = "0"
    candidate.sdpMLineIndex = 0
    return candidate


def _preferring(codec: str) -> list[RTCRtpCodecCapability]:
    """What we can send, `codec` first: a viewer without it takes the next."""
    known = RTCRtpSender.getCapabilities("video").codecs
    return sorted(known, key=lambda each: each.name != codec)


def _require_codec(sdp: str) -> None:
    """Raises `BadDescription` unless the viewer takes one of our video codecs."""
    try:
        offered = SessionDescription.parse(sdp).media[0].rtp.codecs
        is_ours = any(codec.name in CODECS for codec in offered)
    # The parser reports by AssertionError, KeyError, AttributeError and more.
    except Exception:
        is_ours = False
    if not is_ours:
        raise BadDescription("is not an SDP answer with our video codecs")


def _split_candidates(sdp: str) -> tuple[list[RTCIceCandidate], str]:
    """Take candidates out of an answer, to be tried like those that come later.

    An "end of candidates" is dropped: with it, ICE would give up before a viewer behind
    hidden addresses had the time to reach us.
    """
    kept, found = [], []
    for line in sdp.splitlines():
        if line.startswith("a=candidate:"):
            candidate = parse_candidate(line)
            if candidate is not None:
                found.append(candidate)
        elif line.strip() and not line.startswith("a=end-of-candidates"):
            kept.append(line)
    return found, "\r\n".join(kept) + "\r\n"
