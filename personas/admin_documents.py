"""Documents in the admin: below their persona, to upload and remove, and in a list."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from personas import limits
from personas.admin_reach import SitesOwn
from personas.knowledge import filing
from personas.knowledge.errors import DocumentRefused
from personas.models import Document, Passage, Persona

if TYPE_CHECKING:  # generic for the type checker alone
    DocumentModelForm = forms.ModelForm[Document]
    DocumentInlineFormSet = forms.BaseInlineFormSet[Document, Persona, Any]
    DocumentTabularInline = admin.TabularInline[Document, Persona]
    DocumentModelAdmin = admin.ModelAdmin[Document]
else:
    DocumentModelForm = forms.ModelForm
    DocumentInlineFormSet = forms.BaseInlineFormSet
    DocumentTabularInline = admin.TabularInline
    DocumentModelAdmin = admin.ModelAdmin

_ACCEPTED = ",".join(filing.KINDS)
_PASSAGES_SHOWN = 200
#: How Django begins the lines of rows that nobody knows as such.
_PIECES = ("Passage: ", "Document file: ")


class Words(forms.Widget):
    """A text where others have a control.

    The formset asks its first form alone whether there are files to be sent.
    """

    needs_multipart_form = True

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        return format_html("{}", self._text)


class DocumentForm(DocumentModelForm):
    """A new document is a file; of one that is there only the title can be changed."""

    file = forms.FileField(
        label=_("file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": _ACCEPTED}),
        help_text=format_lazy(
            _("Text, Markdown, HTML or PDF with text, at most {most} MB."),
            most=limits.DOCUMENT_MAX_BYTES // 1_000_000,
        ),
    )
    read_again = forms.BooleanField(label=_("read again"), required=False)

    upload: filing.Upload | None = None

    class Meta:
        model = Document
        fields = ("title",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self._show("read_again", "")
        else:
            self._show("file", self.instance.file_name)
            # It may have got its own title since the page was made.
            self.fields["title"].show_hidden_initial = True

    def _show(self, name: str, text: str) -> None:
        """Words in place of what cannot be changed here; its column stays."""
        self.fields[name].disabled = True
        self.fields[name].help_text = ""
        self.fields[name].widget = Words(text)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.instance._state.adding:
            return given
        if "file" in given:
            self.upload = self._judged(given["file"])
        return given

    def _judged(self, file: Any) -> filing.Upload | None:
        if not file:
            self.add_error("file", gettext("Choose a file."))
            return None
        try:
            if file.size > limits.DOCUMENT_MAX_BYTES:
                raise filing.too_large(file.size)
            return filing.judge(file.name, file.read())
        except DocumentRefused as exc:
            self.add_error(
                "file", gettext("The file %(problem)s") % {"problem": exc.problem}
            )
            return None


class DocumentFormSet(DocumentInlineFormSet):
    """Files that are there already, or one too many, are told at the file."""

    added_by: User | None = None

    def clean(self) -> None:
        super().clean()
        kept = {
            form.instance.sha256
            for form in self.initial_forms
            if form not in self.deleted_forms
        }
        for form in self.extra_forms:
            upload = getattr(form, "upload", None)
            if upload is None:
                continue
            if upload.sha256 in kept:
                form.add_error("file", gettext("This very file is there already."))
            kept.add(upload.sha256)
        if len(kept) > limits.DOCUMENTS_MAX:
            raise ValidationError(
                gettext(
                    "A persona has at most %(most)d documents. Delete one, or join some."
                ),
                params={"most": limits.DOCUMENTS_MAX},
            )

    def save_new(self, form: Any, commit: bool = True) -> Document:
        """The persona exists by now. What `clean` has let through is taken in."""
        return filing.add(
            self.instance,
            form.upload,
            title=form.cleaned_data.get("title", ""),
            added_by=self.added_by,
        )

    def save_existing(self, form: Any, obj: Document, commit: bool = True) -> Document:
        document: Document = super().save_existing(form, obj, commit=commit)
        if form.cleaned_data.get("read_again") or "title" in form.changed_data:
            filing.read_again(document)  # the title is searched with every passage
        return document


class DocumentInline(DocumentTabularInline):
    model = Document
    form = DocumentForm
    formset = DocumentFormSet
    fields = ("title", "file", "read_again", "standing", "size", "created_at")
    readonly_fields = ("standing", "size", "created_at")
    extra = 1
    verbose_name_plural = _("Documents that it answers from")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        found: QuerySet[Document] = super().get_queryset(request)
        counted: QuerySet[Document] = found.annotate(passage_count=Count("passages"))
        return counted

    def get_formset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """A class of its own for each request, which may know who makes it."""
        formset: Any = super().get_formset(request, *args, **kwargs)
        formset.added_by = request.user
        return formset

    @admin.display(description=_("state"))
    def standing(self, document: Document) -> str:
        return standing(document)

    @admin.display(description=_("size"))
    def size(self, document: Document) -> str:
        return "" if document._state.adding else filesizeformat(document.size_bytes)


@admin.register(Document)
class DocumentAdmin(SitesOwn, DocumentModelAdmin):
    """All documents, above all those that could not be read; they are added to a persona."""

    list_display = ("__str__", "persona", "kind", "standing", "size", "created_at")
    list_filter = ("state", "kind", "created_at")
    date_hierarchy = "created_at"
    list_per_page = 50
    search_help_text = _("A title, a file’s name, or a persona.")
    list_select_related = ("persona",)
    search_fields = ("title", "file_name", "persona__name")
    actions = ("read_again",)
    fields = (
        "title",
        "persona",
        "file_name",
        "standing",
        "size",
        "added_by",
        "created_at",
        "read_at",
        "what_was_read",
    )
    readonly_fields = fields[1:]

    class Media:
        css = {"all": ("personas/admin.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        found: QuerySet[Document] = super().get_queryset(request)
        counted: QuerySet[Document] = found.annotate(passage_count=Count("passages"))
        return counted

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Document, form: Any, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if form.changed_data:  # the title is searched with every passage
            filing.read_again(obj)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return without_passages(deleted), counts, lacking, protected

    @admin.display(description=_("state"), ordering="state")
    def standing(self, document: Document) -> str:
        return standing(document)

    @admin.display(description=_("size"), ordering="size_bytes")
    def size(self, document: Document) -> str:
        return filesizeformat(document.size_bytes)

    @admin.display(description=_("what was read"))
    def what_was_read(self, document: Document) -> SafeString:
        passages = document.passages.defer("vector")[:_PASSAGES_SHOWN]
        text = "\n\n".join(map(_in_words, passages))
        return format_html('<pre class="prompt-preview">{}</pre>', text)

    @admin.action(description=_("Read again"), permissions=["change"])
    def read_again(self, request: HttpRequest, queryset: QuerySet[Document]) -> None:
        for document in queryset:
            filing.read_again(document)
        self.message_user(request, gettext("They are read again; look in a moment."))


def standing(document: Document) -> str:
    """Its state in words, with what came of reading it."""
    if document._state.adding:
        return ""
    match document.state:
        case Document.State.READY:
            count = getattr(document, "passage_count", 0)
            words = ngettext(
                "ready: %(chars)s characters in %(count)d passage",
                "ready: %(chars)s characters in %(count)d passages",
                count,
            )
            return words % {"chars": f"{document.chars:,}", "count": count}
        case Document.State.FAILED:
            return document.problem
        case _:
            return gettext("waiting to be read; reload in a moment")


def without_passages(listed: list[Any]) -> list[Any]:
    """What will be deleted, without the thousand pieces of a document: it says enough."""
    whole = [item for item in listed if not str(item).startswith(_PIECES)]
    return [
        without_passages(item) if isinstance(item, list) else item for item in whole
    ]


def _in_words(passage: Passage) -> str:
    page = gettext("page %(number)d") % {"number": passage.page or 0}
    where = [page] if passage.page else []
    return " · ".join([*where, passage.heading]).strip(" ·") + f"\n{passage.text}"
