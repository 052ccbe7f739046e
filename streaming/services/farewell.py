"""When a session's time is nearly up, its avatar says goodbye, and then it is closed.

Every process that has to do with a session keeps a timer for it: the one that opened it,
those with its websockets, and whoever sweeps. One of them says goodbye, which the database
decides; any of them may close.
"""

import asyncio
import logging
import uuid
from datetime import timedelta

from asgiref.sync import sync_to_async
from django.db.models import QuerySet
from django.utils.timezone import now

from config.errors import DomainError
from personas.goodbyes import plain_goodbye
from streaming import background, events
from streaming.models import USABLE, EndReason, Session
from streaming.providers.base import estimated_duration_s
from streaming.services.ending import close_session
from streaming.services.talking import interrupt, say_last

logger = logging.getLogger(__name__)

#: What a turn hands over while it is interrupted has come by then, and is silenced.
_SETTLE_S = 0.5
#: How long the calls take, at a guess, and the sound on its way to the viewer.
_CALLS_S = 0.8
_SOUND_S = 0.7
#: A session is closed a little before its time, so that it uses no more than it was given.
_CLOSING_S = 0.3
#: No goodbye begins earlier, however long it is.
LONGEST_S = 15.0

_timers: dict[uuid.UUID, asyncio.TimerHandle] = {}


def watch_time(session: Session) -> None:
    """See the session off when it is time, from this process. Call it again at will."""
    _wake_in(_left_s(session) - LONGEST_S, session.pk)


def _wake_in(wait_s: float, session_id: uuid.UUID) -> None:
    if timer := _timers.pop(session_id, None):
        timer.cancel()
    loop = asyncio.get_running_loop()
    _timers[session_id] = loop.call_later(max(0.0, wait_s), _wake, session_id)


def _wake(session_id: uuid.UUID) -> None:
    _timers.pop(session_id, None)
    background.hold(_attend(session_id))


async def _attend(session_id: uuid.UUID) -> None:
    """Look anew: it may have ended, or have got another end."""
    async for session in _usable().filter(pk=session_id):
        wait_s = _left_s(session) - lead_s(session)
        if wait_s > 0:
            _wake_in(wait_s, session_id)
        else:
            await see_off(session)


async def watch_ending() -> None:
    """`watch_time` of every session whose end is near."""
    async for session in _ending():
        watch_time(session)


async def see_off_ending() -> None:
    """See all off whose end is near, and return when they are closed.

    For a worker, whose timers do not outlive the task that sets them.
    """
    ending = [session async for session in _ending()]
    await asyncio.gather(*(_see_off_in_time(session) for session in ending))


async def _see_off_in_time(session: Session) -> None:
    await asyncio.sleep(_left_s(session) - lead_s(session))
    await see_off(session)


async def see_off(session: Session) -> None:
    """Let the avatar say goodbye, if it is live and nobody else does; close in any case.

    Who comes so late that most would not be heard keeps silent, and so does a replay, which
    says nothing that was not said then. Returns when the session
    is closed, which is begun before its `ends_at`.
    """
    is_time_to_speak = _left_s(session) > lead_s(session) / 2
    speaks = is_time_to_speak and not session.is_replay
    if speaks and await sync_to_async(session.begin_farewell)():
        goodbye = background.start(_say_goodbye(session))
        await asyncio.wait([goodbye], timeout=_left_s(session) - _CLOSING_S)
    else:
        await asyncio.sleep(_left_s(session) - _CLOSING_S)
    await sync_to_async(session.reread)()
    if session.is_open:
        await close_session(session, reason=EndReason(session.ends_because))


async def _say_goodbye(session: Session) -> None:
    """Returns when it has been said and heard, or cannot be said."""
    text = last_words(session)
    try:
        await interrupt(session)
        await asyncio.sleep(_SETTLE_S)
        utterance = await say_last(session, text)
    except DomainError as exc:
        logger.warning("An avatar could not say goodbye: %s.", exc.code)
        return
    said = {
        "text": text,
        "task_id": utterance.task_id,
        "duration_s": utterance.duration_s,
    }
    await events.record(session, "avatar.farewell", said)
    await asyncio.sleep(utterance.duration_s + _SOUND_S)


def last_words(session: Session) -> str:
    if speaker := session.speaker():
        return speaker.goodbye()
    return plain_goodbye(session.wish.get("language", ""))


def lead_s(session: Session) -> float:
    """How long before its end the goodbye begins, so that it is over in time."""
    if session.is_replay:
        return _CLOSING_S
    rate = session.wish.get("speaking_rate") or 1.0
    speech_s = estimated_duration_s(last_words(session)) / rate
    needed_s = _CALLS_S + _SETTLE_S + speech_s + _SOUND_S + _CLOSING_S
    return min(needed_s, LONGEST_S)


def _left_s(session: Session) -> float:
    return max(0.0, (session.ends_at - now()).total_seconds())


def _usable() -> QuerySet[Session]:
    # With its draft, since this is asked where the database must not be.
    found = Session.objects.select_related("persona__draft")
    return found.filter(state__in=USABLE)


def _ending() -> QuerySet[Session]:
    return _usable().filter(ends_at__lt=now() + timedelta(seconds=LONGEST_S))
