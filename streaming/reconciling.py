"""Comparing our open sessions with what each avatar service says it has.

What the service no longer has is ended here. What it has and we have ended is stopped
there. What it has and we never knew is stopped there when the account is ours alone, and
otherwise counted, because it takes a seat that we then cannot use.
"""

import asyncio
import logging
from dataclasses import dataclass

from asgiref.sync import sync_to_async
from django.db.models import Q

from streaming import services
from streaming.models import ENDED, USABLE, Account, EndReason, Session, State
from streaming.providers import provider_for
from streaming.providers.base import AvatarProvider, ProviderError

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
    # Ours first: a session that is opened while we ask cannot look as if it were missing.
    ours = [s async for s in account.sessions.filter(state__in=USABLE)]
    try:
        async with provider_for(account) as provider:
            listed = {session.upstream_id for session in await provider.sessions()}
            ended = await _end_missing(ours, listed)
            stopped, foreign = await _stop_unwanted(account, provider, listed)
    except ProviderError as exc:
        return Reconciled(account=account.name, problem=str(exc))
    await _note_foreign(account, foreign)
    return Reconciled(
        account=account.name, ended_here=ended, stopped_there=stopped, foreign=foreign
    )


async def _end_missing(ours: list[Session], listed: set[str]) -> int:
    missing = [session for session in ours if session.upstream_id not in listed]
    for session in missing:
        await services.close_session(session, reason=EndReason.UPSTREAM_ENDED)
    return len(missing)


async def _stop_unwanted(
    account: Account, provider: AvatarProvider, listed: set[str]
) -> tuple[int, int]:
    """How many were stopped there, and how many are there that are not ours to stop."""
    ended, unknown = await sync_to_async(_not_open)(account, listed)
    unwanted = ended | unknown if account.is_exclusive else ended
    stopped = [await _stopped(provider, upstream_id) for upstream_id in unwanted]
    return sum(stopped), len(unknown - unwanted)


def _not_open(account: Account, listed: set[str]) -> tuple[set[str], set[str]]:
    """Of the listed: those that we have ended, and those that we never knew.

    While a session of ours is being opened, the service may list it before we know its
    name; so as long as one is, nothing counts as unknown. The next comparison will tell.
    """
    unnamed = account.sessions.filter(
        state__in=(State.OPENING, State.CLOSING), upstream_id=""
    )
    is_opening = unnamed.exists()  # asked first: whoever gets a name now is then known
    known = account.sessions.filter(upstream_id__in=listed)
    ended = set(known.filter(state__in=ENDED).values_list("upstream_id", flat=True))
    unknown = listed - set(known.values_list("upstream_id", flat=True))
    return ended, set() if is_opening else unknown


async def _stopped(provider: AvatarProvider, upstream_id: str) -> bool:
    """Stop one there. Lists may show what is gone; that it is gone is as good."""
    try:
        await provider.stop(upstream_id)
    except ProviderError as exc:
        logger.warning("Could not stop a session that nobody wants: %s.", exc.code)
        return False
    return True


async def _note_foreign(account: Account, count: int) -> None:
    changed = Account.objects.filter(pk=account.pk).exclude(foreign_sessions=count)
    await changed.aupdate(foreign_sessions=count)
