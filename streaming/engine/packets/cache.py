"""Encoded pictures of all reels, within one number of bytes."""

import sys
import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

MAX_BYTES: Final = 128 * 2**20  # some 40,000 pictures at 480p
_ENTRY_BYTES: Final = 400  # of keys and tables, for each


class Cache:
    """Packets by key; the ones unused for longest go first. From any thread."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self.max_bytes = max_bytes
        self.nbytes = 0
        self._lock = threading.Lock()
        self._packets: OrderedDict[Hashable, bytes] = OrderedDict()

    def __len__(self) -> int:
        return len(self._packets)

    def get(self, key: Hashable) -> bytes | None:
        with self._lock:
            found = self._packets.get(key)
            if found is not None:
                self._packets.move_to_end(key)
            return found

    def put(self, key: Hashable, packet: bytes) -> bool:
        """Keep `packet`, unless there is one already; whether there was none."""
        with self._lock:
            if key in self._packets:
                return False
            self._packets[key] = packet
            self.nbytes += _cost(packet)
            while self.nbytes > self.max_bytes and len(self._packets) > 1:
                _, dropped = self._packets.popitem(last=False)
                self.nbytes -= _cost(dropped)
            return True


def _cost(packet: bytes) -> int:
    return sys.getsizeof(packet) + _ENTRY_BYTES
