"""Sessions: one viewer and one avatar each, in a limited number of seats."""

import asyncio
import logging
import random
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from aiortc import RTCIceCandidate, RTCIceServer

from streaming.engine.auth import Token
from streaming.engine.clock import Clock, MediaClock
from streaming.engine.errors import (
    InvalidParameter,
    InvalidText,
    NoSeat,
    SessionNotFound,
    Unauthorized,
    WrongState,
)
from streaming.engine.face import Performer, Stage
from streaming.engine.orders import Order
from streaming.engine.peers import BadDescription, Peer
from streaming.engine.performance import Performance, Utterance
from streaming.engine.studio import Studio
from streaming.engine.tracks import FaceTrack, VoiceTrack

log = logging.getLogger(__name__)

MAX_SESSION_S: Final = 600.0
START_WITHIN_S: Final = 60.0
CONNECT_WITHIN_S: Final = 30.0
SILENT_VIEWER_S: Final = 8.0
_SWEEP_EVERY_S: Final = 1.0
_REMEMBERED: Final = 1000


class State(StrEnum):
    """new -> connecting -> connected -> closed; closed also from the first two."""

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
    ) -> None:
        self.id = str(uuid.uuid4())
        self.order = order
        self.state = State.NEW
        self.created_unix = int(clock.unix())
        self.created_at = self._state_since = self._active_at = clock.monotonic()
        self.reason: EndReason | None = None
        self._clock = clock
        self._on_left = on_left
        self._heard_packets = -1
        self._heard_at = self.created_at
        self._performance = Performance(
            performer=Performer(order.avatar.id, seed=random.getrandbits(32)),  # noqa: S311
            synthesiser=studio.synthesiser,
            voice=order.voice,
            delivery=order.delivery,
            clock=MediaClock(),
            announce=self._announce,
        )
        self._stage: asyncio.Task[Stage] = asyncio.create_task(studio.stage_for(order))
        self._peer = Peer(
            face=FaceTrack(self._performance, self._stage, studio.painters),
            voice=VoiceTrack(self._performance),
            codec=order.codec,
            bitrate=order.quality.bitrate,
            ice_servers=ice_servers,
            on_state=self._peer_changed,
        )

    @property
    def is_open(self) -> bool:
        return self.state is not State.CLOSED

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
        self._stage.cancel()
        await asyncio.gather(self._stage, return_exceptions=True)
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

    def _need(self, *states: State) -> None:
        if self.state not in states:
            raise WrongState(self.state)

    def _move(self, state: State) -> None:
        self.state = state
        self._state_since = self._clock.monotonic()


class Sessions:
    """All sessions of this engine, at most `seats` at a time.

    Ends what is overdue, forgets nothing it opened, and closes everything at the end.
    """

    def __init__(
        self,
        *,
        seats: int,
        studio: Studio,
        clock: Clock,
        ice_servers: list[RTCIceServer] | None = None,
    ) -> None:
        self.history: deque[Record] = deque(maxlen=_REMEMBERED)
        self._seats = seats
        self._studio = studio
        self._clock = clock
        self._ice_servers = ice_servers or []
        self._open: dict[str, Session] = {}
        self._left_by_viewer: deque[str] = deque(maxlen=_REMEMBERED)
        self._closing: set[asyncio.Task[None]] = set()
        self._sweeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._sweeper = asyncio.create_task(self._sweep_for_ever())

    def active(self) -> list[Session]:
        return list(self._open.values())

    async def open(
        self, order: Order, token: Token | None = None
    ) -> tuple[Session, str]:
        """A new session and its offer. Raises `NoSeat`.

        `token` belongs to the session from here on; one that already belongs to another
        raises `Unauthorized`.
        """
        await self.sweep()
        if token is not None and token.session_id is not None:
            raise Unauthorized
        if len(self._open) >= self._seats:
            raise NoSeat
        session = Session(
            order,
            studio=self._studio,
            clock=self._clock,
            ice_servers=self._ice_servers,
            on_left=self._left,
        )
        self._open[session.id] = session
        if token is not None:
            token.session_id = session.id
        try:
            offer = await session.offer()
        except BaseException:
            self.end(session, EndReason.STOPPED)
            raise
        log.info("A session was opened.", extra={"session": session.id})
        return session, offer

    def get(self, session_id: str) -> Session:
        """The open session called so. Raises `WrongState` or `SessionNotFound`."""
        session = self._open.get(session_id)
        if session is not None:
            return session
        if any(record.session_id == session_id for record in self.history):
            raise WrongState(State.CLOSED)
        raise SessionNotFound(session_id)

    def stop(self, session_id: str) -> None:
        """End a session because its client says so. Raises `SessionNotFound`.

        Clients close their connection first and then say so; whichever of the two is
        noticed first, they are not told of an error.
        """
        if session_id in self._open:
            self.end(self._open[session_id], EndReason.STOPPED)
        elif session_id in self._left_by_viewer:
            self._left_by_viewer.remove(session_id)
        else:
            raise SessionNotFound(session_id)

    def end(self, session: Session, reason: EndReason) -> None:
        """Free the seat now; the connection is closed in the background."""
        if self._open.pop(session.id, None) is None:
            return
        session.end(reason)
        if reason in (EndReason.VIEWER_LEFT, EndReason.VIEWER_SILENT):
            self._left_by_viewer.append(session.id)
        self.history.append(session.record())
        task = asyncio.create_task(session.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
        log.info(
            "A session ended.", extra={"session": session.id, "reason": str(reason)}
        )

    async def sweep(self) -> None:
        """End every session that is overdue."""
        for session in self.active():
            await session.notice_viewer()
            if reason := session.overdue():
                self.end(session, reason)

    async def close(self) -> None:
        """End everything, and return when it is gone. Closing twice is harmless."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)
        for session in self.active():
            self.end(session, EndReason.SHUTDOWN)
        await self.settle()

    async def settle(self) -> None:
        """Wait until the connections of ended sessions are closed."""
        await asyncio.gather(*self._closing, return_exceptions=True)

    def _left(self, session: Session) -> None:
        self.end(session, EndReason.VIEWER_LEFT)

    async def _sweep_for_ever(self) -> None:
        while True:
            await self._clock.sleep(_SWEEP_EVERY_S)
            await self.sweep()
