"""PDF files for tests, written by hand: pages of text, an outline, and what can be wrong."""

import io
import zlib
from collections.abc import Sequence

from pypdf import PdfWriter
from pypdf.generic import (
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    StreamObject,
)


def pdf(
    pages: Sequence[Sequence[str]],
    *,
    title: str = "",
    outline: Sequence[tuple[str, int]] = (),
    password: str = "",
) -> bytes:
    """A page for each list of lines; the outline is of (heading, page index)."""
    writer = PdfWriter()
    for lines in pages:
        _add_page(writer, _text(lines))
    for heading, page in outline:
        writer.add_outline_item(title=heading, page_number=page)
    if title:
        writer.add_metadata({"/Title": title})
    if password:
        writer.encrypt(password, algorithm="AES-256")
    return _written(writer)


def bomb(swollen_bytes: int) -> bytes:
    """One small page whose content swells to so many bytes of spaces."""
    writer = PdfWriter()
    stream = StreamObject()
    stream._data = zlib.compress(b" " * swollen_bytes, 9)
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    _add_page(writer, stream)
    return _written(writer)


def _add_page(writer: PdfWriter, content: StreamObject) -> None:
    page = writer.add_blank_page(width=595, height=842)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    page[NameObject("/Contents")] = writer._add_object(content)


def _text(lines: Sequence[str]) -> StreamObject:
    shown = [
        f"({line.translate(_ESCAPED)}) Tj 0 -14 Td" if line else "0 -14 Td"
        for line in lines
    ]
    stream = DecodedStreamObject()
    stream.set_data(
        "\n".join(["BT /F1 11 Tf 50 780 Td", *shown, "ET"]).encode("cp1252")
    )
    return stream


_ESCAPED = str.maketrans({"(": r"\(", ")": r"\)", "\\": r"\\"})


def _written(writer: PdfWriter) -> bytes:
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()
