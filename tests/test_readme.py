"""The README's lines, typed as written into a shell, against a portal that really runs."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.portal import Portal, start_portal

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
SETTINGS = (ROOT / "config" / "settings.py").read_text()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with start_portal(tmp_path_factory.mktemp("demo"), OPEN_API="true") as portal:
        yield portal


def answers_of(shell: "subprocess.CompletedProcess[str]") -> list[object]:
    """The JSON documents that the block printed, one after the other."""
    decoder, text, found = json.JSONDecoder(), shell.stdout, []
    while text := text.lstrip():
        document, end = decoder.raw_decode(text)
        found.append(document)
        text = text[end:]
    return found


@pytest.mark.parametrize(
    "block", BLOCKS, ids=["persona", "mind", "documents", "cards", "session", "line"]
)
def test_its_curl_lines_work_as_written(demo, block):
    script = block.replace("localhost:3000", demo.url.removeprefix("http://"))

    shell = subprocess.run(  # noqa: S603
        ["/bin/bash", "-euo", "pipefail", "-c", script],
        cwd=ROOT,
        env=demo.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    answers = answers_of(shell)
    # Some lines print into a file; every other curl gave a document, and no error.
    into_files = len(re.findall(r"(?:>|-o) /tmp/\w+\.\w+$", block, re.M))
    answering = len(re.findall(r"^curl", block, re.M)) + block.count("manage.py answer")
    assert len(answers) == answering - into_files
    assert [
        a for a in answers if isinstance(a, dict) and a.get("success") is False
    ] == []


def test_its_table_names_every_setting():
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', SETTINGS))
    named = set(re.findall(r"`([A-Z][A-Z_]+)`", README))

    assert read - named == set()


def test_what_it_links_to_is_there():
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)

    assert [link for link in links if not (ROOT / link).exists()] == []
