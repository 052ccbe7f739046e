"""The session's websocket: a snapshot, then everything that happens, in order.

This consumer knows the session; the apps above it add what is said (`chat.consumers`).
It translates frames to calls and calls to frames, and decides nothing else.
"""

import asyncio
import logging
import math
import time
import uuid
from typing import Any, ClassVar
from urllib.parse import parse_qs

from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings
from django.contrib.auth.models import User
from django.utils.timezone import now

from config.errors import DomainError, InternalError
from streaming import background, messages, queueing, services
from streaming.countdown import Countdown
from streaming.errors import SessionNotFound
from streaming.models import CONNECTED, EndReason, Session, SessionEvent, State
from streaming.publishing import tell_board_of_media
from streaming.serializers import session_info
from streaming.services.waiting import LINE_GROUP

logger = logging.getLogger(__name__)

#: A browser sends some 1 frame a second; a program gone wild is sent away.
MAX_FRAMES_PER_MINUTE = 600
MAX_FRAME_CHARS = 16_384
#: A silent socket's viewer may be back on another one, whose next beat comes within this.
SILENT_GRACE_S = 3
#: While anybody waits, each process sweeps so often.
SWEEP_WHILE_WAITING_S = 2.0


class _Every:
    """A process's own rhythm for what needs doing from time to time, by anybody."""

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s
        self._last_s = -math.inf

    def is_due(self, at_s: float) -> bool:
        if at_s - self._last_s < self._period_s:
            return False
        self._last_s = at_s
        return True


_sweeps = _Every(SWEEP_WHILE_WAITING_S)


