"""Which files a conversation can be had as, and what they are called."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.timezone import localtime

from chat.transcripts.as_json import as_json
from chat.transcripts.text import as_text
from chat.transcripts.timeline import Extent, Speakers
from chat.transcripts.webvtt import as_webvtt

Writer = Callable[[Extent, Speakers], AsyncGenerator[str, None]]


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file: its ending is its name."""

    content_type: str
    write: Writer


FORMATS = {
    "txt": Format("text/plain; charset=utf-8", as_text),
    "json": Format("application/json; charset=utf-8", as_json),
    "vtt": Format("text/vtt; charset=utf-8", as_webvtt),
}


def file_name(extent: Extent, ending: str) -> str:
    """With whom and when: `anna-2026-11-21-0935.vtt`."""
    who = slugify(extent.conversation.with_whom, allow_unicode=True) or "conversation"
    return f"{who}-{localtime(extent.began_at):%Y-%m-%d-%H%M}.{ending}"


def transcript(extent: Extent, ending: str, visitor: str) -> StreamingHttpResponse:
    """The whole file as a download, written while it is read. Raises `KeyError`."""
    kind = FORMATS[ending]
    disposition = content_disposition_header(True, file_name(extent, ending))
    return StreamingHttpResponse(
        kind.write(extent, Speakers(extent.conversation.with_whom, visitor)),
        content_type=kind.content_type,
        headers={"Content-Disposition": disposition, "Cache-Control": "no-store"},
    )
