"""A viewer was lost: their session has a short time left, and is swept right after it."""

import asyncio

from asgiref.sync import sync_to_async

from streaming.background import hold
from streaming.models import Session
from streaming.services.sweeping import sweep


async def lose_viewer(session: Session, grace_s: float) -> None:
    """Give the session `grace_s` seconds, unless its viewer shows a sign meanwhile.

    The sweep that follows is only a short cut: the lease is in the database, and the
    worker and every opening sweep too. If this process ends first, nothing is lost but
    the haste.
    """
    await sync_to_async(session.shorten_lease)(grace_s)
    hold(_sweep_after(grace_s + 0.1))


async def _sweep_after(delay_s: float) -> None:
    await asyncio.sleep(delay_s)
    await sweep()
