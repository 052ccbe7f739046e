"""A process of its own in which pictures are drawn and encoded.

In a thread of the engine they would hold up its event loop: each time the loop sends
something it lets go of the interpreter, and whoever draws takes it for a while.
"""

import contextlib
import logging
import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import Future
from itertools import count
from typing import IO, Any

from streaming.engine.face import Pose
from streaming.engine.packets.scenes import Scene

log = logging.getLogger(__name__)

# What goes through the pipes: a number, what is wanted, of which scene and pose; then
# the number, whether it was made, and the packet or why not.
Wish = tuple[int, str, Scene, Pose | None]
Answer = tuple[int, bool, bytes]


class AtelierError(Exception):
    """A picture could not be made; the message says why."""


class Atelier:
    """The engine's end. The process starts when something is first asked of it.

    One that ended unasked is started anew by the next wish; what waited for it fails.
    From any thread.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._numbers = count()
        self._waiting: dict[int, Future[bytes]] = {}
        self._is_closed = False

    def whole(self, scene: Scene) -> "Future[bytes]":
        return self._ask("whole", scene)

    def picture(self, scene: Scene, pose: Pose) -> "Future[bytes]":
        return self._ask("picture", scene, pose)

    def warm(self, scene: Scene) -> "Future[bytes]":
        """Have what most pictures are put together from; the answer is empty."""
        return self._ask("warm", scene)

    def close(self) -> None:
        """End the process; what waits fails. Closing twice is harmless."""
        with self._lock:
            self._is_closed = True
            child, reader = self._child, self._reader
        if child is not None and reader is not None:
            child.kill()
            reader.join()

    def _ask(self, what: str, scene: Scene, pose: Pose | None = None) -> Future[bytes]:
        answer: Future[bytes] = Future()
        with self._lock:
            if self._is_closed:
                answer.set_exception(AtelierError("closed"))
                return answer
            number = next(self._numbers)
            try:
                child = self._started()
                self._waiting[number] = answer
                write(child.stdin, (number, what, scene, pose))
            except OSError as exc:
                self._waiting.pop(number, None)
                answer.set_exception(AtelierError(f"the process ended: {exc}"))
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", "streaming.engine.packets.painter"],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            self._reader = threading.Thread(
                target=self._read, args=(self._child,), name="atelier", daemon=True
            )
            self._reader.start()
        return self._child

    def _read(self, child: subprocess.Popen[bytes]) -> None:
        """Hand out answers until there are no more."""
        with child, contextlib.suppress(OSError):
            while (answer := read(child.stdout)) is not None:
                number, is_made, packet = answer
                waiting = self._waiting.pop(number)
                if not waiting.set_running_or_notify_cancel():
                    continue
                if is_made:
                    waiting.set_result(packet)
                else:
                    waiting.set_exception(AtelierError(packet.decode()))
            child.kill()
        with self._lock:
            self._child = None
            left, self._waiting = self._waiting, {}
            if not self._is_closed:
                log.warning("The process that draws has ended.")
        for waiting in left.values():
            if waiting.set_running_or_notify_cancel():
                waiting.set_exception(AtelierError("the process ended"))


def write(pipe: "IO[bytes] | None", message: "Wish | Answer") -> None:
    assert pipe is not None  # noqa: S101 - both were asked for
    pickle.dump(message, pipe)
    pipe.flush()


def read(pipe: "IO[bytes] | None") -> Any:
    """The next message of our own other end; None when there is none any more."""
    assert pipe is not None  # noqa: S101 - both were asked for
    try:
        return pickle.load(pipe)  # noqa: S301
    except (EOFError, pickle.UnpicklingError):
        return None
