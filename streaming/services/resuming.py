"""A viewer who is back: the same session on the same seat, with a new stream."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils.timezone import now

from config.errors import DomainError
from streaming import background
from streaming.errors import WrongState
from streaming.models import EndReason, Session
from streaming.providers.base import OpenedStream, StreamWish
from streaming.publishing import send_message
from streaming.services.ending import close_session
from streaming.services.opening import Opened, give_back, keep
from streaming.services.upstream import provider_of


async def resume_session(session: Session, *, quality: str = "") -> Opened:
    """A new offer for a session whose media was lost, or shall have another `quality`.

    A stream is answered once, so the old one is stopped and another opened on its seat;
    the time limit stays. Raises `WrongState` when it is not in use, `TimeIsUp` when its
    avatar says goodbye already, and a `ProviderError` when there is no new stream, which
    ends the session.

    Safe to cancel: it goes on, and the session then waits for its viewer as any other.
    """
    if not session.is_usable:
        raise WrongState(f"This session is {session.state}; it cannot be resumed.")
    await sync_to_async(session.require_time)()
    return await background.finish(background.start(_resume(session, quality)))


async def _resume(session: Session, quality: str) -> Opened:
    await sync_to_async(session.reopen)(until=opening_until(), quality=quality)
    message = {"type": "turn.interrupt", "before_turn": None}
    await send_message(session.group, message)
    return await renew_stream(session, _same_stream)


def opening_until() -> datetime:
    """By when a session that is opened anew has its stream: one stop and one start."""
    return now() + timedelta(seconds=settings.UPSTREAM_OPEN_TIMEOUT_S * 2)


async def renew_stream(
    session: Session, new_stream: Callable[[Session], Awaitable[OpenedStream]]
) -> Opened:
    """Stop the stream of a session that is opened anew, and keep what `new_stream` gives."""
    await _stop_old(session)
    try:
        stream = await new_stream(session)
    except Exception as exc:
        await sync_to_async(give_back)(session, exc)
        raise
    await keep(session, stream)
    return Opened(session=session, offer=stream.offer)


async def _stop_old(session: Session) -> None:
    try:
        async with await provider_of(session) as provider:
            await provider.stop(session.upstream_id)
    except DomainError:
        await close_session(session, reason=EndReason.UPSTREAM_ENDED)
        raise
    await sync_to_async(session.forget_upstream)()


async def _same_stream(session: Session) -> OpenedStream:
    async with await provider_of(session) as provider:
        return await provider.open_stream(StreamWish(**session.wish))
