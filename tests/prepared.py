"""What every portal begins with: made once in a run of the tests, then copied.

Migrating and compressing static files take longer than most tests.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from tests.engine_process import ROOT
from tests.services.postgres import Postgres

#: Names the folder that the processes of one run share.
FOLDER = "GREENROOM_TESTS_PREPARED"
DATABASE = "portal.sqlite3"

# In one process, because starting Django takes longer than each of these.
_FILL = """
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
call_command("load_examples")
"""


def lay_out(state_dir: Path, *, has_pages: bool = True) -> None:
    """Put a migrated database with the examples, and the static files, into `state_dir`."""
    shutil.copy(_once("database", _make_database) / DATABASE, state_dir)
    if has_pages:
        static = _once("static", _collect_static) / "static"
        (state_dir / "static").symlink_to(static, target_is_directory=True)


def prepared_database(server: Postgres) -> str:
    """The `DATABASE_URL` of a new database that is migrated and has the examples."""
    return server.fresh_database(template=_template(server))


@cache
def _template(server: Postgres) -> str:
    """The name of a database that nobody is connected to, as copying demands."""
    url = server.fresh_database()
    with tempfile.TemporaryDirectory() as folder:
        manage(
            bare_environment(Path(folder)) | {"DATABASE_URL": url},
            *("shell", "-v", "0", "-c", _FILL),
        )
    return url.rpartition("/")[2]


def _make_database(folder: Path) -> None:
    url = f"sqlite:///{folder / DATABASE}"
    environment = bare_environment(folder) | {"DATABASE_URL": url}
    manage(environment, "shell", "-v", "0", "-c", _FILL)


def _collect_static(folder: Path) -> None:
    manage(bare_environment(folder), "collectstatic", "--noinput", "-v", "0")


def _once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder that the first who asks, in any process of the run, has made."""
    folder = _folder() / name
    with (_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            being_made = folder.with_suffix(".new")
            shutil.rmtree(being_made, ignore_errors=True)  # of one that was cut short
            being_made.mkdir()
            make(being_made)
            being_made.rename(folder)
    return folder


@cache
def _folder() -> Path:
    """The run's; who is no test, such as a benchmark, has one for its own process."""
    if given := os.environ.get(FOLDER):
        return Path(given)
    own = tempfile.TemporaryDirectory(prefix="greenroom-prepared-")
    _kept.append(own)
    return Path(own.name)


# It goes when the last reference to it does, which is at the end of the process.
_kept: list["tempfile.TemporaryDirectory[str]"] = []


def bare_environment(state_dir: Path) -> dict[str, str]:
    """What a process is told; settings of whoever runs the tests stay outside."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH")
    }
    return kept | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "STATE_DIR": str(state_dir),
    }


def manage(environment: dict[str, str], *arguments: str, cwd: Path = ROOT) -> str:
    """Run a management command; returns what it said."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {arguments[0]}: {done.stdout}{done.stderr}")
    return done.stdout
