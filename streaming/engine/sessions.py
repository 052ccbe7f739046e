"""All sessions: a limited number of seats, and what ends by itself."""

import asyncio
import logging
from collections import deque
from typing import Final

from aiortc import RTCIceServer

from streaming.engine.auth import Token
from streaming.engine.clock import Clock
from streaming.engine.errors import (
    NoMedia,
    NoSeat,
    SessionNotFound,
    Unauthorized,
    WrongState,
)
from streaming.engine.faults import Fate
from streaming.engine.orders import Order
from streaming.engine.session import EndReason, Record, Session, State
from streaming.engine.studio import Studio

log = logging.getLogger(__name__)

_SWEEP_EVERY_S: Final = 1.0
_REMEMBERED: Final = 1000


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
        self, order: Order, token: Token | None = None, fate: Fate | None = None
    ) -> tuple[Session, str]:
        """A new session and its offer. Raises `NoSeat` or `NoMedia`.

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
            fate=fate or Fate(),
        )
        self._open[session.id] = session
        if token is not None:
            token.session_id = session.id
        try:
            offer = await session.offer()
            if "a=candidate:" not in offer:
                raise NoMedia
        except BaseException:
            if token is not None:
                token.session_id = None
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

    def knows_nobody(self, session_id: str) -> bool:
        """Whether an open session is fated to take no credentials any more."""
        return session_id in self._open and self._open[session_id].knows_nobody

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
            try:
                await self.sweep()
            except Exception as exc:
                # Without this task no seat would ever come free again.
                log.error("A sweep failed.", extra={"why": type(exc).__name__})
