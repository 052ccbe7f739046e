"""What every benchmark says first, and the figures they give of a process."""

import os
import platform
import statistics
from collections.abc import Sequence
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def machine() -> str:
    """Cores, processor, Python and what else the machine is doing."""
    busy = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return (
        f"machine: {os.cpu_count()} x {_processor()}, "
        f"Python {platform.python_version()}, load {busy}"
    )


def p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def processor_s(pid: int) -> float:
    """Processor seconds that a process and its children have used."""
    return sum(_processor_s(each) for each in _family(pid))


def memory_mb(pid: int) -> int:
    """What all of them hold; pages that they share are counted for each."""
    page = os.sysconf("SC_PAGE_SIZE")
    statm = [Path(f"/proc/{each}/statm") for each in _family(pid)]
    return sum(int(each.read_text().split()[1]) * page for each in statm) // 2**20


def _processor_s(pid: int) -> float:
    """System time included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1]
    user, system = fields.split()[11:13]
    return (int(user) + int(system)) / _TICKS_PER_S


def _family(pid: int) -> list[int]:
    told = Path(f"/proc/{pid}/task").glob("*/children")
    return [pid, *(int(child) for each in told for child in each.read_text().split())]


def _processor() -> str:
    """The CPU's name where Linux tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.split(":")[1].strip() for line in lines if "model name" in line]
    return names[0] if names else platform.machine()
