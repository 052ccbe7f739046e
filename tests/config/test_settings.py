"""The settings in processes of their own: what a checkout needs, what production demands."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "PRODUCTION": "true",
    "SECRET_KEY": "s" * 50,
    "ENCRYPTION_KEYS": "4m3kZ7b1yD0Yx3mVxg9G5d8o0p7Y9dWq2w1n8kq6x0E=",
    "ALLOWED_HOSTS": "portal.example",
    "DATABASE_URL": "sqlite:////tmp/never-opened.sqlite3",
}


Ran = subprocess.CompletedProcess[str]


def django(tmp_path: Path, *command: str, **env: str) -> Ran:
    return python(tmp_path, "manage.py", *command, **env)


def python(tmp_path: Path, *command: str, **env: str) -> Ran:
    bare = {"PATH": os.environ["PATH"], "STATE_DIR": str(tmp_path / "state")}
    return subprocess.run(  # noqa: S603
        [sys.executable, *command],
        cwd=ROOT,
        env=bare | env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_checkout_starts_without_any_variable(tmp_path):
    ran = django(tmp_path, "check", "--fail-level", "WARNING")

    assert ran.returncode == 0, ran.stderr


def test_a_checkout_makes_its_keys_once_and_for_itself_alone(tmp_path):
    django(tmp_path, "check")
    made = tmp_path / "state" / "secret_key"
    first = made.read_text()
    django(tmp_path, "check")

    assert made.read_text() == first
    assert made.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "name", ["SECRET_KEY", "ENCRYPTION_KEYS", "ALLOWED_HOSTS", "DATABASE_URL"]
)
def test_production_refuses_to_start_without(tmp_path, name):
    env = {key: value for key, value in PRODUCTION.items() if key != name}

    ran = django(tmp_path, "check", **env)

    assert ran.returncode != 0
    assert f"PRODUCTION=true needs these variables too: {name}." in ran.stderr


def test_production_with_what_it_needs_passes_djangos_own_deploy_check(tmp_path):
    ran = django(tmp_path, "check", "--deploy", "--fail-level", "ERROR", **PRODUCTION)

    assert ran.returncode == 0, ran.stderr


def test_what_the_database_url_asks_for_is_kept(tmp_path):
    url = "postgres://u:p@db.example/greenroom?sslmode=verify-full"
    show = (
        "from config import settings; print(settings.DATABASES['default']['OPTIONS'])"
    )

    ran = python(tmp_path, "-c", show, DATABASE_URL=url)

    assert "'sslmode': 'verify-full'" in ran.stdout, ran.stderr
    assert "'pool'" in ran.stdout


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"OPEN_API": "true"}, "greenroom.E002"),
        ({"DEBUG": "true"}, "DEBUG=true shows secrets"),
        ({"WEB_PROCESSES": "2"}, "greenroom.E001"),
        ({"WEB_PROCESSES": "2"}, "greenroom.W001"),
    ],
    ids=["open API", "debug", "processes without redis", "processes on SQLite"],
)
def test_production_refuses_what_does_not_go_together(tmp_path, env, says):
    ran = django(tmp_path, "check", "--deploy", **(PRODUCTION | env))

    assert ran.returncode != 0
    assert says in ran.stderr
