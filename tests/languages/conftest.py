"""What there is to be translated, collected anew from the sources as they are now."""

import shutil
from pathlib import Path

import pytest

from tests.engine_process import ROOT
from tests.prepared import bare_environment, manage

SOURCES = ("chat", "config", "frontend", "personas", "streaming")


@pytest.fixture(scope="session")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like `frontend/locale`, with files for Esperanto in which nothing is
    translated."""
    copy = tmp_path_factory.mktemp("sources")
    for name in SOURCES:
        shutil.copytree(ROOT / name, copy / name, ignore=_what_is_no_source)
    shutil.copy(ROOT / "manage.py", copy)
    locale = copy / "frontend" / "locale"
    locale.mkdir(exist_ok=True)
    environment = bare_environment(copy / "state")
    manage(environment, "messages", "--language=eo", cwd=copy)
    return locale


def _what_is_no_source(folder: str, names: list[str]) -> set[str]:
    return {
        name
        for name in names
        if name in ("locale", "__pycache__", "engine", "screenshots", "img")
    }