class SessionConsumer(AsyncJsonWebsocketConsumer):
    """One watcher of one session.

    The owner is its viewer: their heartbeats keep the lease, and losing a socket that beat
    shortens it. Staff watch as operators: they see everything, may interrupt and close,
    and their coming and going means nothing to the lease; nor does a second window of the
    owner's that does not beat.
    """

    NOT_SIGNED_IN: ClassVar[int] = 4401
    NO_SESSION: ClassVar[int] = 4404
    TOO_MUCH: ClassVar[int] = 4400
    SILENT: ClassVar[int] = 4408

    session: Session
    user: User
    is_viewer: bool

    # Coming and going ------------------------------------------------------------------

    async def connect(self) -> None:
        self._sent_seq = 0
        self._frame_times: list[float] = []
        self._silence: asyncio.TimerHandle | None = None
        self._joined = False
        self._is_busy = False
        self._place: dict[str, Any] | None = None
        await self.accept()  # a refusal before this reaches a browser without its code
        if not await self._may_enter():
            return
        await self.channel_layer.group_add(self.session.group, self.channel_name)
        if self.session.state == State.WAITING:
            await self.channel_layer.group_add(LINE_GROUP, self.channel_name)
        self._joined = True
        self._countdown = Countdown(self.session.pk, self._tell_time_left)
        await self._send_snapshot()
        await self._countdown.follow()

    async def _may_enter(self) -> bool:
        user: Any = self.scope["user"]
        if not user.is_authenticated:
            await self.close(self.NOT_SIGNED_IN)
            return False
        session_id: uuid.UUID = self.scope["url_route"]["kwargs"]["session_id"]
        try:
            self.session = await services.find_session(session_id, user)
        except SessionNotFound:
            await self.close(self.NO_SESSION)
            return False
        self.user = user
        self.is_viewer = self.session.owner_id == user.pk
        return True

    async def disconnect(self, code: int) -> None:
        if not self._joined:
            return
        self._joined = False
        self._countdown.stop()
        await self.channel_layer.group_discard(self.session.group, self.channel_name)
        await self.channel_layer.group_discard(LINE_GROUP, self.channel_name)
        if self._silence:
            self._silence.cancel()
            await services.lose_viewer(self.session, settings.LEASE_GRACE_S)
        await self.leaving()

    async def leaving(self) -> None:
        """For subclasses: the socket is gone; let go of what was held for it."""

    # Showing -----------------------------------------------------------------------------

    async def _send_snapshot(self) -> None:
        after = self._asked_after()
        await sync_to_async(self.session.reread)()
        data = {
            "session": session_info(self.session),
            "role": "viewer" if self.is_viewer else "operator",
            **await self.snapshot_extras(),
        }
        seq = self.session.last_seq
        await self.send_json(
            {"type": "snapshot", "seq": seq, "at": now().isoformat(), "data": data}
        )
        if after is None:
            self._sent_seq = seq
            return
        self._sent_seq = min(after, seq)
        await self._send_missed()

    def _asked_after(self) -> int | None:
        """The `?after=` of somebody who comes back, if it is a number."""
        query = parse_qs(self.scope["query_string"].decode("latin1"))
        after = query.get("after", [""])[0]
        return int(after) if after.isdecimal() and len(after) < 10 else None

    async def snapshot_extras(self) -> dict[str, Any]:
        """What else a newcomer should know; subclasses add to it."""
        if self.session.state != State.WAITING:
            return {}
        place = await sync_to_async(queueing.place_of)(self.session, now())
        self._place = place.as_dict() if place else None
        return {"queue": self._place} if self._place else {}

    async def _send_missed(self) -> None:
        missed = SessionEvent.objects.filter(
            session=self.session, seq__gt=self._sent_seq
        )
        async for event in missed.order_by("seq"):
            self._sent_seq = event.seq
            await self.send_json(event.as_frame())

    async def session_frame(self, message: dict[str, Any]) -> None:
        """From the group: something happened. Numbered frames go out once and in order."""
        frame = message["frame"]
        if frame["type"] == "session.status":
            await self._follow_line(frame["data"]["to"])
        seq = frame["seq"]
        if seq is None:
            await self.send_json(frame)
        elif seq == self._sent_seq + 1:
            self._sent_seq = seq
            await self.send_json(frame)
        elif seq > self._sent_seq:
            await self._send_missed()  # the layer has lost or swapped some
        if frame["type"] == "session.status":
            await self._countdown.follow()

    async def _follow_line(self, state: str) -> None:
        """Who no longer waits has no place to hear of."""
        if self._place is None or state == State.WAITING:
            return
        self._place = None
        await self.channel_layer.group_discard(LINE_GROUP, self.channel_name)

    async def line_moved(self, message: dict[str, Any]) -> None:
        """From the line's group: everybody's place, of which ours may be new."""
        place = message["places"].get(str(self.session.pk))
        if place is None or place == self._place or self._place is None:
            return
        self._place = place
        frame = {"type": "queue.position", "seq": None, "at": now().isoformat()}
        await self.send_json(frame | {"data": place})

    async def _tell_time_left(self, seconds: int, reason: str) -> None:
        frame = {"type": "time.left", "seq": None, "at": now().isoformat()}
        await self.send_json(frame | {"data": {"seconds": seconds, "reason": reason}})

    async def turn_interrupt(self, message: dict[str, Any]) -> None:
        """From the group: whoever feeds the avatar should stop. Here nobody does."""

    async def show_error(self, error: DomainError) -> None:
        data = error.body()
        del data["success"]
        await self.send_json(
            {"type": "error", "seq": None, "at": now().isoformat(), "data": data}
        )

    # Hearing --------------------------------------------------------------------------------

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kw: Any
    ) -> None:
        if not self._joined:
            return
        if self._floods() or len(text_data or "") > MAX_FRAME_CHARS:
            await self.close(self.TOO_MUCH)
            return
        self._is_busy = True
        try:
            content = messages.decode(text_data)
            await self.receive_message(content)
        except DomainError as exc:
            await self.show_error(exc)
        except Exception as exc:  # the edge: a bug in one frame must not end the socket
            logger.exception("A frame could not be handled.")
            await self.show_error(InternalError(exc))
        finally:
            self._is_busy = False

    def _floods(self) -> bool:
        at = time.monotonic()
        self._frame_times = [t for t in self._frame_times if at - t < 60] + [at]
        return len(self._frame_times) > MAX_FRAMES_PER_MINUTE

    async def receive_message(self, content: dict[str, Any]) -> None:
        """Do what one decoded frame asks. Raises `DomainError` with what is wrong."""
        match messages.parse(content):
            case messages.Heartbeat():
                await self._renew()
                await self._send_missed()  # the layer may have lost the very last
                await self._move_line()
            case messages.IceState(state):
                await self._note_ice(state)
            case messages.Talking(state, task_id):
                await self.note_talking(state, task_id)
            case messages.MediaStats(stats):
                await self._note_stats(stats)
            case messages.Stay():
                await self._stay()
            case messages.Close():
                await self._close_session()

    async def _renew(self) -> None:
        if not self.is_viewer:
            return
        # A little longer than our own clock, which knows more than the database's.
        await sync_to_async(self.session.beat)(settings.LEASE_S + 1)
        if self._silence:
            self._silence.cancel()
        if not self._joined:
            return  # the socket was closed meanwhile
        loop = asyncio.get_running_loop()
        self._silence = loop.call_later(settings.LEASE_S, self._went_silent)

    def _went_silent(self) -> None:
        """A viewer whose network is gone does not close the socket; we do.

        While a frame of theirs waits for upstream, their beats wait behind it.
        """
        background.hold(self._renew() if self._is_busy else self._give_up())

    async def _give_up(self) -> None:
        await services.lose_viewer(self.session, SILENT_GRACE_S)
        await self.close(self.SILENT)

    async def _move_line(self) -> None:
        """Who waits keeps the seats coming, also where no worker runs."""
        if self._place is not None and _sweeps.is_due(time.monotonic()):
            await services.sweep()

    async def _note_ice(self, state: str) -> None:
        if not self.is_viewer:
            return
        await sync_to_async(self.session.note_ice)(state)
        await sync_to_async(self.session.reread)()
        if state in CONNECTED:
            await sync_to_async(services.mark_live)(self.session)
        elif state == "failed":
            await services.close_session(self.session, reason=EndReason.ICE_FAILED)

    async def note_talking(self, state: str, task_id: str) -> None:
        """The viewer's browser hears the avatar start or stop."""
        if self.is_viewer:
            kind = f"avatar.{state}_talking"
            await sync_to_async(self.session.record)(kind, {"task_id": task_id})

    async def _note_stats(self, stats: dict[str, float]) -> None:
        if self.is_viewer:
            frame = {"type": "media.stats", "seq": None, "at": now().isoformat()}
            await self.channel_layer.group_send(
                self.session.group,
                {"type": "session.frame", "frame": frame | {"data": stats}},
            )
            await tell_board_of_media(str(self.session.pk), stats)

    async def _stay(self) -> None:
        if not self.is_viewer:
            return
        await sync_to_async(self.session.reread)()
        await services.keep_alive(self.session)

    async def _close_session(self) -> None:
        await sync_to_async(self.session.reread)()
        reason = EndReason.VIEWER_CLOSED if self.is_viewer else EndReason.STAFF_STOPPED
        await services.close_session(self.session, reason=reason)
