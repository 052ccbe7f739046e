"""Telling who watches a session how much of its time is left."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable

from django.utils.timezone import now

from streaming import background, services
from streaming.models import USABLE, Session

#: So many seconds before the end, a watcher is told.
MARKS_S = (60, 30, 10)

#: Told the seconds that are left, and the reason for which the session will end.
Tell = Callable[[int, str], Awaitable[None]]


class Countdown:
    """One watcher's. Marks that had passed before they came are not told."""

    def __init__(self, session_id: uuid.UUID, tell: Tell) -> None:
        self._session_id = session_id
        self._tell = tell
        self._timer: asyncio.TimerHandle | None = None
        self._last_left_s: float | None = None
        self._is_over = False

    async def follow(self) -> None:
        """Look when the session ends, tell what is due, and look again at the next mark.

        Call it whenever that may have changed.
        """
        usable = Session.objects.filter(pk=self._session_id, state__in=USABLE)
        session = await usable.afirst()
        self._cancel()
        if self._is_over:
            return
        if session is None:
            self._last_left_s = None
            return
        services.watch_time(session)  # whoever shows the time keeps it too
        left_s = (session.ends_at - now()).total_seconds()
        before_s, self._last_left_s = self._last_left_s, left_s
        self._arm(left_s)
        if before_s and any(left_s <= mark < before_s for mark in MARKS_S):
            await self._tell(round(left_s), session.ends_because)

    def stop(self) -> None:
        """For good."""
        self._is_over = True
        self._cancel()

    def _arm(self, left_s: float) -> None:
        waits_s = [left_s - mark for mark in MARKS_S if mark < left_s]
        if waits_s:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(min(waits_s), self._wake)

    def _wake(self) -> None:
        background.hold(self.follow())

    def _cancel(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
