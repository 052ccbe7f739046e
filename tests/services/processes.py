"""Processes that tests start, watch and kill."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.engine_process import ROOT, end

READY_WITHIN_S = 60.0


@dataclass(frozen=True)
class Server:
    """A process that runs until it is told to end, and what it has printed."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def kill(self) -> None:
        """End it as the kernel does, without a chance to tidy up; returns when it is gone."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def await_ready(self, is_ready: Callable[[], bool]) -> None:
        """Return once `is_ready`. Raises `RuntimeError` when it ends instead."""
        deadline = time.monotonic() + READY_WITHIN_S
        while not is_ready():
            if self.process.poll() is not None:
                raise RuntimeError(f"The {self.name} ended while starting.")
            if time.monotonic() > deadline:
                raise RuntimeError(
                    f"The {self.name} was not ready within {READY_WITHIN_S:.0f} s."
                )
            time.sleep(0.05)


@contextmanager
def running(
    name: str,
    command: Sequence[str],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
) -> Iterator[Server]:
    """Run `command` from the checkout until the block ends.

    Returns at once; see `Server.await_ready`. What it printed is added to `log`, and shown
    when the block fails.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603
            command, cwd=ROOT, env=env, user=user, stdout=output, stderr=output
        )
    try:
        yield Server(name, process, log)
    except BaseException:
        sys.stderr.write(f"--- {name} said:\n{log.read_text(errors='replace')}")
        raise
    finally:
        end(process)


def free_port() -> int:
    """A port that nobody listens on now, and hopefully nobody will until we do.

    It is none of those that the kernel gives to whoever connects or takes any port.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def accepts(port: int) -> bool:
    """Whether somebody listens on this port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def unprivileged_user(name: str) -> str | None:
    """Whom to run as a service that refuses to be root; None when we are not root."""
    return name if os.geteuid() == 0 else None
