"""What can be done with sessions: verbs that span the database and an avatar service.

All are safe to repeat. No transaction is open while an avatar service is asked.
"""

import asyncio
import logging
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.models import User
from django.utils.timezone import now

from personas.models import Persona
from streaming.errors import IllegalTransition, NoSeat, SessionNotFound, WrongState
from streaming.models import Account, EndReason, Session, State
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


# Opening -------------------------------------------------------------------------------


async def open_session(*, owner: User, persona: Persona, wish: StreamWish) -> Opened:
    """Take a seat and open a stream of `persona`.

    Raises `NoSeat` when every seat of every account is taken, also after a sweep; and the
    `ProviderError` when the avatar service gives no stream. The session is then kept, as
    failed, for the record, and its seat is free.
    """
    await sweep()
    session = await sync_to_async(_reserve)(owner, persona, wish)
    try:
        async with await _provider(session) as provider:
            stream = await provider.open_stream(wish)
    except ProviderError:
        await sync_to_async(_fail)(session, EndReason.UPSTREAM_REFUSED)
        raise
    await _keep(session, stream)
    return Opened(session=session, offer=stream.offer)


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


def _fail(session: Session, reason: EndReason) -> None:
    try:
        session.fail(reason)
    except IllegalTransition:
        session.reread()  # a sweep or staff ended it first


async def _keep(session: Session, stream: OpenedStream) -> None:
    """Note what upstream gave; if the session was ended meanwhile, give it back."""
    limit_s = min(settings.SESSION_MAX_S, stream.max_duration_s or 10**9)
    ends_at = now() + timedelta(seconds=limit_s)
    try:
        await sync_to_async(session.opened)(stream.upstream_id, ends_at=ends_at)
    except IllegalTransition:
        async with await _provider(session) as provider:
            await provider.stop(stream.upstream_id)
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
    await sync_to_async(session.answered)()
    await renew_by_rest(session)


async def trickle(session: Session, *, candidate: Candidate) -> None:
    """Hand one of the viewer's ICE candidates on; before `start` is fine too."""
    async with _upstream(session) as provider:
        await provider.trickle(session.upstream_id, candidate)
    await renew_by_rest(session)


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
    await renew_by_rest(session)


async def renew_by_rest(session: Session) -> None:
    """A REST call is a sign of life too, and a longer one: such callers do not beat."""
    await sync_to_async(session.renew_lease)(settings.LEASE_REST_S)


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
    await asyncio.gather(
        *(close_session(session, reason=session.why_lost(at)) for session in lost)
    )
    return len(lost)


async def stop_idle(*, for_s: float) -> int:
    """Stop every session in which nothing was said for `for_s` seconds."""
    idle = Session.objects.idle(now(), for_s)
    return await stop_all([session async for session in idle])


async def stop_all(sessions: list[Session]) -> int:
    """Stop these, as staff; returns how many were open."""
    still_open = [session for session in sessions if session.is_open]
    await asyncio.gather(
        *(close_session(s, reason=EndReason.STAFF_STOPPED) for s in still_open)
    )
    return len(still_open)


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
