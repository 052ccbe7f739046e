"""SVG to pixels, in processes of their own.

The renderer works for tens of milliseconds a drawing and holds the interpreter lock
meanwhile, which would stop the engine's event loop. This file is also the program that
those processes run; it must not import the package, whose import takes longer than
most drawings.
"""

import io
import json
import struct
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

PROCESSES = 2
TIMEOUT_S = 60.0


class RasterError(Exception):
    """A drawing could not be rendered; the message is the renderer's."""


def rasterise(documents: Sequence[str]) -> list[bytes]:
    """Render SVG documents to PNG, in order. Raises `RasterError`."""
    shares = [range(start, len(documents), PROCESSES) for start in range(PROCESSES)]
    pngs: dict[int, bytes] = {}
    with ThreadPoolExecutor(PROCESSES) as pool:
        for share, rendered in zip(
            shares,
            pool.map(lambda share: _in_child([documents[i] for i in share]), shares),
            strict=True,
        ):
            pngs.update(zip(share, rendered, strict=True))
    return [pngs[index] for index in range(len(documents))]


def _in_child(documents: Sequence[str]) -> list[bytes]:
    if not documents:
        return []
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and file
            [sys.executable, __file__],
            input=json.dumps(documents).encode(),
            capture_output=True,
            timeout=TIMEOUT_S,
            check=True,
        )
    except subprocess.CalledProcessError as exc:
        raise RasterError(exc.stderr.decode(errors="replace").strip()[-500:]) from exc
    except subprocess.TimeoutExpired as exc:
        raise RasterError(f"no drawing within {TIMEOUT_S} s") from exc
    return list(_pieces(done.stdout))


def _pieces(stream: bytes) -> Sequence[bytes]:
    pieces, source = [], io.BytesIO(stream)
    while head := source.read(4):
        pieces.append(source.read(struct.unpack(">I", head)[0]))
    return pieces


def main() -> None:
    """Read a JSON list of documents, write each PNG behind its length."""
    import resvg_py

    for document in json.load(sys.stdin):
        png = bytes(resvg_py.svg_to_bytes(svg_string=document, skip_system_fonts=True))
        sys.stdout.buffer.write(struct.pack(">I", len(png)) + png)


if __name__ == "__main__":
    main()
