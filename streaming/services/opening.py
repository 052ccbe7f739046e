"""Opening sessions: a seat in the database first, then a stream at its account."""

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.timezone import now

from config.errors import DomainError
from personas.models import Persona
from streaming import background, limits, pool, queueing
from streaming.errors import IllegalTransition, NoAccounts, NoSeat, WrongState
from streaming.models import FAILURES, Account, EndReason, Kind, Session, State
from streaming.providers import provider_for
from streaming.providers.base import (
    NoUpstreamSeat,
    Offer,
    OpenedStream,
    ProviderError,
    Rejected,
    StreamWish,
    TimedOut,
)
from streaming.services.ending import close_session
from streaming.services.farewell import watch_time
from streaming.services.reconciling import reconcile_account
from streaming.services.sweeping import sweep
from streaming.services.upstream import idle_timeout_s
from streaming.services.waiting import Ticket, move_line, ticket_for

T = TypeVar("T")

#: How long an opening waits for its sweep; a service that hangs must not block the others.
_SWEEP_WAIT_S = 3.0
#: How long after its time a try that never ended still counts as under way.
_MARGIN_S = 5.0
#: An account that is full is compared by whoever wants a seat there, so often at most.
_COMPARE_AGAIN = timedelta(seconds=10)
#: Whose session failed keeps their place if they come back within this time.
_KEPT_PLACE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A session in `ready`, and the offer for its viewer's browser."""

    session: Session
    offer: Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What one caller wants, whichever account gives it."""

    owner: User
    persona: Persona | None
    wish: StreamWish
    continues: Session | None = None
    speaks_draft: bool = False
    replays: Session | None = None
    #: The key that let a visitor in, as it was when their token was checked.
    came_by: str = ""
    #: Their place in line, if they have one.
    ticket: Session | None = None
    caller_left: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def kind(self) -> Kind:
        return Kind.REPLAY if self.replays else Kind.TALK

    @property
    def place_at(self) -> datetime | None:
        """By when they are in line, where that is not by when they ask."""
        if self.ticket:
            return self.ticket.place_at
        old = self.continues
        if old is None or old.ended_at is None or old.end_reason not in FAILURES:
            return None
        is_fresh = now() - old.ended_at < _KEPT_PLACE
        return old.created_at if is_fresh else None


async def open_session(
    *,
    owner: User,
    persona: Persona | None,
    wish: StreamWish,
    continues: Session | None = None,
    speaks_draft: bool = False,
    replays: Session | None = None,
    came_by: str = "",
) -> Opened:
    """Take a seat and open a stream of `persona`, at the first account that gives one.

    `continues` is an ended session whose conversation goes on; `replays` one that is said
    again, which makes this a replay. `speaks_draft` lets one of the persona's editors try
    what is not published. `came_by` is the key that let a visitor in.

    Raises `NoSeat` when every seat is taken, also after a sweep, or belongs to those in
    line; `NoAccounts` when there is nothing to wait for; `AccountsResting` when all
    accounts have failed too often; `TooManySessions` or `QuotaUsedUp` when the owner, or
    the persona, has used what it may; `PersonaNotFound` or `EmbedOff` when it, or the key,
    has gone meanwhile; a `ProviderError` when none of those that were tried
    gives a stream. Each try is a session of its own; the failed are kept for the record,
    and their seats are free. After the sweep, all tries together take
    `UPSTREAM_OPEN_TIMEOUT_S` at most.

    Safe to cancel, as happens when the caller's browser leaves: upstream cannot be told to
    forget a stream that it has not yet named, so the try goes on and is then closed.
    """
    asked = _Asked(
        owner=owner,
        persona=persona,
        wish=wish,
        continues=continues,
        speaks_draft=speaks_draft,
        replays=replays,
        came_by=came_by,
    )
    return await _guarded(asked, _open(asked))


async def open_or_wait(
    *,
    owner: User,
    persona: Persona | None,
    wish: StreamWish,
    continues: Session | None = None,
    speaks_draft: bool = False,
    replays: Session | None = None,
    came_by: str = "",
) -> Opened | Ticket:
    """`open_session` for who waits when there is no seat: then they get a `Ticket`.

    Who has a ticket already claims with it, or keeps its place with the new wish.
    """
    ticket = await sync_to_async(queueing.ticket_of)(owner)
    asked = _Asked(
        owner=owner,
        persona=persona,
        wish=wish,
        continues=continues,
        speaks_draft=speaks_draft,
        replays=replays,
        came_by=came_by,
        ticket=ticket,
    )
    return await _guarded(asked, _open_or_join(asked))


async def claim(session: Session, *, came_by: str = "") -> Opened | Ticket:
    """Take the seat that is offered to a waiting session; its ticket while there is none.

    A sign of life too. The session that is opened is the ticket's, unless the first
    account fails: then it is the one of the next try. Raises what `open_session` does,
    and `WrongState` when it no longer waits.
    """
    if session.state != State.WAITING or session.owner is None:
        raise WrongState(
            f"This session is {session.state}; it does not wait for a seat."
        )
    await sync_to_async(session.renew_lease)(settings.LEASE_REST_S)
    asked = _Asked(
        owner=session.owner,
        persona=session.persona,
        wish=StreamWish(**session.wish),
        continues=session.continues,
        speaks_draft=session.speaks_draft,
        replays=session.replays,
        came_by=came_by,
        ticket=session,
    )
    return await _guarded(asked, _open_or_join(asked))


async def _guarded(asked: _Asked, work: Coroutine[Any, Any, T]) -> T:
    """`work`, which goes on when the caller leaves; what it opened is then closed."""
    opening = background.start(work)
    try:
        return await background.finish(opening)
    except asyncio.CancelledError:
        asked.caller_left.set()
        background.hold(_close_unwanted(opening))
        raise


async def _close_unwanted(opening: asyncio.Task[Any]) -> None:
    try:
        opened = await opening
    except DomainError:
        return  # nothing was opened
    if isinstance(opened, Opened):
        await close_session(opened.session, reason=EndReason.VIEWER_LEFT)
    else:
        await sync_to_async(opened.session.shorten_lease)(settings.LEASE_GRACE_S)


async def _open_or_join(asked: _Asked) -> Opened | Ticket:
    try:
        opened = await _open(asked)
    except NoAccounts:
        raise
    except (NoSeat, NoUpstreamSeat):
        return await _join(asked)
    await move_line()
    return opened


async def _join(asked: _Asked) -> Ticket:
    place = {"place_at": asked.place_at} if asked.place_at else {}
    session = await sync_to_async(queueing.join)(
        asked.owner,
        ticket=asked.ticket,
        at=now(),
        lease_s=settings.LEASE_REST_S,
        persona=asked.persona,
        continues=asked.continues,
        speaks_draft=asked.speaks_draft,
        kind=asked.kind,
        replays=asked.replays,
        avatar_name=asked.wish.avatar_name,
        voice_id=asked.wish.voice_id,
        quality=asked.wish.quality,
        wish=asdict(asked.wish),
        **place,
    )
    await move_line()
    return await ticket_for(session)


async def _open(asked: _Asked) -> Opened:
    await asyncio.wait([background.start(sweep())], timeout=_SWEEP_WAIT_S)
    # After the sweep, which frees what was lost; before anybody is put in line for nothing.
    await sync_to_async(limits.check)(asked.owner, asked.persona, now())
    wish = replace(asked.wish, idle_timeout_s=idle_timeout_s())
    asked = replace(asked, wish=wish)
    search = await _search()
    ticket = asked.ticket
    left_s: float = settings.UPSTREAM_OPEN_TIMEOUT_S
    tidied: set[Account] = set()
    while search.to_try and left_s > 0 and not asked.caller_left.is_set():
        account = search.to_try.pop(0)
        if not await sync_to_async(account.claim)(now(), for_s=left_s + _MARGIN_S):
            search.resting.append(account)
            continue
        # One that hangs must leave time for those behind it.
        timeout_s = left_s / 2 if search.to_try else left_s
        began_s = time.monotonic()
        try:
            return await _open_at(
                account,
                asked,
                ticket,
                timeout_s=timeout_s,
                is_second_choice=account != search.preferred,
            )
        except NoSeat:
            search.full.append(account)
        except _Failed as failed:
            ticket = None  # its row is the record of this try
            if account not in tidied and await _has_tidied(account, failed.error):
                tidied.add(account)
                search.to_try.insert(0, account)
            else:
                search.failed.append((account, failed.error))
        left_s -= time.monotonic() - began_s
    raise await sync_to_async(search.refusal)(asked.owner, now())


async def _search() -> pool.Search:
    """The accounts to try; if there are none, those that seem full are asked whether.

    So an account whose service has ended its sessions, or whose other users have left, is
    found out without a worker too.
    """
    search = await sync_to_async(pool.Search.begin)(now())
    if search.to_try:
        return search
    doubtful = [account for account in search.full if await _shall_compare(account)]
    if not doubtful:
        return search
    comparing = [background.start(reconcile_account(account)) for account in doubtful]
    await asyncio.wait(comparing, timeout=_SWEEP_WAIT_S)
    return await sync_to_async(pool.Search.begin)(now())


async def _has_tidied(account: Account, error: Exception) -> bool:
    """Whether an account that is ours alone was full of sessions that nobody wants."""
    if not account.is_exclusive or not isinstance(error, NoUpstreamSeat):
        return False
    return (await reconcile_account(account)).stopped_there > 0


async def _shall_compare(account: Account) -> bool:
    """One opening of all that find it full, and not too often."""
    return await sync_to_async(account.claim_comparison)(now(), pause=_COMPARE_AGAIN)


class _Failed(Exception):
    """An account gave no stream, with an `error` that another may not have."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


