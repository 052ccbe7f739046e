"""Ending sessions: the stream is stopped upstream, then the seat is free."""

import asyncio
import logging
from collections.abc import Iterable
from datetime import timedelta

from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.utils.timezone import now

from personas.models import Persona
from streaming.errors import IllegalTransition
from streaming.models import EndReason, Session, State
from streaming.providers.base import ProviderError
from streaming.services.upstream import idle_timeout_s, provider_of
from streaming.services.waiting import move_line
from streaming.signals import avatar_silenced

logger = logging.getLogger(__name__)

#: How long after its own idle limit an upstream that cannot be asked has surely let go.
_LET_GO_MARGIN_S = 60


async def close_session(session: Session, *, reason: EndReason) -> None:
    """End a session, whatever state it is in. Never fails because it is already gone.

    When upstream cannot be told, the session stays in `closing` and keeps its seat, since
    upstream still counts it; sweeps try again.
    """
    try:
        await sync_to_async(_begin)(session, reason)
        await avatar_silenced.asend(
            Session, session=session, at=now(), before_turn=None
        )
    except IllegalTransition:
        await sync_to_async(session.reread)()
        if session.is_open and session.state != State.CLOSING:
            await close_session(session, reason=reason)
            return
    if session.state == State.CLOSING:
        await _finish_closing(session)
    await move_line()


def _begin(session: Session, reason: EndReason) -> None:
    if session.state == State.WAITING:
        session.leave_line(reason)
    else:
        session.begin_closing(reason)


async def _finish_closing(session: Session) -> None:
    """Stop the stream and free the seat, unless upstream may still count it.

    A session without a name may have a stream that only upstream knows: it is ended by
    a comparison (`reconciling`).
    """
    if (
        session.upstream_id
        and not await _is_stopped(session)
        and not has_let_go(session)
    ):
        return
    if session.upstream_id or has_let_go(session):
        await finish(session)


async def _is_stopped(session: Session) -> bool:
    try:
        async with await provider_of(session) as provider:
            await provider.stop(session.upstream_id)
    except ProviderError as exc:
        logger.warning("Could not stop a session upstream: %s.", exc.code)
        return False
    return True


def has_let_go(session: Session) -> bool:
    """Whether upstream must have ended the stream by itself, since nobody speaks there."""
    longest = timedelta(seconds=idle_timeout_s() + _LET_GO_MARGIN_S)
    closing_at = session.closing_at
    return closing_at is not None and now() - closing_at > longest


async def finish(session: Session) -> None:
    """Free the seat of a closing session; that another worker has done so is fine."""
    try:
        await sync_to_async(session.finish)()
    except IllegalTransition:
        await sync_to_async(session.reread)()


async def close_each(ending: Iterable[tuple[Session, EndReason]]) -> int:
    """Close side by side; one that cannot be closed does not keep the others open."""
    outcomes = await asyncio.gather(
        *(close_session(session, reason=reason) for session, reason in ending),
        return_exceptions=True,
    )
    for error in outcomes:
        if isinstance(error, BaseException):
            logger.error("A session could not be closed.", exc_info=error)
    return len(outcomes)


async def part_from(personas: Iterable[Persona]) -> int:
    """End whatever is open with personas that go away, be it a visitor's elsewhere."""
    ending = Session.objects.speaking().with_personas([one.pk for one in personas])
    return await close_each(
        [
            (session, EndReason.PERSONA_ENDED)
            async for session in ending.select_related("account")
        ]
    )


async def part_with(
    user: User,
    *,
    going: Iterable[Persona],
    reason: EndReason = EndReason.VIEWER_CLOSED,
) -> int:
    """End a user's own sessions, and all that cannot go on without them.

    Those are the ones with the personas that go with the user, and those of visitors who
    came by a key of theirs. `reason` is that of the user's own.
    """
    own = Session.objects.speaking().of_person(user).select_related("account")
    count = await close_each(
        [
            (
                session,
                reason if session.owner_id == user.pk else EndReason.PERSONA_ENDED,
            )
            async for session in own
        ]
    )
    return count + await part_from(going)


async def stop_idle(*, for_s: float) -> int:
    """Stop every session in which nothing was said for `for_s` seconds."""
    idle = Session.objects.idle(now(), for_s)
    return await stop_all([session async for session in idle])


async def stop_all(sessions: list[Session]) -> int:
    """Stop these, as staff; returns how many were open."""
    return await close_each(
        (session, EndReason.STAFF_STOPPED) for session in sessions if session.is_open
    )
