"""Documents taken in, read and removed.

Taking one in keeps its bytes and asks the worker to read them. Reading is no part of any
transaction; only what came of it is written in one, so a document's old passages are
found until the new ones are there.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Sum
from django.utils.timezone import now
from django.utils.translation import gettext

from personas import limits
from personas.knowledge import isolated
from personas.knowledge.chunking import Chunk, chunks
from personas.knowledge.errors import DocumentRefused
from personas.knowledge.reading import CannotRead, Content
from personas.knowledge.terms import index_terms
from personas.models import Document, DocumentFile, Passage, Persona

KINDS = {
    ".txt": Document.Kind.TXT,
    ".text": Document.Kind.TXT,
    ".md": Document.Kind.MD,
    ".markdown": Document.Kind.MD,
    ".html": Document.Kind.HTML,
    ".htm": Document.Kind.HTML,
    ".pdf": Document.Kind.PDF,
}
_PDF_MARK = b"%PDF-"
_PDF_MARK_WITHIN = 1024
_HEADING_MAX_CHARS = Passage._meta.get_field("heading").max_length or 0
_PROBLEM_MAX_CHARS = Document._meta.get_field("problem").max_length or 0


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as somebody gives it; `judge` makes one."""

    file_name: str
    kind: Document.Kind
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


# Taking in ------------------------------------------------------------------------------


def judge(file_name: str, content: bytes) -> Upload:
    """What can be said of a file by looking at it. Raises `DocumentRefused`."""
    name = re.sub(r"[\x00-\x1f]", "", PurePath(file_name.replace("\\", "/")).name)
    kind = KINDS.get(PurePath(name).suffix.lower())
    if kind is None:
        raise DocumentRefused(
            "file",
            gettext("must be a .txt, .md, .html or .pdf file, and be named so."),
        )
    if not content:
        raise DocumentRefused("file", gettext("is empty."))
    if len(content) > limits.DOCUMENT_MAX_BYTES:
        raise too_large(len(content))
    is_pdf = _PDF_MARK in content[:_PDF_MARK_WITHIN]
    if is_pdf != (kind == Document.Kind.PDF):
        really = (
            gettext("is a PDF, whatever its name says. Rename it.")
            if is_pdf
            else gettext("is no PDF, whatever its name says. Rename it.")
        )
        raise DocumentRefused("file", really)
    return Upload(name[-limits.FILE_NAME_MAX_CHARS :], kind, content)


def too_large(size_bytes: int) -> DocumentRefused:
    return DocumentRefused(
        "file",
        gettext(
            "has %(mb)s MB; at most %(most)s MB are read. Split it, or save it without "
            "pictures."
        )
        % {
            "mb": f"{size_bytes / 1e6:.1f}",
            "most": f"{limits.DOCUMENT_MAX_BYTES / 1e6:.0f}",
        },
    )


def add(
    persona: Persona, upload: Upload, *, title: str = "", added_by: User | None = None
) -> Document:
    """Take a document in; the worker reads it once this is committed.

    Raises `DocumentRefused` when it is there already, or when there are enough.
    """
    sha256 = upload.sha256
    with transaction.atomic():
        _lock(persona.pk)
        _check_room(persona, sha256)
        document = Document.objects.create(
            persona=persona,
            title=title,
            kind=upload.kind,
            file_name=upload.file_name,
            size_bytes=len(upload.content),
            sha256=sha256,
            added_by=added_by,
        )
        DocumentFile.objects.create(document=document, content=upload.content)
        _have_read(document)
    return document


def read_again(document: Document) -> None:
    """Have the worker read it again, from the bytes that were uploaded."""
    with transaction.atomic():
        Document.objects.filter(pk=document.pk).update(
            state=Document.State.UPLOADED, problem=""
        )
        _have_read(document)


def _lock(persona_id: int) -> None:
    """One at a time per persona, so that no two of them both find the last room."""
    Persona.objects.select_for_update().only("pk").get(pk=persona_id)