async def _open_at(
    account: Account,
    asked: _Asked,
    ticket: Session | None,
    *,
    timeout_s: float,
    is_second_choice: bool,
) -> Opened:
    """Open a session at this account.

    Raises `NoSeat` or `_Failed` when the next may be tried, and anything else when not.
    """
    session = await sync_to_async(_reserve)(account, asked, ticket, timeout_s)
    try:
        stream, given = await _ask_for_stream(
            account,
            asked.wish,
            timeout_s=timeout_s,
            is_second_choice=is_second_choice,
        )
    except Exception as exc:  # whatever it is, the seat is not kept for it
        was_ours = await sync_to_async(give_back)(session, exc)
        await sync_to_async(pool.note_outcome)(account, exc, now())
        if _is_worth_comparing(exc):
            background.hold(_compare(account))
        if was_ours and pool.is_worth_trying_elsewhere(exc):
            raise _Failed(exc) from exc
        raise
    await sync_to_async(pool.note_outcome)(account, None, now())
    if given is not asked.wish:
        await sync_to_async(session.replace_avatar)()
    await keep(session, stream)
    return Opened(session=session, offer=stream.offer)


def _is_worth_comparing(error: Exception) -> bool:
    """Whether upstream may list something that we do not know of, and does so by now."""
    is_over = may_have_opened(error) and not isinstance(error, TimedOut)
    return is_over or isinstance(error, NoUpstreamSeat)


