"""Reading a file that nobody vouches for, in a process that can be ended.

A thread that parses cannot be stopped, and what a file swells to is not known before. So
a short-lived process does it, with limits that the kernel keeps, and without our keys in
its environment.
"""

import json
import logging
import os
import subprocess
import sys

from django.conf import settings

from personas import limits
from personas.knowledge.reading import Block, CannotRead, Content

logger = logging.getLogger(__name__)

_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
_TOO_LONG = "Reading it takes too long. Split it into parts, or print it to a new PDF."


def read(
    kind: str,
    data: bytes,
    *,
    max_s: float = limits.READING_MAX_S,
    max_cpu_s: int = limits.READING_MAX_CPU_S,
    max_memory_bytes: int = limits.READING_MAX_MEMORY_BYTES,
) -> Content:
    """The file's title and text. Raises `CannotRead`. Takes up to `max_s` seconds."""
    command = [sys.executable, "-B", "-m", "personas.knowledge.reading", kind]
    command += ["--max-pages", str(limits.DOCUMENT_MAX_PAGES)]
    command += ["--max-chars", str(limits.DOCUMENT_MAX_CHARS)]
    command += ["--max-cpu-s", str(max_cpu_s)]
    command += ["--max-memory-bytes", str(max_memory_bytes)]
    try:
        done = subprocess.run(  # noqa: S603
            command,
            input=data,
            capture_output=True,
            cwd=settings.BASE_DIR,
            env=environment(),
            timeout=max_s,
            check=False,
        )
    except subprocess.TimeoutExpired as exc:
        raise CannotRead(_TOO_LONG) from exc
    return _content(done)


def environment() -> dict[str, str]:
    """What the process is told of ours; a file that gets hold of it finds no key."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ}


def _content(done: "subprocess.CompletedProcess[bytes]") -> Content:
    if done.returncode < 0:  # ended by a signal, of which one says that time is up
        raise CannotRead(_TOO_LONG)
    try:
        answer = json.loads(done.stdout)
    except ValueError as exc:
        logger.error(
            "Reading a document failed.",
            extra={"said": done.stderr[-2000:].decode(errors="replace")},
        )
        raise CannotRead(
            "It could not be read, for a reason that is not known. Another format may do."
        ) from exc
    if problem := answer.get("problem"):
        raise CannotRead(problem)
    blocks = [
        Block(_storable(text), tuple(map(_storable, headings)), page)
        for text, headings, page in answer["blocks"]
    ]
    return Content(_storable(answer["title"]), blocks)


def _storable(text: str) -> str:
    """Without what no database keeps: a PDF may have NUL and half a character pair."""
    return text.replace("\0", "").encode(errors="ignore").decode()
