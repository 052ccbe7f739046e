"""Looks into the database by work that may be told to give way in the middle."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async

from chat.feeding import unbroken

P = ParamSpec("P")
T = TypeVar("T")


async def looked_up(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` returns, which ends even when we are cancelled; then so do we."""
    return await unbroken(sync_to_async(work)(*args, **kwargs))


async def taken(take: Callable[[], T], give_back: Callable[[T], object]) -> T:
    """What `take` has claimed; whoever is cancelled before they have it gives it back."""
    taking = asyncio.ensure_future(sync_to_async(take)())
    try:
        return await unbroken(taking)
    except asyncio.CancelledError:
        await looked_up(give_back, taking.result())
        raise
