"""What every benchmark says first, and the figures they all give."""

import os
import platform
import statistics
from collections.abc import Sequence
from pathlib import Path


def machine() -> str:
    """Cores, processor, Python and what else the machine is doing."""
    busy = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return (
        f"machine: {os.cpu_count()} x {_processor()}, "
        f"Python {platform.python_version()}, load {busy}"
    )


def p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def _processor() -> str:
    """The CPU's name where Linux tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.split(":")[1].strip() for line in lines if "model name" in line]
    return names[0] if names else platform.machine()
