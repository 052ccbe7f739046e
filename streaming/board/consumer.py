"""The board's websocket: the whole picture, again whenever something has changed.

    server -> browser   board        all sessions, the line, the accounts (see `rows`)
                        board.media  what browsers report of their media, by session

Nothing is asked of it; what staff do goes by POST.
"""

import asyncio
import logging
import time
from importlib import import_module
from typing import Any, ClassVar

from asgiref.sync import sync_to_async
from channels.auth import get_user
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings
from django.utils.timezone import now

from streaming import background
from streaming.board.rows import board
from streaming.publishing import BOARD_GROUP
from streaming.services.waiting import LINE_GROUP

logger = logging.getLogger(__name__)

#: However much happens, the database is not asked more often than this.
AT_MOST_EVERY_S = 1.0
#: However little happens: time itself changes things, and the layer may lose a message.
AT_LEAST_EVERY_S = 5.0
#: Viewers' browsers report every few seconds; what is older is no news.
MEDIA_COUNTS_S = 20.0
#: Of what a browser reports, the board shows these.
MEDIA = ("fps", "kbit_s", "rtt_ms", "freezes", "freezes_total", "av_offset_ms")


class BoardConsumer(AsyncJsonWebsocketConsumer):
    """One operator's board.

    Whoever is no longer staff, or no longer signed in, loses it within
    `AT_LEAST_EVERY_S` seconds.
    """

    NOT_SIGNED_IN: ClassVar[int] = 4401
    NOT_STAFF: ClassVar[int] = 4403
    BROKEN: ClassVar[int] = 1011
    GROUPS: ClassVar[tuple[str, ...]] = (BOARD_GROUP, LINE_GROUP)

    # Coming and going ------------------------------------------------------------------

    async def connect(self) -> None:
        self._news = asyncio.Event()
        self._board_due_s = 0.0
        self._places: dict[str, Any] = {}
        self._media: dict[str, tuple[float, dict[str, float]]] = {}
        self._showing: asyncio.Task[None] | None = None
        await self.accept()  # a refusal before this reaches a browser without its code
        if code := await self._refusal():
            await self.close(code)
            return
        for group in self.GROUPS:
            await self.channel_layer.group_add(group, self.channel_name)
        self._showing = background.start(self._show())

    async def _refusal(self) -> int | None:
        """Why this browser may not (or no longer) see the board, as it is known now."""
        # A fresh store, because the scope's keeps what it once read.
        store = import_module(settings.SESSION_ENGINE).SessionStore
        scope: Any = {"session": store(self.scope["session"].session_key)}
        user: Any = await get_user(scope)
        if not user.is_authenticated:
            return self.NOT_SIGNED_IN
        return None if user.is_staff else self.NOT_STAFF

    async def disconnect(self, code: int) -> None:
        if self._showing is None:
            return
        self._showing.cancel()
        for group in self.GROUPS:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kw: Any
    ) -> None:
        """Nobody needs to say anything here."""

    # Hearing of changes ----------------------------------------------------------------

    async def board_changed(self, message: dict[str, Any]) -> None:
        """From the group: a session or an account is not as it was."""
        self._board_due_s = 0.0
        self._news.set()

    async def line_moved(self, message: dict[str, Any]) -> None:
        """From the line's group: everybody's place, told again and again."""
        if message["places"] != self._places:
            self._places = message["places"]
            await self.board_changed(message)

    async def board_media(self, message: dict[str, Any]) -> None:
        """From the group: what a viewer's browser says of its media."""
        told = {name: message["stats"].get(name) for name in MEDIA}
        known = {name: value for name, value in told.items() if value is not None}
        self._media[message["session"]] = (time.monotonic(), known)
        self._news.set()

    # Showing ---------------------------------------------------------------------------

    async def _show(self) -> None:
        """Until the socket closes. A failure closes it, and the browser comes again."""
        try:
            while True:
                began_s = time.monotonic()
                self._news.clear()
                if began_s >= self._board_due_s:
                    if code := await self._refusal():
                        await self.close(code)
                        return
                    self._board_due_s = began_s + AT_LEAST_EVERY_S
                    await self._send_board()
                else:
                    await self._send("board.media", {"media": self._fresh_media()})
                await self._wait(began_s)
        except Exception:
            logger.exception("The board could not be shown.")
            await self.close(self.BROKEN)

    async def _wait(self, began_s: float) -> None:
        """For news or the time to look again, but at least the pause between two frames."""
        left_s = self._board_due_s - time.monotonic()
        try:
            async with asyncio.timeout(max(0.0, left_s)):
                await self._news.wait()
        except TimeoutError:
            pass
        await asyncio.sleep(began_s + AT_MOST_EVERY_S - time.monotonic())

    async def _send_board(self) -> None:
        shown = await sync_to_async(board)(now())
        open_ids = {row["id"] for row in shown["sessions"]}
        oldest_s = time.monotonic() - MEDIA_COUNTS_S
        self._media = {
            session_id: (at_s, told)
            for session_id, (at_s, told) in self._media.items()
            if session_id in open_ids and at_s > oldest_s
        }
        await self._send("board", shown | {"media": self._fresh_media()})

    def _fresh_media(self) -> dict[str, dict[str, float]]:
        return {session_id: told for session_id, (_, told) in self._media.items()}

    async def _send(self, kind: str, data: dict[str, Any]) -> None:
        await self.send_json(
            {"type": kind, "seq": None, "at": now().isoformat(), "data": data}
        )
