"""The real engine in a process of its own, for tests of whatever talks to it."""

import os
import re
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
START_TIMEOUT_S = 40.0
_READY = re.compile(r"engine ready on (http://\S+)")


@dataclass
class EngineProcess:
    """A running engine: where it is, its key, and its process."""

    url: str
    api_key: str
    process: "subprocess.Popen[str]"
    output: list[str] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        return {"X-Api-Key": self.api_key}


@contextmanager
def start_engine(
    *,
    seats: int = 3,
    api_key: str = "engine-test-key",
    port: int = 0,
    module: str = "streaming.engine",
    **env: str,
) -> Iterator[EngineProcess]:
    """Run the engine on a free port, or the given one, until the block ends.

    `module` may be another one that starts it. Further keywords become environment variables. What it printed is shown when the
    block fails, and it is gone afterwards in any case.
    """
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", module, "--port", str(port)],
        cwd=ROOT,
        env={
            **os.environ,
            "ENGINE_API_KEY": api_key,
            "ENGINE_SEATS": str(seats),
            "ENGINE_HOST": "127.0.0.1",
            "ENGINE_WARM": "default",
            **env,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    engine = EngineProcess("", api_key, process)
    ready = threading.Event()
    reader = threading.Thread(target=_read, args=(engine, ready), daemon=True)
    reader.start()
    try:
        ready.wait(START_TIMEOUT_S)
        _require_health(engine)
        yield engine
    except BaseException:
        sys.stderr.write("".join(["--- engine said:\n", *engine.output]))
        raise
    finally:
        end(process)
        reader.join(timeout=5)
        if process.stdout is not None:
            process.stdout.close()


def _read(engine: EngineProcess, ready: threading.Event) -> None:
    """Collect what the engine prints; the port is in its first line."""
    assert engine.process.stdout is not None
    for line in engine.process.stdout:
        engine.output.append(line)
        if found := _READY.search(line):
            engine.url = found.group(1)
            ready.set()
    ready.set()


def _require_health(engine: EngineProcess) -> None:
    if not engine.url:
        raise RuntimeError("The engine did not start.")
    with urllib.request.urlopen(f"{engine.url}/healthz", timeout=5) as reply:  # noqa: S310
        if reply.status != 200:
            raise RuntimeError(f"The engine is not well: {reply.status}.")


def end(process: "subprocess.Popen[Any]") -> None:
    """Ask a process to end, and end it when it does not."""
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
