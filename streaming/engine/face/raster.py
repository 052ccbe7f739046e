"""SVG to pixels, in processes of their own.

The renderer works for tens of milliseconds a drawing and holds the interpreter lock
meanwhile, which would stop the engine's event loop. This file is also the program that
those processes run; it must not import the package, whose import takes longer than
most drawings.
"""

import json
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

PROCESSES = 2
TIMEOUT_S = 60.0


class RasterError(Exception):
    """A drawing could not be rendered; the message is the renderer's."""


def rasterise(documents: Sequence[str]) -> list[bytes]:
    """Render SVG documents to PNG, in order. Raises `RasterError`."""
    pngs: dict[int, bytes] = {}
    waiting = iter(list(enumerate(documents)))
    with ThreadPoolExecutor(PROCESSES) as pool:
        for rendered in pool.map(
            lambda _: _in_child(waiting), range(min(PROCESSES, len(documents)))
        ):
            pngs.update(rendered)
    return [pngs[index] for index in range(len(documents))]


def _in_child(waiting: Iterator[tuple[int, str]]) -> dict[int, bytes]:
    """Have one process render whatever is next in line until nothing waits."""
    pngs: dict[int, bytes] = {}
    with subprocess.Popen(  # noqa: S603 - our own interpreter and file
        [sys.executable, "-P", __file__],  # -P: our modules hide none of the library's
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        assert child.stdin is not None  # noqa: S101 - the three pipes asked for
        assert child.stdout is not None  # noqa: S101
        assert child.stderr is not None  # noqa: S101
        late = threading.Timer(TIMEOUT_S, child.kill)
        late.start()
        try:
            for index, document in waiting:
                child.stdin.write(json.dumps(document).encode() + b"\n")
                child.stdin.flush()
                (length,) = struct.unpack(">I", child.stdout.read(4))
                pngs[index] = child.stdout.read(length)
            child.stdin.close()
        except (OSError, struct.error) as exc:
            child.kill()
            reason = child.stderr.read().decode(errors="replace").strip()
            raise RasterError(reason[-500:] or "the renderer ended early") from exc
        finally:
            late.cancel()
    return pngs


def main() -> None:
    """For each line, a JSON string that is a document, write a PNG behind its length."""
    import resvg_py

    for line in sys.stdin:
        png = bytes(
            resvg_py.svg_to_bytes(svg_string=json.loads(line), skip_system_fonts=True)
        )
        sys.stdout.buffer.write(struct.pack(">I", len(png)) + png)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
