"""PDF: the text layer, page by page, below the headings of its outline."""

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from pypdf import PdfReader, apply_configuration
from pypdf.errors import LimitReachedError, PyPdfError

from personas.knowledge.reading import Block, CannotRead, Content

#: A page of text takes some kilobytes; what swells to more is a picture or a bomb.
_STREAM_MAX_BYTES = 20_000_000
_LIMITS: dict[str, Any] = {
    "maximum_declared_stream_length": _STREAM_MAX_BYTES,
    "array_based_stream_maximum_output_length": _STREAM_MAX_BYTES,
    "zlib_maximum_output_length": _STREAM_MAX_BYTES,
    "lzw_maximum_output_length": _STREAM_MAX_BYTES,
    "run_length_maximum_output_length": _STREAM_MAX_BYTES,
    "stream_decoding_work_maximum_length": 4 * _STREAM_MAX_BYTES,
    "jbig2dec_binary": None,  # pictures are not looked at
}
_OUTLINE_MAX_DEPTH = 4

#: Lines at the edge of so many pages, and of so large a part of them, are no text.
_RUNNING_PAGES = 4
_RUNNING_PART = 0.5

_FULL_LINE_PART = 0.75
_ENDS_SENTENCE = re.compile(r"[.!?:;…。！？][\"'”’»)\]]*$")


def read_pdf(data: bytes, *, max_pages: int) -> Content:
    """Raises `CannotRead`, in words, for all that is wrong with a file."""
    with apply_configuration(**_LIMITS):
        return _translated(data, max_pages)


def _translated(data: bytes, max_pages: int) -> Content:
    """A parser that meets a damaged file fails in ways that nobody has listed."""
    try:
        return _read(data, max_pages)
    except LimitReachedError as exc:
        raise CannotRead(
            "It swells to far more than pages of text need. Save it without pictures, "
            "or print it to a new PDF."
        ) from exc
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise CannotRead(_DAMAGED) from exc
    except (IndexError, ArithmeticError, RecursionError, AssertionError) as exc:
        raise CannotRead(_DAMAGED) from exc


_DAMAGED = (
    "The PDF is damaged, or built in a way that cannot be read. Open it in a viewer, "
    "print it to a new PDF, and upload that."
)


def _read(data: bytes, max_pages: int) -> Content:
    reader = _opened(data)
    if len(reader.pages) > max_pages:
        raise CannotRead(
            f"It has {len(reader.pages)} pages; at most {max_pages} are read. "
            "Split it into parts."
        )
    pages = [_lines(page.extract_text()) for page in reader.pages]
    if not any(pages):
        raise CannotRead(
            "It has no text, only pictures: a scan, most likely. Run text recognition "
            "(OCR) over it and upload the result."
        )
    headings = _outline(reader)
    running = _running_lines(pages)
    blocks = [
        Block(text, headings.get(number, ()), number)
        for number, lines in enumerate(pages, start=1)
        for text in _paragraphs([line for line in lines if line not in running])
    ]
    return Content(title=_title(reader), blocks=blocks)


def _opened(data: bytes) -> PdfReader:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise CannotRead(
            "It is protected by a password. Save it without one and upload it again."
        )
    return reader


def _title(reader: PdfReader) -> str:
    try:
        return " ".join(str(reader.metadata and reader.metadata.title or "").split())
    except (PyPdfError, ValueError, TypeError):
        return ""


def _lines(text: str) -> list[str]:
    lines = [" ".join(line.split()) for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines if any(lines) else []


def _running_lines(pages: Sequence[Sequence[str]]) -> set[str]:
    """Headers and footers: the same line at the edge of many pages."""
    if len(pages) < _RUNNING_PAGES:
        return set()
    edges = Counter(
        line for lines in pages for line in {*lines[:1], *lines[-1:]} if line
    )
    return {line for line, count in edges.items() if count > _RUNNING_PART * len(pages)}


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """Lines joined again: a paragraph ends at an empty line, or where a line is short.

    A word that was divided at a line's end is put together.
    """
    widest = max((len(line) for line in lines), default=0)
    text = ""
    for line in lines:
        if line:
            text = _joined(text, line)
        is_short = len(line) < _FULL_LINE_PART * widest
        if text and (not line or (is_short and _ENDS_SENTENCE.search(line))):
            yield text
            text = ""
    if text:
        yield text


def _joined(text: str, line: str) -> str:
    if text.endswith("-") and text[-2:-1].isalpha() and line[:1].islower():
        return text[:-1] + line
    return f"{text} {line}".lstrip()


def _outline(reader: PdfReader) -> dict[int, tuple[str, ...]]:
    """For each page the headings that hold on it; nothing where the outline is broken.

    A heading holds from its page on. Of several on a page the first counts, because the
    page's text may begin anywhere.
    """
    try:
        marks = list(_marks(reader, reader.outline, ()))
        count = len(reader.pages)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return {}
    begins: dict[int, tuple[str, ...]] = {}
    for number, path in marks:
        begins.setdefault(number, path)
    held: dict[int, tuple[str, ...]] = {}
    path: tuple[str, ...] = ()  # type: ignore[no-redef]
    for number in range(1, count + 1):
        path = begins.get(number, path)
        held[number] = path
    return held


def _marks(
    reader: PdfReader, entries: Sequence[Any], above: tuple[str, ...]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    path = above
    for entry in entries:
        if isinstance(entry, list):
            if len(path) < _OUTLINE_MAX_DEPTH:
                yield from _marks(reader, entry, path)
            continue
        number = reader.get_destination_page_number(entry)
        if number is not None:
            path = (*above, " ".join(str(entry.title).split()))
            yield number + 1, path
