"""How long one picture of the drawn face takes, warm and for a new head position.

python -m tests.benchmarks.face_pictures
"""

import statistics
import time
from collections.abc import Sequence

from streaming.engine.face import Pose, Stage, Viseme, stage, warm
from streaming.engine.face.articulation import mouth_for
from tests.benchmarks.machine import machine, p95

SIZES = {"360p": (640, 360), "480p": (854, 480), "720p": (1280, 720)}
AVATAR = "june"


def main() -> None:
    print(machine())
    print("CPU ms of one thread per picture, p50 / p95")
    for name, (width, height) in SIZES.items():
        began_s = time.perf_counter()
        warm(AVATAR, width=width, height=height)
        warm_ms = (time.perf_counter() - began_s) * 1000
        on = stage(AVATAR, width=width, height=height)
        poses = [Pose(sway=s, mouth=mouth_for(v)) for s in range(-8, 9) for v in Viseme]
        first = _picture_ms(on, poses)
        again = _picture_ms(on, poses)
        print(
            f"{name}: first time {_figures(first)}, again {_figures(again)}, "
            f"warm-up {warm_ms:.0f} ms"
        )


def _picture_ms(on: Stage, poses: Sequence[Pose]) -> list[float]:
    times_ms = []
    for pose in poses:
        began_s = time.thread_time()
        on.picture(pose)
        times_ms.append((time.thread_time() - began_s) * 1000)
    return times_ms


def _figures(times_ms: Sequence[float]) -> str:
    return f"{statistics.median(times_ms):.2f} / {p95(times_ms):.2f}"


if __name__ == "__main__":
    main()
