"""What can be done with sessions: verbs that span the database and an avatar service.

All are safe to repeat. No transaction is open while an avatar service is asked.
"""

import asyncio
import logging
import uuid
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.models import User
from django.utils.timezone import now

from config.errors import DomainError
from personas.models import Persona
from streaming import background
from streaming.errors import IllegalTransition, NoSeat, SessionNotFound, WrongState
from streaming.models import (
    CLOSING_RETRY,
    CONNECTED,
    Account,
    EndReason,
    Session,
    State,
)
from streaming.providers import provider_for
from streaming.providers.base import (
    AvatarInfo,
    AvatarProvider,
    Candidate,
    Gone,
    Offer,
    OpenedStream,
    ProviderError,
    StreamWish,
    Utterance,
    VoiceInfo,
)
from streaming.publishing import send_message

logger = logging.getLogger(__name__)

#: After this long in `closing`, an upstream that cannot be asked has let go by itself.
_GIVE_UP_CLOSING = timedelta(seconds=300)
#: How long an opening waits for its sweep; a service that hangs must not block the others.
_SWEEP_WAIT_S = 3.0
#: How much longer than we the avatar service waits before it calls a stream idle.
_IDLE_MARGIN_S = 60
_UPSTREAM_IDLE_S = (30, 3600)  # the shortest and the longest that it accepts


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A session in `ready`, and the offer for its viewer's browser."""

    session: Session
    offer: Offer


# Finding -------------------------------------------------------------------------------


async def find_session(session_id: uuid.UUID, user: User) -> Session:
    """The session, if `user` may see it. Raises `SessionNotFound`."""
    found = (
        await Session.objects.visible_to(user)
        .select_related("persona")
        .filter(pk=session_id)
        .afirst()
    )
    if found is None:
        raise SessionNotFound(f"session_id: there is no session {session_id}.")
    return found


async def get_open_session(session_id: uuid.UUID, user: User) -> Session:
    """A session to act on. Raises `SessionNotFound`, or `WrongState` once it has ended."""
    session = await find_session(session_id, user)
    if not session.is_open or session.state == State.CLOSING:
        why = EndReason(session.end_reason).label if session.end_reason else "closed"
        raise WrongState(f"This session has ended: {why}. Open a new one.")
    return session


async def session_for_call(session_id: uuid.UUID, user: User) -> Session:
    """`get_open_session` for a REST call, which is a sign of life when its owner calls.

    It counts for longer than a heartbeat does, since such callers do not beat.
    """
    session = await get_open_session(session_id, user)
    if session.owner_id == user.pk:
        await sync_to_async(session.renew_lease)(settings.LEASE_REST_S)
    return session


# Opening -------------------------------------------------------------------------------


async def open_session(*, owner: User, persona: Persona, wish: StreamWish) -> Opened:
    """Take a seat and open a stream of `persona`.

    Raises `NoSeat` when every seat of every account is taken, also after a sweep; and the
    `ProviderError` when the avatar service gives no stream. The session is then kept, as
    failed, for the record, and its seat is free.

    Safe to cancel, as happens when the caller's browser leaves: upstream cannot be told to
    forget a stream that it has not yet named, so the opening goes on and is then closed.
    """
    opening = background.start(_open(owner, persona, wish))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        background.hold(_close_unwanted(opening))
        raise


async def _close_unwanted(opening: asyncio.Task[Opened]) -> None:
    try:
        opened = await opening
    except DomainError:
        return  # nothing was opened
    await close_session(opened.session, reason=EndReason.VIEWER_LEFT)


async def _open(owner: User, persona: Persona, wish: StreamWish) -> Opened:
    await asyncio.wait([background.start(sweep())], timeout=_SWEEP_WAIT_S)
    session = await sync_to_async(_reserve)(owner, persona, wish)
    try:
        async with await _provider(session) as provider:
            stream = await provider.open_stream(
                replace(wish, idle_timeout_s=_upstream_idle_s())
            )
        await _keep(session, stream)
    except Exception:  # whatever it is, the seat is not kept for it
        await sync_to_async(_give_back)(session)
        raise
    return Opened(session=session, offer=stream.offer)


def _upstream_idle_s() -> int:
    """Later than our own limit, so that it is we who end an idle session."""
    shortest, longest = _UPSTREAM_IDLE_S
    wished: int = settings.SESSION_IDLE_S + _IDLE_MARGIN_S
    return max(shortest, min(wished, longest))


