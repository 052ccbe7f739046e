"""Sweeping soon after a viewer was lost, so that a seat is free in seconds.

Only a short cut: the lease is in the database, and the worker and every opening sweep too.
If this process ends first, nothing is lost but the haste.
"""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from streaming import services

logger = logging.getLogger(__name__)

_tasks: set[asyncio.Task[Any]] = set()


def hold(work: Coroutine[Any, Any, Any]) -> None:
    """Run `work` beside us, held on to until it ends."""
    task = asyncio.get_running_loop().create_task(work)
    _tasks.add(task)
    task.add_done_callback(_let_go)


def _let_go(task: asyncio.Task[Any]) -> None:
    _tasks.discard(task)
    if not task.cancelled() and (error := task.exception()):
        logger.error("Work beside a websocket failed.", exc_info=error)


def sweep_after(delay_s: float) -> None:
    """Sweep when a lease that ends in `delay_s` seconds has surely ended."""
    hold(_sweep_after(delay_s + 0.1))


async def _sweep_after(delay_s: float) -> None:
    await asyncio.sleep(delay_s)
    await services.sweep()
