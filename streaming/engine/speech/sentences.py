"""Where a text may be cut so that its beginning can be heard while the rest is made."""

import re
from typing import Final

_ENDS: Final = re.compile(
    r"(?<![A-Z])(?<!\bDr)(?<!\bMr)(?<!\bSt)(?<!\bNo)(?<!\bMrs)(?<!\bProf)"
    r"[.!?…]+[\"'”’)\]]*(?=\s)|[。！？]+[」』]?|\n+"
)
_CLAUSES: Final = re.compile(r"[,;:–—，、；：](?=\s|$)|[，、；：]")
_LEAST_CHARS: Final = 24  # shorter ones go with the next: each costs a request
_FIRST_CHARS: Final = 90  # the first piece is what the listener waits for
_MOST_CHARS: Final = 300


def cut(text: str) -> list[tuple[int, int]]:
    """(start, end) of each piece, in order; together they are all of `text`."""
    pieces: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        most = _MOST_CHARS if pieces else _FIRST_CHARS
        end = _end(text, start, most)
        if not text[end:].strip():
            end = len(text)
        pieces.append((start, end))
        start = end
    return pieces


def _end(text: str, start: int, most_chars: int) -> int:
    """The first sentence's end, if it is near enough; else a clause's, or a word's."""
    limit = start + most_chars
    least = start + min(_LEAST_CHARS, most_chars)
    for found in _ENDS.finditer(text, start):
        if found.end() >= least:
            if found.end() <= limit:
                return found.end()
            break
    if len(text) <= limit:
        return len(text)
    clauses = [found.end() for found in _CLAUSES.finditer(text, least, limit)]
    if clauses:
        return clauses[-1]
    return (text.rfind(" ", least, limit) + 1) or limit
