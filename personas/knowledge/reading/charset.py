"""Bytes as text. What cannot be told with confidence is refused, not guessed."""

import codecs
import re

from personas.knowledge.reading import CannotRead

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.I
)
_DECLARED_WITHIN = 4096

#: In Western European text few letters are beyond ASCII; in text of another alphabet, that
#: an old charset keeps in the same bytes, nearly all are.
_MOST_HIGH_BYTES = 0.25
_MOST_CONTROLS = 0.01

_SAVE_AS_UTF8 = "Save it as UTF-8 and upload it again."


def decode(data: bytes, *, is_html: bool = False) -> str:
    r"""The text, its lines ended by `\n`. Raises `CannotRead`."""
    text = _decoded(data, is_html=is_html)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    controls = sum(char < " " and char not in "\n\t" for char in text)
    if controls > _MOST_CONTROLS * len(text):
        raise CannotRead("This does not look like text, whatever its name says.")
    return "".join(char for char in text if char >= " " or char in "\n\t")


def _decoded(data: bytes, *, is_html: bool) -> str:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _strictly(data, name)
    declared = _DECLARED.search(data[:_DECLARED_WITHIN]) if is_html else None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        if declared:
            return _strictly(data, declared[1].decode("ascii"))
    return _western(data)


def _strictly(data: bytes, name: str) -> str:
    try:
        return str(codecs.decode(data, name, "strict"))
    except (LookupError, ValueError, TypeError) as exc:
        raise CannotRead(
            f"It says that its text is {name[:40]}, and it is not. {_SAVE_AS_UTF8}"
        ) from exc


def _western(data: bytes) -> str:
    if b"\0" in data:
        raise CannotRead("This does not look like text, whatever its name says.")
    dark = [byte for byte in data if byte > 0x20]
    if sum(byte >= 0x80 for byte in dark) > _MOST_HIGH_BYTES * len(dark):
        raise CannotRead(f"The charset of its text is unknown. {_SAVE_AS_UTF8}")
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as exc:
        raise CannotRead(
            f"The charset of its text is unknown. {_SAVE_AS_UTF8}"
        ) from exc
