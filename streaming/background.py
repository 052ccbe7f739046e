"""Work that goes on beside, and beyond, whoever started it."""

import asyncio
import logging
from collections.abc import Coroutine
from contextvars import Context
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.db import connections

T = TypeVar("T")

logger = logging.getLogger(__name__)

_tasks: set[asyncio.Task[Any]] = set()


def start(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Run `work` as a task that is held on to until it ends.

    In an empty context: a request's leads sync code back to that request's own thread,
    which is gone once the request is. Sync code of all such work shares a thread instead.
    """
    task = asyncio.get_running_loop().create_task(_connected(work), context=Context())
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    task.add_done_callback(lambda _: work.close())  # if its turn never came
    return task


async def finish(work: asyncio.Task[T]) -> T:
    """Wait for work that was started; who is cancelled meanwhile does not end it.

    Whoever waits gives their database connection back first, since the work needs one:
    those who wait could hold all that there are.
    """
    await sync_to_async(_let_go)()
    return await asyncio.shield(work)


async def _connected(work: Coroutine[Any, Any, T]) -> T:
    """`work`, with a connection that is alive.

    No request ends in the shared thread, after which Django would let go of a connection;
    so that thread would go on with the one it has when the server was restarted long ago.
    """
    await sync_to_async(_let_go)()
    return await work


def _let_go() -> None:
    """Close this thread's connection, as Django does after a request; not in a transaction.

    The next query gets another.
    """
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def hold(work: Coroutine[Any, Any, Any]) -> None:
    """`start` for work whose outcome nobody awaits; a failure is logged."""
    start(work).add_done_callback(_report)


def _report(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (error := task.exception()):
        logger.error("Work in the background failed.", exc_info=error)
