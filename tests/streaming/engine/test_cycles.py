"""An engine process is, after many sessions, no bigger than after a few.

Some cycles in every run of the tests, a thousand in the nightly one.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from tests.budget import IS_NIGHTLY
from tests.engine_process import EngineProcess, start_engine
from tests.streaming.engine.conftest import Caller
from tests.streaming.engine.test_leaks import abandoned, hung_up, once, spoilt

CYCLES = 1000 if IS_NIGHTLY else 8
FIRST_CYCLES = 300 if IS_NIGHTLY else 4  # in which pools and drawn pictures fill up
MOST_GROWTH_KB = 30_000
WAYS: list[Callable[[Caller], Awaitable[None]]] = [once, abandoned, hung_up, spoilt]


@dataclass(frozen=True)
class Size:
    """What a process holds."""

    files: int
    threads: int
    memory_kb: int


def size_of(engine: EngineProcess) -> Size:
    proc = Path(f"/proc/{engine.process.pid}")
    status = dict(
        line.split(":", 1) for line in (proc / "status").read_text().splitlines()
    )
    return Size(
        files=len(list((proc / "fd").iterdir())),
        threads=int(status["Threads"]),
        memory_kb=int(status["VmRSS"].split()[0]),
    )


async def run(call: Caller, cycles: int) -> None:
    for number in range(cycles):
        await WAYS[number % len(WAYS)](call)


async def settled(engine: EngineProcess, files: int) -> Size:
    """The size once sockets of the last sessions are closed, or after a while."""
    for _ in range(100):
        if size_of(engine).files <= files:
            break
        await asyncio.sleep(0.05)
    return size_of(engine)


@pytest.mark.timeout(7200 if IS_NIGHTLY else 120)
async def test_many_sessions_leave_the_process_as_it_was():
    with start_engine(ENGINE_WARM="none") as engine:
        idle_files = size_of(engine).files
        async with aiohttp.ClientSession(engine.url) as http:
            call = Caller(http, engine.headers)
            await run(call, FIRST_CYCLES)
        before = await settled(engine, idle_files)
        async with aiohttp.ClientSession(engine.url) as http:
            await run(Caller(http, engine.headers), CYCLES)
        after = await settled(engine, before.files)

    assert after.files == before.files
    assert after.threads <= before.threads + 4  # pools grow to a size of their own
    assert after.memory_kb - before.memory_kb < MOST_GROWTH_KB
