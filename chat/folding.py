"""Text as it is compared: without case and accents, so that "cafe" finds "Café"."""

import unicodedata


def folded(text: str) -> str:
    """`text` in the form in which two spellings of the same words are equal."""
    return "".join(_folded_char(char) for char in text)


def find_folded(text: str, wanted: str) -> tuple[int, int] | None:
    """Where in `text`, from and to, something that folds to `wanted` stands first."""
    chars, origins = [], []
    for at, char in enumerate(text):
        for one in _folded_char(char):
            chars.append(one)
            origins.append(at)
    found = "".join(chars).find(wanted)
    if found < 0 or not wanted:
        return None
    return origins[found], origins[found + len(wanted) - 1] + 1


def _folded_char(char: str) -> str:
    if char.isascii():
        return char.lower()
    parts = unicodedata.normalize("NFKD", char.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))
