"""Documents that a persona answers from, and the passages that they are read into."""

from typing import Self, TypeVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from personas import limits
from personas.fields import LineField
from personas.models.persona import Persona


class DocumentQuerySet(models.QuerySet["Document"]):
    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Documents of the personas that the user may edit."""
        return self.filter(persona__in=Persona.objects.editable_by(user))

    def unread(self) -> Self:
        return self.filter(state=Document.State.UPLOADED)

    def inherited(self) -> Self:
        """Those that the persona that theirs was copied from has as well."""
        same = Document.objects.filter(
            persona=OuterRef("persona__copied_from"), sha256=OuterRef("sha256")
        )
        return self.filter(Exists(same))

    def copy_to(self, persona: Persona) -> None:
        """Give another persona the same documents, read as they are. Call it in a
        transaction."""
        for document in self.select_related("file"):
            passages = list(document.passages.all())
            content = document.file.content
            copy = _as_new(document, persona=persona)
            copy.save()
            DocumentFile.objects.create(document=copy, content=content)
            Passage.objects.bulk_create(
                [_as_new(p, document=copy, persona=persona) for p in passages],
                batch_size=500,
            )


class Document(models.Model):
    """One file. The worker reads it after the upload; only a ready one is searched."""

    class Kind(models.TextChoices):
        TXT = "txt", _("Text")
        MD = "md", _("Markdown")
        HTML = "html", _("HTML")
        PDF = "pdf", _("PDF")

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("waiting to be read")
        READY = "ready", _("ready")
        FAILED = "failed", _("could not be read")

    persona = models.ForeignKey(Persona, models.CASCADE, related_name="documents")
    title = LineField(
        _("title"),
        max_length=limits.LINE_MAX_CHARS,
        blank=True,
        help_text=_(
            "Shown as the source of an answer. Empty: the document's own title."
        ),
    )
    kind = models.CharField(_("kind"), max_length=4, choices=Kind)
    file_name = models.CharField(max_length=limits.FILE_NAME_MAX_CHARS)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State, default=State.UPLOADED)
    #: Why it could not be read, and what to do about it, in a sentence or two.
    problem = models.CharField(max_length=400, blank=True, default="")
    chars = models.PositiveIntegerField(default=0)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ("persona", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["persona", "sha256"],
                name="personas_document_once",
                violation_error_message=_("This very file is there already."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["uploaded", "ready", "failed"]),
                name="personas_document_known_state",
            ),
        )

    def __str__(self) -> str:
        return self.title or self.file_name


class DocumentFile(models.Model):
    """A document's bytes, in a row of their own, so that no list of documents loads them.

    They are kept in the database, because the worker that reads them may be on another
    machine, and so that a document can be read again.
    """

    document = models.OneToOneField(
        Document, models.CASCADE, primary_key=True, related_name="file"
    )
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"file of {self.document}"


class PassageQuerySet(models.QuerySet["Passage"]):
    def without_vector_of(self, model: str) -> Self:
        return self.exclude(vector_model=model)


class Passage(models.Model):
    """A few sentences of a document, found and quoted as one.

    `*_terms` are the texts as the full-text index wants them (`personas.knowledge.terms`).
    The database keeps that index in step by itself: by triggers on SQLite, by a generated
    column on PostgreSQL (migration 0004). Django makes a SQLite table anew when a migration
    alters it, and forgets its triggers; such a migration has to make them again.
    """

    persona = models.ForeignKey(Persona, models.CASCADE, related_name="+")
    document = models.ForeignKey(Document, models.CASCADE, related_name="passages")
    position = models.PositiveIntegerField()
    heading = models.CharField(max_length=400, blank=True, default="")
    page = models.PositiveIntegerField(null=True, blank=True)
    text = models.TextField()
    heading_terms = models.TextField(blank=True, default="")
    text_terms = models.TextField(blank=True, default="")
    #: Of length 1, as little-endian float32; empty without embeddings.
    vector = models.BinaryField(default=bytes)
    vector_model = models.CharField(max_length=200, blank=True, default="")

    objects = PassageQuerySet.as_manager()

    class Meta:
        ordering = ("document", "position")
        indexes = (
            models.Index(
                fields=["persona", "vector_model"], name="personas_passage_vectors"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["document", "position"], name="personas_passage_position_once"
            ),
        )

    def __str__(self) -> str:
        return f"passage {self.position} of {self.document_id}"


Row = TypeVar("Row", bound=models.Model)


def _as_new(row: Row, **values: models.Model) -> Row:
    """The row as one that is not in the database yet."""
    row.pk = None
    row._state.adding = True
    for name, value in values.items():
        setattr(row, name, value)
    return row
