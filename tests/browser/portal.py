"""The whole portal as real processes, for a real browser: engine, database, web."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.engine_process import EngineProcess, end, start_engine

ROOT = Path(__file__).resolve().parent.parent.parent
READY_WITHIN_S = 60.0
SEATS = 3

# In one process, because starting Django takes longer than each of these.
SET_UP = """
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
call_command("load_examples")
call_command("sync_accounts")
call_command("collectstatic", interactive=False, verbosity=0)
"""


@dataclass(frozen=True)
class Portal:
    """A running portal: where it is, and how to run its management commands."""

    url: str
    state_dir: Path
    engine: EngineProcess
    environment: dict[str, str] = field(repr=False)

    def manage(self, *arguments: str, **environment: str) -> str:
        """Run a management command on the portal's own database; returns what it said."""
        return manage(self.environment | environment, *arguments)

    def make_staff(self, username: str, password: str) -> None:
        self.manage(
            "createsuperuser",
            "--noinput",
            f"--username={username}",
            f"--email={username}@example.com",
            DJANGO_SUPERUSER_PASSWORD=password,
        )


def manage(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {arguments[0]}: {done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def start_portal(state_dir: Path, **settings: str) -> Iterator[Portal]:
    """Run engine and web with a database of their own until the block ends.

    Further keywords are settings that differ from those of `_environment`.
    """
    with start_engine(seats=SEATS) as engine:
        port = _free_port()
        environment = _environment(state_dir, engine, port) | settings
        manage(environment, "shell", "-v", "0", "-c", SET_UP)
        with _web(environment, port, state_dir / "web.log"):
            yield Portal(f"http://localhost:{port}", state_dir, engine, environment)


def _environment(state_dir: Path, engine: EngineProcess, port: int) -> dict[str, str]:
    """What the portal is told; settings of whoever runs the tests stay outside."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH")
    }
    return kept | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "STATE_DIR": str(state_dir),
        "DATABASE_URL": f"sqlite:///{state_dir}/portal.sqlite3",
        "PORT": str(port),
        "ENGINE_URL": engine.url,
        "ENGINE_API_KEY": engine.api_key,
        "ENGINE_SEATS": str(SEATS),
        "OPEN_API": "false",
        "OPENAI_API_KEY": "",
        "OPENAI_BASE_URL": "",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _web(environment: dict[str, str], port: int, log: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port)]
    command += ["--application-close-timeout", "1"]
    with log.open("w") as output:
        process = subprocess.Popen(  # noqa: S603
            [*command, "config.asgi:application"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _await_health(process, f"http://127.0.0.1:{port}/healthz")
            yield
        except BaseException:
            sys.stderr.write(f"--- web said:\n{log.read_text()}")
            raise
        finally:
            end(process)


def _await_health(process: "subprocess.Popen[bytes]", url: str) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError("The web process ended while starting.")
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
    raise RuntimeError(f"The web process was not ready within {READY_WITHIN_S:.0f} s.")
