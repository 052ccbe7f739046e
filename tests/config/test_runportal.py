"""What `make run` starts after its set-up: three processes, one link, one Ctrl-C."""

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.prepared import DATABASE, lay_out, manage
from tests.services.processes import free_port

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    port, engine_port = free_port(), free_port()
    env = {
        "PATH": os.environ["PATH"],
        "STATE_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / DATABASE}",
        "PORT": str(port),
        "ENGINE_PORT": str(engine_port),
        "PYTHONUNBUFFERED": "1",
    }
    lay_out(tmp_path)
    manage(env, "sync_accounts")
    return env


def run(env: dict[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "manage.py", "runportal"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def said_until(portal: "subprocess.Popen[str]", pattern: str) -> "re.Match[str]":
    assert portal.stdout is not None
    said = ""
    for line in portal.stdout:
        said += line
        if found := re.search(pattern, line):
            return found
    raise AssertionError(f"It never said {pattern!r}: {said}")


def is_free(port: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(port))) != 0


def test_it_prints_a_link_that_signs_in_and_ctrl_c_ends_everything(environment):
    portal = run(environment)
    try:
        link = said_until(portal, r"(http://localhost:\S+/demo/sign-in/\S+)").group(1)
        browser = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )
        page = browser.open(link, timeout=20)

        assert page.url.endswith("/studio/")
        assert "Talk to" in page.read().decode()
    finally:
        portal.send_signal(signal.SIGINT)
        rest, _ = portal.communicate(timeout=30)

    assert "Traceback" not in rest
    assert is_free(environment["PORT"])
    assert is_free(environment["ENGINE_PORT"])


def test_a_taken_port_is_said_with_a_way_out(environment):
    with socket.create_server(("127.0.0.1", int(environment["PORT"]))):
        portal = run(environment)
        said, _ = portal.communicate(timeout=30)

    assert portal.returncode != 0
    assert f"Port {environment['PORT']} is in use." in said
    assert "PORT=<port> make run" in said
