"""A persona with a library that is read as an upload is."""

from pathlib import Path

from personas.knowledge import filing
from personas.knowledge.reading import Content
from personas.knowledge.reading.__main__ import check, read
from personas.models import Document, Persona

LIBRARY = Path(__file__).parent / "library"


def read_here(kind: str, data: bytes) -> Content:
    """In this process, which is quicker; that it is done in another has its own tests."""
    content = read(kind, data, max_pages=100)
    check(content, max_chars=100_000)
    return content


def add_and_read(persona: Persona, name: str, content: bytes) -> Document:
    """Take a document in, and do at once what the worker does."""
    document = filing.add(persona, filing.judge(name, content))
    filing.read(document.pk, read_here)
    document.refresh_from_db()
    return document


def fill(persona: Persona) -> None:
    """All of the library; a PDF goes the same way once it is read."""
    for path in sorted(LIBRARY.iterdir()):
        document = add_and_read(persona, path.name, path.read_bytes())
        assert document.state == Document.State.READY, document.problem
