"""What can be done with sessions: verbs that span the database and an avatar service.

All are safe to repeat. No transaction is open while an avatar service is asked.
"""

import asyncio
import logging
import time
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
from streaming import background, pool
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
    Rejected,
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
#: How long after its time a try that never ended still counts as under way.
_CLAIM_MARGIN_S = 10.0
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
    """Take a seat and open a stream of `persona`, at the first account that gives one.

    Raises `NoSeat` when every seat is taken, also after a sweep; `AccountsResting` when all
    accounts have failed too often; a `ProviderError` when none of those that were tried
    gives a stream. Each try is a session of its own; the failed are kept for the record,
    and their seats are free. After the sweep, all tries together take
    `UPSTREAM_OPEN_TIMEOUT_S` at most.

    Safe to cancel, as happens when the caller's browser leaves: upstream cannot be told to
    forget a stream that it has not yet named, so the try goes on and is then closed.
    """
    caller_left = asyncio.Event()
    opening = background.start(_open(owner, persona, wish, caller_left))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        caller_left.set()
        background.hold(_close_unwanted(opening))
        raise


async def _close_unwanted(opening: asyncio.Task[Opened]) -> None:
    try:
        opened = await opening
    except DomainError:
        return  # nothing was opened
    await close_session(opened.session, reason=EndReason.VIEWER_LEFT)


async def _open(
    owner: User, persona: Persona, wish: StreamWish, caller_left: asyncio.Event
) -> Opened:
    await asyncio.wait([background.start(sweep())], timeout=_SWEEP_WAIT_S)
    search = await sync_to_async(pool.Search.begin)(now())
    asked = _Asked(
        owner=owner,
        persona=persona,
        wish=replace(wish, idle_timeout_s=_upstream_idle_s()),
    )
    left_s: float = settings.UPSTREAM_OPEN_TIMEOUT_S
    while search.to_try and left_s > 0 and not caller_left.is_set():
        account = search.to_try.pop(0)
        if not await sync_to_async(account.claim)(
            now(), for_s=left_s + _CLAIM_MARGIN_S
        ):
            search.resting.append(account)
            continue
        # One that hangs must leave time for those behind it.
        timeout_s = left_s / 2 if search.to_try else left_s
        began_s = time.monotonic()
        try:
            return await _open_at(
                account,
                asked,
                timeout_s=timeout_s,
                is_second_choice=account != search.preferred,
            )
        except NoSeat:
            search.full.append(account)
        except _Failed as failed:
            search.failed.append((account, failed.error))
        left_s -= time.monotonic() - began_s
    raise await sync_to_async(search.refusal)(owner, now())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What one caller wants, whichever account gives it."""

    owner: User
    persona: Persona
    wish: StreamWish


class _Failed(Exception):
    """An account gave no stream, with an `error` that another may not have."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


async def _open_at(
    account: Account, asked: _Asked, *, timeout_s: float, is_second_choice: bool
) -> Opened:
    """Open a session at this account.

    Raises `NoSeat` or `_Failed` when the next may be tried, and anything else when not.
    """
    session = await sync_to_async(_reserve)(account, asked)
    try:
        stream, given = await _ask_for_stream(
            account,
            asked.wish,
            timeout_s=timeout_s,
            is_second_choice=is_second_choice,
        )
    except Exception as exc:  # whatever it is, the seat is not kept for it
        was_ours = await sync_to_async(_give_back)(session)
        await sync_to_async(pool.note_outcome)(account, exc, now())
        if was_ours and pool.is_worth_trying_elsewhere(exc):
            raise _Failed(exc) from exc
        raise
    try:
        await sync_to_async(pool.note_outcome)(account, None, now())
        if given is not asked.wish:
            await sync_to_async(session.replace_avatar)()
        await _keep(session, stream)
    except Exception:
        await sync_to_async(_give_back)(session)
        raise
    return Opened(session=session, offer=stream.offer)


async def _ask_for_stream(
    account: Account, wish: StreamWish, *, timeout_s: float, is_second_choice: bool
) -> tuple[OpenedStream, StreamWish]:
    """A stream, and the wish that it fulfils.

    That is the given one; or, where an account that stands in for the one whose avatars
    are on show does not have who was wished for, the same with the account's own choice.
    At the one whose avatars are on show, an unknown avatar is the caller's mistake.
    """
    began_s = time.monotonic()
    try:
        async with provider_for(account, open_timeout_s=timeout_s) as provider:
            return await provider.open_stream(wish), wish
    except Rejected:
        left_s = timeout_s - (time.monotonic() - began_s)
        names_somebody = wish.avatar_name or wish.voice_id
        if not (is_second_choice and names_somebody and left_s > 0):
            raise
    anybody = replace(wish, avatar_name="", voice_id="")
    async with provider_for(account, open_timeout_s=left_s) as provider:
        return await provider.open_stream(anybody), anybody


def _upstream_idle_s() -> int:
    """Later than our own limit, so that it is we who end an idle session."""
    shortest, longest = _UPSTREAM_IDLE_S
    wished: int = settings.SESSION_IDLE_S + _IDLE_MARGIN_S
    return max(shortest, min(wished, longest))


def _reserve(account: Account, asked: _Asked) -> Session:
    opened_at = now()
    lease_s = settings.UPSTREAM_OPEN_TIMEOUT_S + settings.LEASE_REST_S
    try:
        return Session.objects.reserve(
            account,
            owner=asked.owner,
            persona=asked.persona,
            avatar_name=asked.wish.avatar_name,
            voice_id=asked.wish.voice_id,
            quality=asked.wish.quality,
            lease_expires_at=opened_at + timedelta(seconds=lease_s),
            ends_at=opened_at + timedelta(seconds=settings.SESSION_MAX_S + lease_s),
        )
    except NoSeat:
        account.end_trial(opened_at)
        raise


def _give_back(session: Session) -> bool:
    """End a session for which upstream gave no stream; whether nobody else had ended it."""
    try:
        session.fail(EndReason.UPSTREAM_REFUSED)
        return True
    except IllegalTransition:  # somebody has begun to close it, or has ended it
        session.reread()
        if session.state == State.CLOSING:
            session.finish()
        return False


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
