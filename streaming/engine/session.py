"""One session: one viewer and one avatar."""

import asyncio
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from aiortc import RTCIceCandidate, RTCIceServer

from streaming.engine.clock import Clock, MediaClock
from streaming.engine.errors import InvalidParameter, InvalidText, WrongState
from streaming.engine.face import Performer
from streaming.engine.faults import Fate
from streaming.engine.orders import Order
from streaming.engine.peers import BadDescription, Peer
from streaming.engine.performance import Performance
from streaming.engine.studio import Scenery, Studio
from streaming.engine.tracks import FaceTrack, VoiceTrack
from streaming.engine.utterances import Utterance

MAX_SESSION_S: Final = 600.0
START_WITHIN_S: Final = 60.0
CONNECT_WITHIN_S: Final = 30.0
SILENT_VIEWER_S: Final = 8.0


class State(StrEnum):
    """new -> connecting -> connected -> closed.

    Any of them may close; an answer that cannot be used leads back to new.
    """

    NEW = "new"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    CLOSED = "closed"


class EndReason(StrEnum):
    STOPPED = "stopped"
    NOT_STARTED = "not_started"
    NOT_CONNECTED = "not_connected"
    VIEWER_LEFT = "viewer_left"
    VIEWER_SILENT = "viewer_silent"
    IDLE = "idle"
    TOO_LONG = "too_long"
    FAULT = "fault"
    SHUTDOWN = "shutdown"


@dataclass(frozen=True, slots=True)
class Record:
    """What is remembered of a session that is over."""

    session_id: str
    created_at: int
    duration_s: float
    avatar_id: str
    voice_name: str
    reason: EndReason


