"""How quickly the local engine answers, over loopback.

    .venv/bin/python -m tests.benchmarks.engine_answers

Viewers are aiortc peers in this process. Times of sound include the 20 ms for which a
packet waits for its successor at the viewer.
"""

import argparse
import asyncio
import logging
import statistics
import time
from collections.abc import Sequence
from typing import Any

import aiohttp

from tests.benchmarks.machine import machine, p95
from tests.engine_process import start_engine
from tests.wire_viewer import WireViewer

WORDS = "Many more moments with no pause anywhere along the line "


class Watcher:
    """A viewer with its session."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self.http = http
        self.viewer = WireViewer()
        self.id = ""
        self.offer_ms = self.picture_ms = 0.0

    async def open(self, **order: Any) -> None:
        asked = time.monotonic()
        session = await self.post("new", **order)
        self.offer_ms = (time.monotonic() - asked) * 1000
        self.id = session["session_id"]
        answer = await self.viewer.answer(session["sdp"]["sdp"])
        started = time.monotonic()
        await self.post("start", sdp={"type": "answer", "sdp": answer})
        await self.viewer.connected()
        self.picture_ms = (self.viewer.pictures[0].at - started) * 1000

    async def post(self, call: str, **body: Any) -> Any:
        body.setdefault("session_id", self.id)
        async with self.http.post(f"/v1/streaming.{call}", json=body) as reply:
            reply.raise_for_status()
            return (await reply.json())["data"]

    async def say(self, text: str) -> None:
        await self.post("task", text=text, task_mode="async")

    async def close(self) -> None:
        await self.post("stop")
        await self.viewer.close()


async def measure_answers(http: aiohttp.ClientSession, runs: int) -> None:
    """How long each step takes in a quiet engine."""
    columns: dict[str, list[float]] = {
        "new to offer": [],
        "start to first picture": [],
        "task to first sound": [],
        "interrupt to silence": [],
    }
    for _ in range(runs):
        watcher = Watcher(http)
        await watcher.open(quality="medium")
        await asyncio.sleep(0.5)
        asked = time.monotonic()
        await watcher.say(WORDS)
        sound = await watcher.viewer.heard(after=asked)
        await asyncio.sleep(0.7)
        interrupted = time.monotonic()
        await watcher.post("interrupt")
        await asyncio.sleep(0.4)
        last = watcher.viewer.last_sound()
        assert last is not None
        columns["new to offer"].append(watcher.offer_ms)
        columns["start to first picture"].append(watcher.picture_ms)
        columns["task to first sound"].append((sound.at - asked) * 1000)
        columns["interrupt to silence"].append((last.at - interrupted) * 1000)
        await watcher.close()
    for name, values in columns.items():
        print(f"{name:24} p50 {middle(values):6.1f} ms   p95 {p95(values):6.1f} ms")


def middle(values: Sequence[float]) -> float:
    return statistics.median(values)


async def main(runs: int, warm_s: float) -> None:
    print(machine())
    with start_engine(seats=8, ENGINE_WARM="all") as engine:
        async with aiohttp.ClientSession(engine.url, headers=engine.headers) as http:
            await asyncio.sleep(warm_s)
            await measure_answers(http, runs)


if __name__ == "__main__":
    logging.disable(logging.INFO)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--warm-s", type=float, default=15.0)
    options = parser.parse_args()
    asyncio.run(main(options.runs, options.warm_s))
