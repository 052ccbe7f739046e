"""An engine process is, after many sessions, no bigger than after a few.

Some cycles in every run of the tests, a thousand in the nightly one, which prints how
big it was on the way (`pytest -s`). Memory is that of the engine and of the process
that draws for it.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import aiohttp
import pytest

from tests.budget import IS_NIGHTLY
from tests.engine_process import EngineProcess, start_engine
from tests.streaming.engine.conftest import Caller
from tests.streaming.engine.test_leaks import abandoned, hung_up, once, spoilt

#: after how many cycles it is measured; in the first of them pools fill up
MEASURED_AFTER = [100, 250, 500, 750, 1000] if IS_NIGHTLY else [4, 12]
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
    drawing = [
        Path(f"/proc/{child}")
        for task in proc.glob("task/*/children")
        for child in task.read_text().split()
    ]
    return Size(
        files=len(list((proc / "fd").iterdir())),
        threads=_status(proc, "Threads"),
        memory_kb=sum(_status(each, "VmRSS") for each in [proc, *drawing]),
    )


def _status(proc: Path, name: str) -> int:
    lines = (proc / "status").read_text().splitlines()
    return int(dict(line.split(":", 1) for line in lines)[name].split()[0])


async def settled(engine: EngineProcess, files: int) -> Size:
    """The size once sockets of the last sessions are closed, or after a while."""
    for _ in range(100):
        if size_of(engine).files <= files:
            break
        await asyncio.sleep(0.05)
    return size_of(engine)


@pytest.mark.timeout(7200 if IS_NIGHTLY else 120)
async def test_many_sessions_leave_the_process_as_it_was():
    sizes: list[Size] = []
    with start_engine(ENGINE_WARM="none") as engine:
        files = size_of(engine).files
        for done, until in pairwise([0, *MEASURED_AFTER]):
            async with aiohttp.ClientSession(engine.url) as http:
                call = Caller(http, engine.headers)
                for number in range(done, until):
                    await WAYS[number % len(WAYS)](call)
            sizes.append(await settled(engine, sizes[-1].files if sizes else files))
            sys.stdout.write(f"after {until} sessions: {sizes[-1]}\n")

    before, after = sizes[-2], sizes[-1]
    assert after.files == before.files
    assert after.threads <= before.threads + 4  # pools grow to a size of their own
    assert after.memory_kb - before.memory_kb < MOST_GROWTH_KB