class Session:
    """One viewer's session. Everything it holds is let go of by `close`.

    `on_left` is called when the viewer's side of the connection has gone.
    """

    def __init__(
        self,
        order: Order,
        *,
        studio: Studio,
        clock: Clock,
        ice_servers: list[RTCIceServer],
        on_left: Callable[["Session"], None],
        fate: Fate,
    ) -> None:
        self.id = str(uuid.uuid4())
        self.order = order
        self.state = State.NEW
        self.created_unix = int(clock.unix())
        self.created_at = self._state_since = self._active_at = clock.monotonic()
        self.reason: EndReason | None = None
        self._clock = clock
        self._on_left = on_left
        self._fate = fate
        self._heard_packets = -1
        self._heard_at = self.created_at
        self._performance = Performance(
            performer=Performer(
                order.avatar.id,
                seed=random.getrandbits(32),  # noqa: S311
                emotion=order.emotion,
            ),
            synthesiser=studio.speaker,
            voice=order.voice,
            delivery=order.delivery,
            clock=MediaClock(),
            announce=self._announce,
        )
        scenery = Scenery(studio, order)
        self._building = asyncio.create_task(scenery.build())
        self._peer = Peer(
            face=FaceTrack(self._performance, scenery),
            voice=VoiceTrack(self._performance),
            codec=order.codec,
            bitrate=order.quality.bitrate,
            pacer=studio.pacer,
            ice_servers=ice_servers,
            on_state=self._peer_changed,
        )

    @property
    def is_open(self) -> bool:
        return self.state is not State.CLOSED

    @property
    def knows_nobody(self) -> bool:
        """Whether it is fated to take no credentials any more."""
        return self._is_past(self._fate.unauthorized_after_s)

    async def offer(self) -> str:
        return await self._peer.offer()

    async def start(self, answer_sdp: str) -> None:
        """Take the viewer's answer. Raises `WrongState` or `InvalidParameter`."""
        self._need(State.NEW)
        # Set before the answer is taken, so that a second start is refused meanwhile.
        self._move(State.CONNECTING)
        try:
            await self._peer.answer(answer_sdp)
        except BadDescription as exc:
            if self.is_open:
                self._move(State.NEW)
            raise InvalidParameter("sdp", str(exc)) from exc
        self._need(State.CONNECTING, State.CONNECTED)

    def add_candidate(self, candidate: RTCIceCandidate) -> None:
        self._need(State.NEW, State.CONNECTING, State.CONNECTED)
        self._peer.add_candidate(candidate)

    async def say(self, text: str) -> Utterance:
        """Speak `text` after what is queued.

        Raises `WrongState` before the start, and `InvalidText` when minutes of speech
        are queued already.
        """
        self._need(State.CONNECTING, State.CONNECTED)
        if self._performance.is_full:
            raise InvalidText("invalid text: too much is waiting to be said")
        self.touch()
        return await self._performance.say(text)

    def interrupt(self) -> None:
        self._need(State.CONNECTING, State.CONNECTED)
        self.touch()
        self._performance.hush()

    def listen(self, is_listening: bool) -> None:
        self._need(State.CONNECTING, State.CONNECTED)
        self.touch()
        self._performance.listen(is_listening)

    def keep_alive(self) -> None:
        self._need(State.NEW, State.CONNECTING, State.CONNECTED)
        self.touch()

    def touch(self) -> None:
        """Start the idle time anew."""
        self._active_at = self._clock.monotonic()

    async def notice_viewer(self) -> None:
        """Take note of whether the viewer is still to be heard from."""
        if self.state is not State.CONNECTED:
            return
        packets = await self._peer.packets_received()
        if packets != self._heard_packets:
            self._heard_packets = packets
            self._heard_at = self._clock.monotonic()

    def overdue(self) -> EndReason | None:
        """Why this session should have ended by now, if it should."""
        now = self._clock.monotonic()
        if self._performance.is_talking:
            self._active_at = now
        idle_s = self.order.idle_s
        waits = now - max(self._state_since, self._active_at)
        if self._is_past(self._fate.ends_after_s):
            return EndReason.FAULT
        if now - self.created_at >= MAX_SESSION_S:
            return EndReason.TOO_LONG
        if self.state is State.NEW and waits >= START_WITHIN_S:
            return EndReason.NOT_STARTED
        if self.state is State.CONNECTING and (
            now - self._state_since >= CONNECT_WITHIN_S
        ):
            return EndReason.NOT_CONNECTED
        if idle_s is not None and waits >= idle_s:
            return EndReason.IDLE
        if self.state is State.CONNECTED and now - self._heard_at >= SILENT_VIEWER_S:
            return EndReason.VIEWER_SILENT
        return None

    def end(self, reason: EndReason) -> None:
        """Be closed from now on; what waits for speech is told. Safe to repeat."""
        if self.is_open:
            self._move(State.CLOSED)
            self.reason = reason
            self._performance.close()

    async def close(self) -> None:
        """Let go of everything. Call after `end`; closing twice is harmless."""
        self._building.cancel()
        await asyncio.gather(self._building, return_exceptions=True)
        await self._performance.wait_closed()
        await self._peer.close()

    def record(self) -> Record:
        return Record(
            session_id=self.id,
            created_at=self.created_unix,
            duration_s=self._state_since - self.created_at,
            avatar_id=self.order.avatar.id,
            voice_name=self.order.voice.name,
            reason=self.reason or EndReason.STOPPED,
        )

    def _announce(self, event: dict[str, object]) -> None:
        self._peer.send(event)

    def _peer_changed(self, state: str) -> None:
        if state == "connected":
            if self.state is State.CONNECTING:
                self._heard_at = self._clock.monotonic()
                self._move(State.CONNECTED)
        elif self.is_open:
            self._on_left(self)

    def _is_past(self, age_s: float | None) -> bool:
        return age_s is not None and self._clock.monotonic() - self.created_at >= age_s

    def _need(self, *states: State) -> None:
        if self.state not in states:
            raise WrongState(self.state)

    def _move(self, state: State) -> None:
        self.state = state
        self._state_since = self._clock.monotonic()
