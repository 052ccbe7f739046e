"""The rules that the database keeps are kept by PostgreSQL as they are by SQLite."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine_process import ROOT
from tests.services.postgres import Postgres

#: What rests on locks, constraints, the order of writers and on searching; the two differ
#: in all of them.
RULES = (
    "tests/frontend/test_usage_sums.py",
    "tests/personas/knowledge/test_fulltext.py",
    "tests/personas/knowledge/test_retrieval.py",
    "tests/personas/test_races.py",
    "tests/streaming/test_limits.py",
    "tests/streaming/test_personas_gone.py",
    "tests/streaming/test_queue.py",
    "tests/streaming/test_session_states.py",
)

#: They take about twenty seconds.
TIMEOUT_S = 240

#: Everything else that asks the database, and needs no browser. Each in a process of its own:
#: threads of tests let go of connections unclosed, which only PostgreSQL minds.
THE_REST = ("access", "chat", "frontend", "personas", "streaming")
REST_OPTIONS = ("--ignore=tests/streaming/engine", "-Wignore::ResourceWarning")
REST_TIMEOUT_S = 1500


@pytest.mark.timeout(TIMEOUT_S + 30)
def test_the_tests_of_these_rules_pass_on_postgres_too(
    postgres: Postgres, tmp_path: Path
) -> None:
    _pass_on(postgres, tmp_path, *RULES, timeout_s=TIMEOUT_S)


@pytest.mark.nightly
@pytest.mark.timeout(REST_TIMEOUT_S + 30)
@pytest.mark.parametrize("folder", THE_REST)
def test_drafts_cards_embedding_history_usage_and_the_admin_do_as_well(
    postgres: Postgres, tmp_path: Path, folder: str
) -> None:
    tests = (f"tests/{folder}", *REST_OPTIONS)
    _pass_on(postgres, tmp_path, *tests, timeout_s=REST_TIMEOUT_S)


def _pass_on(server: Postgres, state_dir: Path, *tests: str, timeout_s: float) -> None:
    """Run these tests in a process whose database is PostgreSQL."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
        cwd=ROOT,
        env=os.environ
        | {"DATABASE_URL": server.fresh_database(), "STATE_DIR": str(state_dir)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout_s,
        check=False,
    )

    assert done.returncode == 0, done.stdout
