"""Looks into the database by work that may be told to give way in the middle."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async

from chat.feeding import unbroken

P = ParamSpec("P")
T = TypeVar("T")


async def looked_up(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` returns, which ends even when we are cancelled; then so do we."""
    return await unbroken(sync_to_async(work)(*args, **kwargs))
