"""A Redis of the tests' own: in memory, on a free port, gone at the end."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services.processes import accepts, free_port, running


@contextmanager
def start_redis(folder: Path) -> Iterator[str]:
    """Run Redis until the block ends; its `REDIS_URL`. It keeps nothing on disk."""
    program = shutil.which("redis-server")
    if program is None:
        raise RuntimeError("There is no redis-server; `make setup-test` installs it.")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1"]
    command += ["--save", "", "--appendonly", "no", "--dir", str(folder)]
    with running("redis", command, log=folder / "redis.log") as server:
        server.await_ready(lambda: accepts(port))
        yield f"redis://127.0.0.1:{port}/0"
