"""The whole portal as real processes: engine, database, any number of webs, a worker."""

import json
import sqlite3
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg

from tests.engine_process import EngineProcess, start_engine
from tests.prepared import DATABASE, bare_environment, lay_out, manage
from tests.services.processes import Server, free_port, running

SEATS = 3

MAKE_USERS = """
import json, sys
from django.contrib.auth.models import User
from knox.models import AuthToken
users = [User.objects.create_user(name) for name in {names!r}]
print(json.dumps([AuthToken.objects.create(user)[1] for user in users]))
"""

SIGN_IN = """
import json
from django.contrib.auth.models import User
from django.test import Client
def sign_in(name):
    browser = Client()
    browser.force_login(User.objects.get_or_create(username=name)[0])
    return browser.cookies["sessionid"].value
print(json.dumps([sign_in(name) for name in {names!r}]))
"""


@dataclass(frozen=True)
class Web:
    """One web process, and where it listens."""

    url: str
    server: Server

    def await_ready(self) -> None:
        self.server.await_ready(self._is_well)

    def _is_well(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2):  # noqa: S310
                return True
        except (OSError, urllib.error.URLError):
            return False


@dataclass(frozen=True)
class Portal:
    """A running portal: where it is, and how to run its management commands."""

    state_dir: Path
    engine: EngineProcess
    environment: dict[str, str] = field(repr=False)
    webs: list[Web] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where the first web process listens."""
        return self.webs[0].url

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

    def make_users(self, *names: str) -> list[str]:
        """New people without passwords; an API token for each."""
        said = self.manage("shell", "-v", "0", "-c", MAKE_USERS.format(names=names))
        tokens: list[str] = json.loads(said)
        return tokens

    def sign_in(self, *names: str) -> list[str]:
        """A session's cookie for each name; whoever is new has no password."""
        said = self.manage("shell", "-v", "0", "-c", SIGN_IN.format(names=names))
        cookies: list[str] = json.loads(said)
        return cookies

    def rows(self, sql: str) -> list[Any]:
        """What the portal's database says, without the portal."""
        url = self.environment["DATABASE_URL"]
        database: Any
        if url.startswith("sqlite:///"):
            database = sqlite3.connect(url.removeprefix("sqlite:///"))
        else:
            database = psycopg.connect(url)
        with closing(database):
            return list(database.execute(sql))

    @contextmanager
    def another_web(self, **settings: str) -> Iterator["Portal"]:
        """The same portal as one more web process shows it, with settings of its own."""
        environment = self.environment | settings
        with _starting_web(environment, free_port(), self.state_dir) as web:
            web.await_ready()
            yield replace(self, environment=environment, webs=[web])

    @contextmanager
    def worker(self) -> Iterator[Server]:
        """Run a worker, which is at work by then, until the block ends."""
        command = [sys.executable, "manage.py", "run_huey"]
        log = self.state_dir / "worker.log"
        with running("worker", command, env=self.environment, log=log) as server:
            server.await_ready(lambda: "consumer started" in log.read_text())
            yield server


@contextmanager
def start_portal(
    state_dir: Path,
    *,
    engine: EngineProcess | None = None,
    web_count: int = 1,
    has_pages: bool = True,
    **settings: str,
) -> Iterator[Portal]:
    """Run engine and web with a database of their own until the block ends.

    A given `engine` is used instead of a new one. Without pages, only the API works.
    Further keywords are settings that differ from those of `_environment`; a database
    among them is a prepared one.
    """
    with ExitStack() as life:
        if engine is None:
            engine = life.enter_context(start_engine(seats=SEATS))
        ports = [free_port() for _ in range(web_count)]
        environment = _environment(state_dir, engine, ports[0]) | settings
        lay_out(state_dir, has_pages=has_pages)
        manage(environment, "sync_accounts")
        webs = [
            life.enter_context(_starting_web(environment, port, state_dir))
            for port in ports
        ]
        for web in webs:
            web.await_ready()
        yield Portal(state_dir, engine, environment, webs)


def _environment(state_dir: Path, engine: EngineProcess, port: int) -> dict[str, str]:
    return bare_environment(state_dir) | {
        "DATABASE_URL": f"sqlite:///{state_dir / DATABASE}",
        "PORT": str(port),
        "ENGINE_URL": engine.url,
        "ENGINE_API_KEY": engine.api_key,
        "ENGINE_SEATS": str(SEATS),
        "OPEN_API": "false",
        "OPENAI_API_KEY": "",
        "OPENAI_BASE_URL": "",
        "FILLER_AFTER_S": "0",
        "TRANSCRIPTION_API_KEY": "",
        "TRANSCRIPTION_BASE_URL": "",
    }


@contextmanager
def _starting_web(
    environment: dict[str, str], port: int, state_dir: Path
) -> Iterator[Web]:
    command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port)]
    command += ["--application-close-timeout", "1", "config.asgi:application"]
    log = state_dir / f"web-{port}.log"
    with running("web process", command, env=environment, log=log) as server:
        yield Web(f"http://localhost:{port}", server)
