"""A file's bytes as blocks of text. Knows nothing of Django, and trusts no file.

`python -m personas.knowledge.reading KIND` reads a file from its standard input, within
limits of time and memory, and prints what it found as JSON.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a list item or a table row."""

    text: str
    #: The headings above it, the widest first.
    headings: tuple[str, ...] = ()
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What was read: the document's own title, or "", and its text in order."""

    title: str = ""
    blocks: list[Block] = field(default_factory=list)


class CannotRead(Exception):
    """The file cannot be read; the message says why, and the way out, for people."""