def _reserve(owner: User, persona: Persona, wish: StreamWish) -> Session:
    opened_at = now()
    lease_s = settings.UPSTREAM_OPEN_TIMEOUT_S + settings.LEASE_REST_S
    for account in Account.objects.filter(is_enabled=True):
        try:
            return Session.objects.reserve(
                account,
                owner=owner,
                persona=persona,
                avatar_name=wish.avatar_name,
                voice_id=wish.voice_id,
                quality=wish.quality,
                lease_expires_at=opened_at + timedelta(seconds=lease_s),
                ends_at=opened_at + timedelta(seconds=settings.SESSION_MAX_S + lease_s),
            )
        except NoSeat:
            continue
    raise _no_seat(owner)


def _no_seat(owner: User) -> NoSeat:
    """The refusal, with who can do what about it."""
    accounts = list(Account.objects.filter(is_enabled=True))
    if not accounts:
        return NoSeat(
            "No avatar account is switched on.",
            detail="Staff can add or enable one under Accounts in the admin.",
        )
    seats = sum(account.seat_limit for account in accounts)
    own = Session.objects.seated().filter(owner=owner).count()
    yours = (
        f"{own} of them are yours: close one under Your sessions, "
        "or with POST /persona/heygen/session/stop."
        if own
        else "None of them is yours: wait until somebody closes one, or ask staff, "
        "who can stop sessions in the admin."
    )
    return NoSeat(f"All {seats} seats are taken.", detail=yours)


def _give_back(session: Session) -> None:
    """End a session for which upstream gave no stream."""
    try:
        session.fail(EndReason.UPSTREAM_REFUSED)
    except IllegalTransition:  # somebody has begun to close it, or has ended it
        session.reread()
        if session.state == State.CLOSING:
            session.finish()


async def _keep(session: Session, stream: OpenedStream) -> None:
    """Note what upstream gave; if the session was ended meanwhile, give it back."""
    limit_s = min(settings.SESSION_MAX_S, stream.max_duration_s or 10**9)
    ends_at = now() + timedelta(seconds=limit_s)
    try:
        await sync_to_async(session.opened)(stream.upstream_id, ends_at=ends_at)
    except IllegalTransition:
        await sync_to_async(session.name_upstream)(stream.upstream_id)
        await _finish_closing(session)
        raise
    await sync_to_async(session.note_activity)()


# Talking --------------------------------------------------------------------------------


async def start_session(session: Session, *, answer_sdp: str) -> None:
    """Hand the viewer's SDP answer on.

    Raises `WrongState` unless the session is ready: an answer counts once.
    """
    if session.state != State.READY:
        raise WrongState(
            f"This session is {session.state}; an answer is awaited once, when it is ready."
        )
    async with _upstream(session) as provider:
        await provider.answer(session.upstream_id, answer_sdp)
    await sync_to_async(_note_answer)(session)


def _note_answer(session: Session) -> None:
    """The media may have connected, and its viewer have said so, before we are told."""
    session.answered()
    if session.ice_state in CONNECTED:
        mark_live(session)


async def trickle(session: Session, *, candidate: Candidate) -> None:
    """Hand one of the viewer's ICE candidates on; before `start` is fine too."""
    async with _upstream(session) as provider:
        await provider.trickle(session.upstream_id, candidate)


async def speak(session: Session, text: str) -> Utterance:
    """Have the avatar say `text` after what it is saying; returns when it has accepted it.

    `text` has at most `MAX_UTTERANCE_CHARS` characters.
    """
    async with _upstream(session) as provider:
        utterance = await provider.speak(session.upstream_id, text)
    await sync_to_async(_note_speech)(session, utterance)
    return utterance


def _note_speech(session: Session, utterance: Utterance) -> None:
    """A stream that accepts speech is connected, whoever forgot to tell us so."""
    session.note_activity(speaks_s=utterance.duration_s)
    session.renew_lease(settings.LEASE_S + utterance.duration_s)
    if session.state == State.CONNECTING:
        mark_live(session)


def mark_live(session: Session) -> None:
    """From connecting to live; that it is live already is not an error."""
    try:
        session.go_live()
    except IllegalTransition:
        session.reread()


async def interrupt(session: Session, *, before_turn: int | None = None) -> None:
    """Silence the avatar: what it says, what it has queued, and the turn that feeds it.

    A turn that interrupts the ones before it gives its own number, lest it stop itself.
    """
    message = {"type": "turn.interrupt", "before_turn": before_turn}
    await send_message(session.group, message)
    async with _upstream(session) as provider:
        await provider.interrupt(session.upstream_id)
    await sync_to_async(session.note_activity)()


