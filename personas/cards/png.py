"""The text chunks of PNG files: found in foreign ones, and put into our own.

A PNG is a signature and then chunks: length, kind, content, and a checksum of kind and
content. Cards stand in `tEXt` chunks, a few tools compress them (`zTXt`).
"""

import struct
import zlib
from collections.abc import Iterator

from django.utils.translation import gettext as _

from personas import limits
from personas.cards.errors import CardRefused

SIGNATURE = b"\x89PNG\r\n\x1a\n"

#: What a picture is made of; everything else is metadata, and is left out of ours.
_PICTURE_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}


def texts_in(png: bytes, wanted: frozenset[str]) -> dict[str, bytes]:
    """The texts under the keywords that are wanted, in lower case; the first of each.

    Raises `CardRefused` when the file is damaged or a text is larger than we read.
    """
    found: dict[str, bytes] = {}
    for kind, content in _chunks(png):
        if kind not in (b"tEXt", b"zTXt"):
            continue
        keyword, zero, rest = content.partition(b"\0")
        name = keyword.decode("latin-1").lower()
        if zero and name in wanted and name not in found:
            found[name] = rest if kind == b"tEXt" else _unpacked(rest)
    return found


def has_text_like(png: bytes, beginning: str) -> bool:
    """Whether a text stands under a keyword that begins so."""
    return any(
        kind in (b"tEXt", b"zTXt") and content.startswith(beginning.encode())
        for kind, content in _chunks(png)
    )


def with_texts(png: bytes, texts: dict[str, bytes]) -> bytes:
    """The picture alone, with these texts before its end; any metadata it had is gone."""
    parts = [SIGNATURE]
    for kind, content in _chunks(png):
        if kind == b"IEND":
            parts += [
                _chunk(b"tEXt", name.encode("latin-1") + b"\0" + text)
                for name, text in texts.items()
            ]
        if kind in _PICTURE_CHUNKS:
            parts.append(_chunk(kind, content))
    return b"".join(parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each chunk up to the end; what follows it does not belong here."""
    if not png.startswith(SIGNATURE):
        raise _damaged()
    at = len(SIGNATURE)
    for _number in range(limits.CARD_MAX_CHUNKS):
        if at + 12 > len(png):
            raise _damaged()
        (size,) = struct.unpack_from(">I", png, at)
        kind, end = png[at + 4 : at + 8], at + 8 + size
        if end + 4 > len(png):
            raise _damaged()
        (checksum,) = struct.unpack_from(">I", png, end)
        if zlib.crc32(png[at + 4 : end]) != checksum:
            raise _damaged()
        yield kind, png[at + 8 : end]
        if kind == b"IEND":
            return
        at = end + 4
    raise _damaged()


def _unpacked(rest: bytes) -> bytes:
    """A compressed text, but no more of it than we read: a small one may be endless."""
    most = _encoded_max_bytes()
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(rest[1:], most + 1)
    except zlib.error as exc:
        raise _damaged() from exc
    if len(text) > most:
        raise CardRefused(_("The text in the picture is too large."))
    return text


def _encoded_max_bytes() -> int:
    """Base64 takes four characters for three bytes, and may be broken into lines."""
    return limits.CARD_JSON_MAX_BYTES * 3 // 2


def _damaged() -> CardRefused:
    return CardRefused(
        _("The picture is damaged: it was cut off, or changed on its way.")
    )