async def _compare(account: Account) -> None:
    await reconcile_account(account)
    await move_line()


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


def _reserve(
    account: Account, asked: _Asked, ticket: Session | None, timeout_s: float
) -> Session:
    at = now()
    until = at + timedelta(seconds=timeout_s + _MARGIN_S)
    fields = {
        "owner": asked.owner,
        "persona": asked.persona,
        "continues": asked.continues,
        "speaks_draft": asked.speaks_draft,
        "kind": asked.kind,
        "replays": asked.replays,
        "avatar_name": asked.wish.avatar_name,
        "voice_id": asked.wish.voice_id,
        "quality": asked.wish.quality,
        "wish": asdict(asked.wish),
        "lease_expires_at": until,
        "opening_until": until,
        "last_activity_at": at,
    }
    if ticket is None:
        fields["place_at"] = asked.place_at
    longest = until + timedelta(seconds=settings.SESSION_MAX_S)
    try:
        with transaction.atomic():
            granted = limits.grant(
                asked.owner,
                asked.persona,
                at=at,
                until=longest,
                came_by=asked.came_by,
                is_replay=asked.replays is not None,
            )
            fields |= {"ends_at": granted.ends_at, "ends_because": granted.because}
            return Session.objects.reserve(account, ticket=ticket, **fields)
    except DomainError:
        account.end_trial(at)
        raise


def may_have_opened(error: Exception) -> bool:
    """Whether upstream may have made the stream, although we have no answer that says so."""
    return not isinstance(error, ProviderError) or error.may_have_worked


def give_back(session: Session, error: Exception) -> bool:
    """End a session for which upstream gave no stream; whether nobody else had ended it.

    If upstream may have made one, the seat is kept until a comparison has told.
    """
    try:
        if may_have_opened(error):
            session.opening_ended(
                later_s=_MARGIN_S if isinstance(error, TimedOut) else 0
            )
            session.begin_closing(EndReason.UPSTREAM_REFUSED)
        else:
            session.fail(EndReason.UPSTREAM_REFUSED)
        return True
    except IllegalTransition:  # somebody has begun to close it, or has ended it
        session.reread()
        if session.state == State.CLOSING and not may_have_opened(error):
            session.finish()
        return False


def _end_of(session: Session, upstream_max_s: int | None) -> limits.Grant:
    """When a session with a new stream ends at the latest; a resumed one as before."""
    at = now()
    granted = limits.Grant(
        ends_at=session.ends_at, because=EndReason(session.ends_because)
    )
    if session.opened_at is None:
        granted = granted.up_to(at + timedelta(seconds=settings.SESSION_MAX_S))
    if upstream_max_s is not None:
        granted = granted.up_to(at + timedelta(seconds=upstream_max_s))
    return granted


async def keep(session: Session, stream: OpenedStream) -> None:
    """Note what upstream gave; if the session was ended meanwhile, give it back."""
    granted = await sync_to_async(_end_of)(session, stream.max_duration_s)
    try:
        await sync_to_async(session.opened)(
            stream.upstream_id, ends_at=granted.ends_at, ends_because=granted.because
        )
    except IllegalTransition:
        await sync_to_async(session.name_upstream)(stream.upstream_id)
        await close_session(session, reason=EndReason.VIEWER_LEFT)
        raise
    await sync_to_async(session.note_activity)()
    watch_time(session)
