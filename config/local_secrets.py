"""Secrets that a local checkout makes for itself and keeps.

A checkout starts without any variable set, so what production must be given (keys) is
here made once, with the operating system's randomness, and kept in a file that only its
owner can read. Production never comes here.
"""

import os
from collections.abc import Callable
from pathlib import Path


def local_secret(state_dir: Path, name: str, make: Callable[[], str]) -> str:
    """Read the secret called `name`, making it when it is not there yet.

    Safe when two processes start at once: whoever links the file first has made it,
    and the other reads that one.
    """
    path = state_dir / name
    if not path.exists():
        _write_once(path, make())
    return path.read_text().strip()


def _write_once(path: Path, value: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(value)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was quicker; its secret is the one that counts
    finally:
        draft.unlink()
