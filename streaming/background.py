"""Work that goes on beside, and beyond, whoever started it."""

import asyncio
import logging
from collections.abc import Coroutine
from contextvars import Context
from typing import Any, TypeVar

T = TypeVar("T")

logger = logging.getLogger(__name__)

_tasks: set[asyncio.Task[Any]] = set()


def start(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Run `work` as a task that is held on to until it ends.

    In an empty context: a request's leads sync code back to that request's own thread,
    which is gone once the request is.
    """
    task = asyncio.get_running_loop().create_task(work, context=Context())
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return task


def hold(work: Coroutine[Any, Any, Any]) -> None:
    """`start` for work whose outcome nobody awaits; a failure is logged."""
    start(work).add_done_callback(_report)


def _report(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (error := task.exception()):
        logger.error("Work in the background failed.", exc_info=error)
