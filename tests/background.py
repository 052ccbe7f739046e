"""Waiting for what goes on beside a call, as a server's process would let it."""

import asyncio


async def background_work(*, timeout_s: float = 5.0) -> None:
    """Return once every other task of this loop has ended, or after `timeout_s`."""
    loop = asyncio.get_running_loop()
    until_s = loop.time() + timeout_s
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        left_s = until_s - loop.time()
        if left_s <= 0:
            return
        await asyncio.wait(others, timeout=left_s)
