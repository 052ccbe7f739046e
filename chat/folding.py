"""Text as it is compared: without case and accents, so that "cafe" finds "Café"."""

import re
import unicodedata
from collections.abc import Iterable, Iterator


def folded(text: str) -> str:
    """`text` in the form in which two spellings of the same words are equal."""
    return "".join(_folded_char(char) for char in text)


def find_folded(text: str, wanted: str) -> tuple[int, int] | None:
    """Where in `text`, from and to, something that folds to `wanted` stands first."""
    return next(find_all_folded(text, [wanted]), None)


def find_all_folded(text: str, wanted: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Each place in `text` at which one of the `wanted` stands; the longest, of several."""
    longest_first = sorted(filter(None, set(wanted)), key=lambda one: (-len(one), one))
    if not longest_first:
        return
    chars, origins = _with_origins(text)
    ended = 0
    for found in re.finditer("|".join(map(re.escape, longest_first)), chars):
        begins, ends = origins[found.start()], origins[found.end() - 1] + 1
        # One character may fold to several, and be found more than once.
        if begins >= ended:
            yield begins, ends
            ended = ends


def _with_origins(text: str) -> tuple[str, list[int]]:
    """`text` folded, and of which of its characters each that came of it was made."""
    chars, origins = [], []
    for at, char in enumerate(text):
        for one in _folded_char(char):
            chars.append(one)
            origins.append(at)
    return "".join(chars), origins


def _folded_char(char: str) -> str:
    if char.isascii():
        return char.lower()
    parts = unicodedata.normalize("NFKD", char.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))
