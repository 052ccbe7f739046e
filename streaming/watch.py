"""Sweeping soon after a viewer was lost, so that a seat is free in seconds.

Only a short cut: the lease is in the database, and the worker and every opening sweep too.
If this process ends first, nothing is lost but the haste.
"""

import asyncio

from streaming import services
from streaming.background import hold as hold  # for consumers, ours and chat's


def sweep_after(delay_s: float) -> None:
    """Sweep when a lease that ends in `delay_s` seconds has surely ended."""
    hold(_sweep_after(delay_s + 0.1))


async def _sweep_after(delay_s: float) -> None:
    await asyncio.sleep(delay_s)
    await services.sweep()
