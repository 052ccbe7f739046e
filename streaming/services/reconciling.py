"""Comparing our open sessions with what each avatar service says it has.

What the service no longer has is ended here. What it has and we have ended is stopped
there. What it has and we never knew is stopped there when the account is ours alone, and
otherwise counted, because it takes a seat that we then cannot use.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime

from asgiref.sync import sync_to_async
from django.db.models import Q
from django.utils.timezone import now

from streaming.models import ENDED, USABLE, Account, EndReason, Session
from streaming.providers import provider_for
from streaming.providers.base import AvatarProvider, ProviderError
from streaming.services.ending import close_session, finish
from streaming.services.waiting import move_line

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What one comparison came to; all numbers are of sessions."""

    account: str
    ended_here: int = 0
    stopped_there: int = 0
    foreign: int = 0
    problem: str = ""

    def __str__(self) -> str:
        if self.problem:
            return f"{self.account}: {self.problem}"
        return (
            f"{self.account}: ended {self.ended_here} here, "
            f"stopped {self.stopped_there} there, {self.foreign} of others"
        )


async def reconcile() -> list[Reconciled]:
    """Compare every account that is in use or still has sessions. Safe to repeat.

    Two at once are harmless: ending and stopping are.
    """
    in_use = Q(is_enabled=True) | Q(sessions__in=Session.objects.open())
    accounts = [a async for a in Account.objects.filter(in_use).distinct()]
    return await asyncio.gather(*(reconcile_account(account) for account in accounts))


async def reconcile_account(account: Account) -> Reconciled:
    """Compare one account. A service that cannot be asked changes nothing here."""
    asked_at = now()
    # Ours first: a session that is opened while we ask cannot look as if it were missing.
    ours = [s async for s in account.sessions.filter(state__in=USABLE)]
    try:
        async with provider_for(account) as provider:
            listed = {session.upstream_id for session in await provider.sessions()}
            ended = await _end_missing(ours, listed)
            found = await sync_to_async(_sorted)(account, listed, asked_at)
            stopped, foreign = await _stop_unwanted(account, provider, found)
    except ProviderError as exc:
        return Reconciled(account=account.name, problem=str(exc))
    if found.is_certain:
        await sync_to_async(account.note_foreign)(foreign, at=asked_at)
        await _end_nameless(account, asked_at)
        await move_line()
    return Reconciled(
        account=account.name, ended_here=ended, stopped_there=stopped, foreign=foreign
    )


async def _end_missing(ours: list[Session], listed: set[str]) -> int:
    at = now()
    missing = [
        session
        for session in ours
        if session.upstream_id not in listed and not session.is_in_grace(at)
    ]
    for session in missing:
        await close_session(session, reason=EndReason.UPSTREAM_ENDED)
    return len(missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """What upstream lists, apart from our open sessions; by its names."""

    #: Ended here.
    ended: set[str]
    #: Never known here.
    unknown: set[str]
    #: False while a session of ours is being opened: the service may list it before we
    #: know its name, so nothing can be called unknown. The next comparison will tell.
    is_certain: bool


def _sorted(account: Account, listed: set[str], asked_at: datetime) -> _Listed:
    # Asked first: whoever gets a name from here on is then known.
    is_certain = not account.sessions.being_named(asked_at).exists()
    known = account.sessions.filter(upstream_id__in=listed)
    ended = set(known.filter(state__in=ENDED).values_list("upstream_id", flat=True))
    unknown = listed - set(known.values_list("upstream_id", flat=True))
    return _Listed(
        ended=ended, unknown=unknown if is_certain else set(), is_certain=is_certain
    )


async def _stop_unwanted(
    account: Account, provider: AvatarProvider, found: _Listed
) -> tuple[int, int]:
    """How many were stopped there, and how many there are others' or could not be."""
    unwanted = found.ended | found.unknown if account.is_exclusive else found.ended
    stopped = [await _stopped(provider, upstream_id) for upstream_id in unwanted]
    others = len(found.unknown - unwanted)
    return sum(stopped), others + stopped.count(False)


async def _stopped(provider: AvatarProvider, upstream_id: str) -> bool:
    """Stop one there. Lists may show what is gone; that it is gone is as good."""
    try:
        await provider.stop(upstream_id)
    except ProviderError as exc:
        logger.warning("Could not stop a session that nobody wants: %s.", exc.code)
        return False
    return True


async def _end_nameless(account: Account, asked_at: datetime) -> None:
    """A stream that such a session may have is now stopped, or counted as others'."""
    nameless = account.sessions.nameless(asked_at)
    async for session in nameless:
        await finish(session)
