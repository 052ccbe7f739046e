"""A PostgreSQL of the tests' own: on a free port, in a temporary folder, gone at the end.

It never waits for a disk, so a crash of the machine would lose what was committed; a crash
of its processes does not.
"""

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from tests.services.processes import Server, free_port, running, unprivileged_user

USER = "greenroom"
# What is committed is with the kernel, which survives the server's death.
_UNHURRIED = ("fsync=off", "full_page_writes=off")
#: Room for several web processes, each with a pool as large as it is by default.
_MAX_CONNECTIONS = 300
_GONE_WITHIN_S = 10.0


class Postgres:
    """A running server. Whoever connects from this machine is let in."""

    def __init__(self, folder: Path, user: str | None) -> None:
        self._folder = folder
        self._runs_as = user
        self._port = free_port()
        self._numbers = itertools.count(1)
        self._life = ExitStack()
        self._server: Server | None = None

    def url(self, database: str) -> str:
        return f"postgres://{USER}@127.0.0.1:{self._port}/{database}"

    def fresh_database(self, *, template: str = "template1") -> str:
        """The `DATABASE_URL` of a new database: an empty one, or a copy."""
        name = f"fresh_{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        return self.url(name)

    def start(self) -> None:
        """Start it on the port and the data that it has always had."""
        command = [_program("postgres"), "-D", str(self._data), "-p", str(self._port)]
        command += ["-k", str(self._folder), "-h", "127.0.0.1"]
        for option in (*_UNHURRIED, f"max_connections={_MAX_CONNECTIONS}"):
            command += ["-c", option]
        self._server = self._life.enter_context(
            running(
                "postgres",
                command,
                log=self._folder / "postgres.log",
                user=self._runs_as,
            )
        )
        self._server.await_ready(self._answers)

    def stop(self) -> None:
        """End it, whoever is connected."""
        if self._server and self._server.process.poll() is None:
            self._server.process.send_signal(
                signal.SIGINT
            )  # "fast": not after the last
            self._server.process.wait()
        self._life.close()

    def kill(self) -> None:
        """SIGKILL to the server and to all that serve a connection; returns when gone."""
        assert self._server is not None
        pid = self._server.process.pid
        children = _children(pid)
        self._server.kill()
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        _await_gone(children)
        self._life.close()

    def restart(self) -> None:
        """`kill`, then `start`: what was committed is there again."""
        self.kill()
        self.start()

    def make(self) -> None:
        """Create the data folder."""
        command = [_program("initdb"), "-D", str(self._data), "-U", USER]
        command += ["--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]
        subprocess.run(  # noqa: S603
            command, user=self._runs_as, cwd="/", check=True, capture_output=True
        )

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def start_postgres() -> Iterator[Postgres]:
    """Run PostgreSQL until the block ends.

    It refuses to be root, so root runs it as the user that its package made; its folder
    is not one of pytest's, since those are closed to other users.
    """
    user = unprivileged_user("postgres")
    with tempfile.TemporaryDirectory(prefix="greenroom-postgres-") as folder:
        if user:
            shutil.chown(folder, user)
        server = Postgres(Path(folder), user)
        server.make()
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _program(name: str) -> str:
    """Debian keeps the server's programs out of PATH, in a folder for each version."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
        key=lambda path: float(path.parent.parent.name),
    )
    found = str(versions[-1]) if versions else shutil.which(name)
    if found is None:
        raise RuntimeError(f"There is no {name}; `make setup-test` installs it.")
    return found


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


def _await_gone(pids: list[int]) -> None:
    """A process that nobody has buried yet holds nothing any more: that is gone enough."""
    deadline = time.monotonic() + _GONE_WITHIN_S
    while any(_is_alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            raise RuntimeError("PostgreSQL's processes did not end when killed.")
        time.sleep(0.01)


def _is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in ("Z", "X")
