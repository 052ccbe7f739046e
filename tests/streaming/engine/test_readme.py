"""The engine's own page: what it says is so."""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

from streaming.engine.errors import PLAYABLE
from streaming.engine.faults import CALLS, read_faults
from streaming.engine.options import option_parser

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "streaming" / "engine" / "README.md").read_text()
[FIXTURE] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
PROJECT_OF_SOMEBODY_ELSE = """
import urllib.request

def test_the_service_is_there(avatar_url):
    request = urllib.request.Request(
        avatar_url + "/v1/streaming.list",
        headers={"X-Api-Key": "any", "X-Engine-Faults": "dead-session"},
    )
    with urllib.request.urlopen(request) as reply:
        assert b'"connected"' in reply.read()
"""


def test_its_fixture_works_in_a_project_of_somebody_else(tmp_path: Path):
    (tmp_path / "conftest.py").write_text(FIXTURE)
    (tmp_path / "test_service.py").write_text(PROJECT_OF_SOMEBODY_ELSE)
    (tmp_path / "greenroom").mkdir()
    for name in ("streaming", ".venv/bin/python"):
        (tmp_path / "greenroom" / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "greenroom" / "streaming").symlink_to(ROOT / "streaming")
    # A link would lose the environment that the interpreter belongs to.
    python = tmp_path / "greenroom" / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)

    run = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path],
        cwd=tmp_path,
        env={
            **os.environ,
            "GREENROOM": str(tmp_path / "greenroom"),
            "ENGINE_WARM": "none",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # theirs is not a Django project
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert "1 passed" in run.stdout, run.stdout + run.stderr


def test_its_tables_name_every_setting_and_every_variable():
    options = {
        text
        for action in option_parser({})._actions
        if not isinstance(action, argparse._HelpAction)
        for text in action.option_strings
        if not text.startswith("--no-")
    }
    variables = {
        "ENGINE_" + o.removeprefix("--").upper().replace("-", "_") for o in options
    }
    secrets = {"ENGINE_SPEECH_KEY"}  # no arguments: those show in the list of processes
    table = README.partition("## Settings")[2]

    assert set(re.findall(r"`(--[a-z-]+)`", table)) == options
    assert set(re.findall(r"`(ENGINE_[A-Z_]+)`", table)) == variables | secrets


def test_its_table_of_faults_can_be_played_as_written():
    values = {"<s>": "1", "<share>": "0.5", "<code>": str(min(PLAYABLE))}
    table = README.partition("## Faults on purpose")[2].partition("## Settings")[0]
    rows = re.findall(r"^\| `([a-z-]+(?:<call>)?)(?:=(<\w+>))?` \|", table, re.M)

    for name, value in rows:
        item = name.replace("<call>", "new") + (f"={values[value]}" if value else "")
        assert read_faults(item) != read_faults("")
    assert len(rows) == 8
    for call in CALLS:
        assert f"`{call}`" in README