def _check_room(persona: Persona, sha256: str) -> None:
    documents = Document.objects.filter(persona=persona)
    if same := documents.filter(sha256=sha256).first():
        raise DocumentRefused(
            "file",
            gettext("is there already, as “%(title)s”. Delete that first.")
            % {"title": same},
        )
    if documents.count() >= limits.DOCUMENTS_MAX:
        raise DocumentRefused(
            "file",
            gettext(
                "would be one too many: a persona has at most %(most)s documents. "
                "Delete one, or join some."
            )
            % {"most": limits.DOCUMENTS_MAX},
        )


def _have_read(document: Document) -> None:
    from personas import tasks  # which imports us

    transaction.on_commit(partial(tasks.read_document, document.pk), robust=True)


# Reading --------------------------------------------------------------------------------


Reader = Callable[[str, bytes], Content]


def read(document_id: int, reader: Reader = isolated.read) -> None:
    """Read a document's file, and make its passages anew. Safe to repeat.

    Not in a transaction: it takes seconds. What is wrong with the file is noted in words.
    """
    documents = Document.objects.select_related("file")
    document = documents.filter(pk=document_id).first()
    if document is None:  # deleted meanwhile
        return
    try:
        content = reader(document.kind, bytes(document.file.content))
        document.title = document.title or _title(content, document.file_name)
        document.chars = sum(len(block.text) for block in content.blocks)
        _keep(document, _passages(document, content))
    except CannotRead as exc:
        _give_up(document, str(exc))


def _passages(document: Document, content: Content) -> list[Passage]:
    return [
        _passage(document, at, chunk) for at, chunk in enumerate(chunks(content.blocks))
    ]


def _passage(document: Document, at: int, chunk: Chunk) -> Passage:
    headings = [text for text in chunk.headings if text != document.title]
    heading = " › ".join(headings)[:_HEADING_MAX_CHARS]
    return Passage(
        persona_id=document.persona_id,
        document_id=document.pk,
        position=at,
        heading=heading,
        page=chunk.page,
        text=chunk.text,
        heading_terms=index_terms(f"{document.title} {heading}"),
        text_terms=index_terms(chunk.text),
    )


def _title(content: Content, file_name: str) -> str:
    """The document's own title, as one line, or the file's name."""
    own = "".join(char for char in content.title if char.isprintable()).strip()
    return (own or PurePath(file_name).stem)[: limits.LINE_MAX_CHARS]


def _keep(document: Document, passages: list[Passage]) -> None:
    """Raises `CannotRead` when it is too much for the persona, together with the others."""
    with transaction.atomic():
        _lock(document.persona_id)
        kept = Document.objects.filter(pk=document.pk)
        if not kept.exists():
            return
        _check_whole(document, len(passages))
        Passage.objects.filter(document=document.pk).delete()
        Passage.objects.bulk_create(passages, batch_size=500)
        kept.update(
            state=Document.State.READY,
            problem="",
            title=document.title,
            chars=document.chars,
            read_at=now(),
        )


def _check_whole(document: Document, passages: int) -> None:
    others = Document.objects.filter(persona=document.persona_id)
    others = others.exclude(pk=document.pk)
    chars = document.chars + (others.aggregate(chars=Sum("chars"))["chars"] or 0)
    passages += Passage.objects.filter(document__in=others).count()
    if chars > limits.DOCUMENTS_MAX_CHARS or passages > limits.PASSAGES_MAX:
        raise CannotRead(
            f"With it, the persona's documents come to {chars:,} characters in "
            f"{passages:,} passages; at most {limits.DOCUMENTS_MAX_CHARS:,} in "
            f"{limits.PASSAGES_MAX:,} are searched. Delete another and read it again."
        )


def _give_up(document: Document, problem: str) -> None:
    with transaction.atomic():
        Passage.objects.filter(document=document.pk).delete()
        Document.objects.filter(pk=document.pk).update(
            state=Document.State.FAILED,
            problem=problem[:_PROBLEM_MAX_CHARS],
            chars=0,
            read_at=now(),
        )