async def keep_alive(session: Session) -> None:
    """A sign that somebody still wants this session."""
    async with _upstream(session) as provider:
        await provider.keep_alive(session.upstream_id)
    await sync_to_async(session.note_activity)()


# Ending ---------------------------------------------------------------------------------


async def close_session(session: Session, *, reason: EndReason) -> None:
    """End a session, whatever state it is in. Never fails because it is already gone.

    When upstream cannot be told, the session stays in `closing` and keeps its seat, since
    upstream still counts it; sweeps try again.
    """
    try:
        await sync_to_async(session.begin_closing)(reason)
    except IllegalTransition:
        await sync_to_async(session.reread)()
        if not session.is_open:
            return
        if session.state != State.CLOSING:
            await close_session(session, reason=reason)
            return
    await _finish_closing(session)


async def _finish_closing(session: Session) -> None:
    if not session.upstream_id and _may_be_opening(session):
        return  # upstream counts it, under a name that only its opener will know
    if session.upstream_id:
        try:
            async with await _provider(session) as provider:
                await provider.stop(session.upstream_id)
        except ProviderError as exc:
            if not _may_give_up(session):
                logger.warning("Could not stop a session upstream: %s.", exc.code)
                return
    try:
        await sync_to_async(session.finish)()
    except IllegalTransition:
        await sync_to_async(session.reread)()  # another worker has finished it


def _may_be_opening(session: Session) -> bool:
    longest = timedelta(seconds=settings.UPSTREAM_OPEN_TIMEOUT_S) + CLOSING_RETRY
    return now() - session.created_at < longest


def _may_give_up(session: Session) -> bool:
    closing_at = session.closing_at
    return closing_at is not None and now() - closing_at > _GIVE_UP_CLOSING


async def sweep() -> int:
    """End what has lost its viewer, its time or its use; returns how many were ended.

    Runs before each opening, so that seats never depend on the worker, and in the worker,
    so that they are free before anybody asks. Two sweeps at once are harmless.
    """
    at = now()
    lost = [session async for session in Session.objects.lost(at)]
    return await _close_each((session, session.why_lost(at)) for session in lost)


async def _close_each(ending: Iterable[tuple[Session, EndReason]]) -> int:
    """Close side by side; one that cannot be closed does not keep the others open."""
    outcomes = await asyncio.gather(
        *(close_session(session, reason=reason) for session, reason in ending),
        return_exceptions=True,
    )
    for error in outcomes:
        if isinstance(error, BaseException):
            logger.error("A session could not be closed.", exc_info=error)
    return len(outcomes)


async def stop_idle(*, for_s: float) -> int:
    """Stop every session in which nothing was said for `for_s` seconds."""
    idle = Session.objects.idle(now(), for_s)
    return await stop_all([session async for session in idle])


async def stop_all(sessions: list[Session]) -> int:
    """Stop these, as staff; returns how many were open."""
    return await _close_each(
        (session, EndReason.STAFF_STOPPED) for session in sessions if session.is_open
    )


# What there is ---------------------------------------------------------------------------


async def avatars() -> list[AvatarInfo]:
    """What the first account in use offers. Raises `ProviderError`."""
    async with provider_for(await _first_account()) as provider:
        return await provider.avatars()


async def voices() -> list[VoiceInfo]:
    async with provider_for(await _first_account()) as provider:
        return await provider.voices()


async def _first_account() -> Account:
    account = await Account.objects.filter(is_enabled=True).afirst()
    if account is None:
        raise NoSeat("No avatar account is switched on.")
    return account


# Upstream ----------------------------------------------------------------------------------


async def _provider(session: Session) -> AvatarProvider:
    """The account is read anew, since staff may have moved it or changed its key."""
    return provider_for(await Account.objects.aget(sessions=session))


@asynccontextmanager
async def _upstream(session: Session) -> AsyncGenerator[AvatarProvider, None]:
    """A provider for one call on a session, which notices when upstream has ended it.

    Raises `WrongState` for a session that upstream does not have (yet, or any more).
    """
    if not session.is_usable:
        raise WrongState(f"This session is {session.state}, not in use.")
    async with await _provider(session) as provider:
        try:
            yield provider
        except Gone:
            await close_session(session, reason=EndReason.UPSTREAM_ENDED)
            raise
