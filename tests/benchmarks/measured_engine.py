"""The engine, telling how late its event loop is; on request without its packets.

For benchmarks, which start it in the place of `streaming.engine`. ENCODING=stock lets
aiortc encode every picture and all sound with its own encoders.
"""

import argparse
import asyncio
import os
import statistics
import sys
import time

import streaming.engine.__main__ as engine
from streaming.engine import peers

_PROBE_S = 0.005
_TOLD_S = 5.0


def use_stock_encoding() -> None:
    def nothing(*_: object) -> None: ...

    vars(peers)["use_sender"] = nothing


async def tell_delays() -> None:
    """Print, every few seconds, how late timers fire."""
    while True:
        late_ms: list[float] = []
        until = time.monotonic() + _TOLD_S
        while time.monotonic() < until:
            asked = time.monotonic()
            await asyncio.sleep(_PROBE_S)
            late_ms.append((time.monotonic() - asked - _PROBE_S) * 1000)
        cuts = statistics.quantiles(late_ms, n=100)
        sys.stdout.write(f"delay p50 {cuts[49]:.1f} p99 {cuts[98]:.1f}\n")
        sys.stdout.flush()


async def serve(options: argparse.Namespace) -> int:
    telling = asyncio.create_task(tell_delays())
    try:
        return await _serve(options)
    finally:
        telling.cancel()


if __name__ == "__main__":
    _serve = engine.serve
    engine.serve = serve
    if os.environ.get("ENCODING") == "stock":
        use_stock_encoding()
    engine._leave(engine.main())
