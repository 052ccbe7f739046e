"""A script from plain text: what is between empty lines is a segment, `---` a pause."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chat.models import Segment
from chat.models.script import (
    DEFAULT_PAUSE_S,
    PAUSE_MAX_S,
    SEGMENT_MAX_CHARS,
    SEGMENTS_MAX,
)
from chat.scripts.position import sentences_of
from chat.sentences import pieces

#: What one `---` adds to the pause before it.
PAUSE_MARK_S = 2.0
#: A script that takes longer than this is no script.
TEXT_MAX_CHARS = 200_000

_PAUSE_LINE = re.compile(r"---+\s*(?P<seconds>\d+(?:\.\d+)?)?\s*s?")


def segments_from_text(text: str) -> list[Segment]:
    """Segments that belong to no script yet, in order.

    A line `---` makes the pause before it longer, `--- 5` makes it five seconds. Lines
    within a segment are joined. What is too long for one segment becomes several, parted
    at sentences. Raises `ValidationError` when there is nothing to say, or too much.
    """
    segments: list[Segment] = []
    for paragraph in _paragraphs(text):
        pause = _PAUSE_LINE.fullmatch(paragraph)
        if pause and segments:
            _lengthen(segments[-1], pause["seconds"])
        elif not pause:
            segments += [Segment(text=part) for part in _parts(paragraph)]
    if not segments:
        raise ValidationError(_("There is nothing to say in this text."))
    if len(segments) > SEGMENTS_MAX:
        raise ValidationError(
            _("These are %(count)s segments; a presentation has at most %(most)s."),
            params={"count": len(segments), "most": SEGMENTS_MAX},
        )
    return segments


def _paragraphs(text: str) -> list[str]:
    """Blocks of lines as one line each; a line with a pause is a block of its own."""
    blocks: list[list[str]] = [[]]
    for line in (line.strip() for line in text.splitlines()):
        if _PAUSE_LINE.fullmatch(line):
            blocks += [[line], []]
        elif line:
            blocks[-1].append(line)
        else:
            blocks.append([])
    return [" ".join(lines) for lines in blocks if lines]


def _parts(paragraph: str) -> list[str]:
    is_long = len(paragraph) > SEGMENT_MAX_CHARS
    parts = pieces(paragraph) if is_long else [paragraph]
    return [part for part in parts if sentences_of(part)]


def _lengthen(segment: Segment, seconds: str | None) -> None:
    pause_s = float(seconds) if seconds else segment.pause_after_s + PAUSE_MARK_S
    if not seconds and segment.pause_after_s == DEFAULT_PAUSE_S:
        pause_s = PAUSE_MARK_S
    segment.pause_after_s = min(pause_s, PAUSE_MAX_S)
