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
    "tests/personas/knowledge/test_fulltext.py",
    "tests/personas/knowledge/test_retrieval.py",
    "tests/personas/test_races.py",
    "tests/streaming/test_limits.py",
    "tests/streaming/test_queue.py",
    "tests/streaming/test_session_states.py",
)

#: They take about fifteen seconds.
TIMEOUT_S = 240


@pytest.mark.timeout(TIMEOUT_S + 30)
def test_the_tests_of_these_rules_pass_on_postgres_too(
    postgres: Postgres, tmp_path: Path
) -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *RULES],
        cwd=ROOT,
        env=os.environ
        | {"DATABASE_URL": postgres.fresh_database(), "STATE_DIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )

    assert done.returncode == 0, done.stdout
