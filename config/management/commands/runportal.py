"""The whole portal on this machine: web, engine and worker, until Ctrl-C.

When one of the three ends, the others are ended too: half a portal looks like a broken one.
"""

import os
import shlex
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from honcho.manager import Manager

from config.demo import sign_in_link

READY_WITHIN_S = 60.0
_POLL_S = 0.1


class Command(BaseCommand):
    help = "Run the web process, the avatar engine and the worker together."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, port in (
            ("PORT", settings.PORT),
            ("ENGINE_PORT", settings.ENGINE_PORT),
        ):
            _refuse_taken(name, port)
        manager = Manager()
        manager.add_process("web", _web())
        manager.add_process("engine", _engine(), env=_engine_environment())
        manager.add_process("worker", _worker())
        connection.close()  # what is forked must not share it
        threading.Thread(target=self._welcome, daemon=True).start()
        manager.loop()
        sys.exit(manager.returncode)

    def _welcome(self) -> None:
        """Wait until people can come in, then say where the door is."""
        web = f"http://localhost:{settings.PORT}"
        if not _answers(f"{web}/healthz") or not _answers(
            f"{settings.ENGINE_URL}/healthz"
        ):
            self.stderr.write(f"Not ready within {READY_WITHIN_S:.0f} s; see above.")
            return
        link = f"{web}{sign_in_link()}"
        connection.close()
        self.stdout.write(
            "\n".join(
                (
                    "",
                    "  Greenroom is ready. Open this link to sign in and talk:",
                    "",
                    f"      {link}",
                    "",
                    "  It works once; `make link` prints another. Ctrl-C stops everything.",
                    "",
                )
            )
        )
        self.stdout.flush()


def _refuse_taken(name: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as exc:
            raise CommandError(
                f"Port {port} is in use. Stop what uses it, or choose another: "
                f"{name}=<port> make run."
            ) from exc


def _web() -> str:
    return shlex.join(
        [sys.executable, "-m", "daphne", "-v", "0"]
        + ["--application-close-timeout", "1"]  # open websockets do not hold Ctrl-C up
        + ["-b", "127.0.0.1", "-p", str(settings.PORT), "config.asgi:application"]
    )


def _engine() -> str:
    return shlex.join([sys.executable, "-m", "streaming.engine"])


def _engine_environment() -> dict[str, str]:
    """The key goes by the environment: a command line can be read by every user."""
    return dict(os.environ) | {
        "ENGINE_HOST": settings.ENGINE_HOST,
        "ENGINE_PORT": str(settings.ENGINE_PORT),
        "ENGINE_SEATS": str(settings.ENGINE_SEATS),
        "ENGINE_API_KEY": settings.ENGINE_API_KEY,
    }


def _worker() -> str:
    return shlex.join([sys.executable, "manage.py", "run_huey", "-q"])


def _answers(url: str) -> bool:
    """Whether `url` answers 200 within `READY_WITHIN_S`."""
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2) as reply:  # noqa: S310
                if reply.status == 200:
                    return True
        except (OSError, urllib.error.URLError):
            time.sleep(_POLL_S)
    return False
