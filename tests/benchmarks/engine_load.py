"""Sessions per core: packets beside aiortc's own encoding, at the same loads.

    .venv/bin/python -m tests.benchmarks.engine_load --sessions 1 4 8 16

Every session talks. The viewers live in another process and decode nothing. The
engine's processor time is read from the system and is its own. Sessions are added
until one gets fewer than 24.5 pictures a second.
"""

import argparse
import os
import re
import statistics
import time
from collections.abc import Sequence

from tests.benchmarks.discarding_viewers import crowd
from tests.benchmarks.engine_sessions import memory_mb, processor_s
from tests.benchmarks.machine import machine
from tests.engine_process import EngineProcess, start_engine

TALK = (
    "Hello and welcome to our shop. What can I do for you today? We have a large choice "
    "of bicycles, from light city bikes to heavy mountain machines, and the weather "
    "tomorrow will be just right for a ride along the river, with sunshine from three. "
) * 3
_FEWEST = 24.5
_DELAY = re.compile(r"delay p99 ([\d.]+)")


def measure(encoding: str, sessions: int, *, warm_s: float, settle_s: float) -> float:
    """Print a row; the answer is the lowest rate of pictures."""
    with start_engine(
        seats=sessions,
        module="tests.benchmarks.measured_engine",
        ENCODING=encoding,
        ENGINE_WARM="all" if encoding == "packets" else "default",
    ) as engine:
        time.sleep(warm_s)
        empty_mb = memory_mb(engine)
        with crowd(engine.url, engine.headers, quality="medium") as viewers:
            viewers.ask("open", sessions)
            viewers.ask("talk", TALK)
            time.sleep(settle_s)
            before, used_s, began = (
                viewers.ask("count"),
                processor_s(engine),
                time.time(),
            )
            time.sleep(10.0)
            after, took_s = viewers.ask("count"), time.time() - began
            share = (processor_s(engine) - used_s) / took_s
            rates, kbps, sound_kbps = _rates(before, after, took_s)
            each_mb = (memory_mb(engine) - empty_mb) / sessions
            print(
                f"{encoding:8} {sessions:3} sessions: {share * 100:5.0f} % of a core,"
                f" {share / sessions * 100:5.1f} % each,"
                f" {share * 2500 / sum(rates):5.1f} % at 25 pictures/s, pictures/s"
                f" {min(rates):4.1f} to {max(rates):4.1f},"
                f" picture {kbps:4.0f} kbit/s, sound {sound_kbps:3.0f} kbit/s,"
                f" loop delay p99 {_delay_ms(engine):5.1f} ms,"
                f" {empty_mb} MB + {each_mb:.1f} MB each,"
                f" load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
    return min(rates)


def _rates(
    before: Sequence[tuple[dict[str, int], dict[str, int]]],
    after: Sequence[tuple[dict[str, int], dict[str, int]]],
    took_s: float,
) -> tuple[list[float], float, float]:
    pictures, kbps, sound_kbps = [], [], []
    for (frames0, bytes0), (frames1, bytes1) in zip(before, after, strict=True):
        pictures.append((frames1["video"] - frames0["video"]) / took_s)
        kbps.append((bytes1["video"] - bytes0["video"]) * 8 / took_s / 1000)
        sound_kbps.append((bytes1["audio"] - bytes0["audio"]) * 8 / took_s / 1000)
    return pictures, statistics.mean(kbps), statistics.mean(sound_kbps)


def _delay_ms(engine: EngineProcess) -> float:
    told = [found.group(1) for line in engine.output if (found := _DELAY.search(line))]
    return float(told[-1]) if told else float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--sessions", type=int, nargs="+", default=[1, 4, 8, 16, 24, 40]
    )
    parser.add_argument("--encodings", nargs="+", default=["stock", "packets"])
    parser.add_argument("--warm-s", type=float, default=60.0)
    parser.add_argument("--settle-s", type=float, default=5.0)
    options = parser.parse_args()
    print(machine())
    for encoding in options.encodings:
        for sessions in options.sessions:
            rate = measure(
                encoding, sessions, warm_s=options.warm_s, settle_s=options.settle_s
            )
            if rate < _FEWEST:
                break


if __name__ == "__main__":
    main()
