"""Sessions per core: packets beside aiortc's own encoding, in one table.

    .venv/bin/python -m tests.benchmarks.engine_sessions

Every session talks. The viewers live in another process and decode nothing. Processor
time is that of the engine and of the process that draws for it, as the system tells
it. Sessions are added to one engine; a row with fewer than 24.5 pictures a second is more
than it, or the machine, can do. Rates count the bytes of RTP packets, heads included.
"""

import argparse
import os
import re
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tests.benchmarks.discarding_viewers import Crowd, crowd
from tests.benchmarks.machine import machine, memory_mb, processor_s
from tests.engine_process import EngineProcess, start_engine

TALK = (
    "Hello and welcome to our shop. What can I do for you today? We have a large choice "
    "of bicycles, from light city bikes to heavy mountain machines, and the weather "
    "tomorrow will be just right for a ride along the river, with sunshine from three. "
) * 3
MEASURED_S = 10.0
_DELAY = re.compile(r"delay p50 ([\d.]+) p99 ([\d.]+)")
_HEAD = (
    "encoding sessions  core %  each %  pictures/s    picture  sound kbit/s"
    "  loop p50   p99 ms  MB each  load"
)

_Counts = Sequence[tuple[dict[str, int], dict[str, int]]]


@dataclass(frozen=True, slots=True)
class Rates:
    """What came to the viewers, each second."""

    pictures: list[float]
    picture_kbps: float
    sound_kbps: float


def measure_all(encoding: str, loads: Sequence[int], settle_s: float) -> None:
    with start_engine(
        seats=max(loads),
        module="tests.benchmarks.measured_engine",
        ENCODING=encoding,
        ENGINE_WARM="all" if encoding == "packets" else "default",
    ) as engine:
        wait_until_warm(engine)
        empty_mb = memory_mb(engine.process.pid)
        with crowd(engine.url, engine.headers, quality="medium") as viewers:
            there = 0
            for sessions in loads:
                viewers.ask("open", sessions - there)
                there = sessions
                measure(encoding, engine, viewers, sessions, empty_mb, settle_s)


def measure(
    encoding: str,
    engine: EngineProcess,
    viewers: Crowd,
    sessions: int,
    empty_mb: int,
    settle_s: float,
) -> None:
    """Print a row."""
    pid = engine.process.pid
    viewers.ask("talk", TALK)
    time.sleep(settle_s)
    told = len(engine.output)
    before, used_s, began = viewers.ask("count"), processor_s(pid), time.monotonic()
    time.sleep(MEASURED_S)
    after, took_s = viewers.ask("count"), time.monotonic() - began
    share = (processor_s(pid) - used_s) / took_s * 100
    got = rates(before, after, took_s)
    usual_ms, worst_ms = delays_ms(engine.output[told:])
    print(
        f"{encoding:8} {sessions:8} {share:7.0f} {share / sessions:7.2f}"
        f"  {min(got.pictures):4.1f} to {max(got.pictures):4.1f}"
        f" {got.picture_kbps:10.0f} {got.sound_kbps:13.0f}"
        f" {usual_ms:9.1f} {worst_ms:8.1f}"
        f" {(memory_mb(pid) - empty_mb) / sessions:8.1f} {os.getloadavg()[0]:5.1f}",
        flush=True,
    )


def wait_until_warm(engine: EngineProcess, timeout_s: float = 240.0) -> None:
    until = time.monotonic() + timeout_s
    while not any("Warmed up." in line for line in engine.output):
        if time.monotonic() > until:
            raise TimeoutError("The engine did not get warm.")
        time.sleep(0.5)


def rates(before: _Counts, after: _Counts, took_s: float) -> Rates:
    def per_s(part: int, kind: str) -> list[float]:
        return [
            (late[part][kind] - early[part][kind]) / took_s
            for early, late in zip(before, after, strict=True)
        ]

    return Rates(
        pictures=per_s(0, "video"),
        picture_kbps=statistics.mean(per_s(1, "video")) * 0.008,
        sound_kbps=statistics.mean(per_s(1, "audio")) * 0.008,
    )


def delays_ms(lines: Sequence[str]) -> tuple[float, float]:
    """How late the engine's timers were: usually, and at worst of a few seconds' p99."""
    told = [found.groups() for line in lines if (found := _DELAY.search(line))]
    if not told:
        return float("nan"), float("nan")
    return statistics.median(float(p50) for p50, _ in told), max(
        float(p99) for _, p99 in told
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--packets", type=int, nargs="*", default=[1, 8, 16, 24, 40, 48, 64]
    )
    parser.add_argument("--stock", type=int, nargs="*", default=[1, 4, 8, 16])
    parser.add_argument("--settle-s", type=float, default=5.0)
    options = parser.parse_args()
    print(machine())
    print(_HEAD)
    for encoding, loads in (("packets", options.packets), ("stock", options.stock)):
        if loads:
            measure_all(encoding, loads, options.settle_s)


if __name__ == "__main__":
    main()
