"""Ending what is lost, so that seats come back by themselves."""

import asyncio

from asgiref.sync import sync_to_async
from django.utils.timezone import now

from streaming.models import Account, Session, State
from streaming.services.ending import close_each
from streaming.services.farewell import watch_ending
from streaming.services.reconciling import reconcile_account
from streaming.services.waiting import move_line


async def sweep() -> int:
    """End what has lost its viewer, its time or its use; returns how many were ended.

    Runs before each opening, so that seats never depend on the worker, and in the worker,
    so that they are free before anybody asks. Two sweeps at once are harmless.
    """
    at = now()
    lost = [session async for session in Session.objects.lost(at)]
    mine = [session for session in lost if await _is_mine(session)]
    count = await close_each((session, session.why_lost(at)) for session in mine)
    await _compare_nameless(mine)
    await watch_ending()
    await move_line()
    return count


async def _is_mine(session: Session) -> bool:
    """One that is closing already is tried again by one sweep at a time, ever less often."""
    if session.state != State.CLOSING:
        return True
    return await sync_to_async(session.claim_retry)(now())


async def _compare_nameless(swept: list[Session]) -> None:
    """Those of `swept` whose stream has no name that we know are ended by a comparison."""
    nameless = Session.objects.nameless(now()).filter(pk__in=[s.pk for s in swept])
    accounts = Account.objects.filter(sessions__in=nameless).distinct()
    await asyncio.gather(*[reconcile_account(account) async for account in accounts])
