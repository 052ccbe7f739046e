"""The program of the process in which pictures are drawn and encoded."""

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from streaming.engine.packets.atelier import Wish, read, write
from streaming.engine.packets.scenes import Drawings

_THREADS: Final = 3  # so that who waits for a picture need not wait for a drawing
_NICENESS: Final = 5  # what is sent goes before what is drawn


def main() -> None:
    """Do what is asked for on standard input, until that is closed."""
    # Ctrl+C ends the engine, and that closes our input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICENESS)
    wishes, answers = sys.stdin.buffer, sys.stdout.buffer
    drawings, answering = Drawings(), threading.Lock()

    def grant(wish: Wish) -> None:
        number = wish[0]
        try:
            answer = number, True, _made(drawings, wish)
        # Whatever it was: who asked hears of it.
        except Exception as exc:
            answer = number, False, f"{type(exc).__name__}: {exc}".encode()
        with answering:
            write(answers, answer)

    pool = ThreadPoolExecutor(_THREADS)
    while (wish := read(wishes)) is not None:
        pool.submit(grant, wish)
    # Not by way of the interpreter's end, which waits for threads that draw.
    os._exit(0)


def _made(drawings: Drawings, wish: Wish) -> bytes:
    _, what, scene, pose = wish
    if what == "warm":
        drawings.warm(scene)
        return b""
    if pose is None:
        return drawings.of(scene).whole()
    return drawings.of(scene).picture(pose)


if __name__ == "__main__":
    main()
