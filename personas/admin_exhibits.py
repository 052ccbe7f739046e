"""What personas show, in the admin: pictures are uploaded, seen and made anew here too."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from personas.admin_reach import SitesOwn
from personas.exhibit_forms import ExhibitForm
from personas.models import Exhibit

if TYPE_CHECKING:  # generic for the type checker alone
    ExhibitModelAdmin = admin.ModelAdmin[Exhibit]
else:
    ExhibitModelAdmin = admin.ModelAdmin


@admin.register(Exhibit)
class ExhibitAdmin(SitesOwn, ExhibitModelAdmin):
    """The persona is chosen once: names are unique within it, and scripts rely on them."""

    form = ExhibitForm
    list_display = ("title", "name", "persona", "kind", "leads_to")
    list_filter = ("kind",)
    list_per_page = 50
    search_help_text = _("A title, a name, a description, or a persona.")
    list_select_related = ("persona",)
    search_fields = ("title", "name", "alt", "address", "persona__name")
    autocomplete_fields = ("persona",)
    fields = (
        "persona",
        "name",
        "kind",
        "title",
        "alt",
        "upload",
        "preview",
        "address",
    )
    readonly_fields = ("preview",)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Exhibit | None = None
    ) -> tuple[str, ...]:
        return ("preview",) if obj is None else ("preview", "persona", "name")

    @admin.display(description=_("leads to"))
    def leads_to(self, exhibit: Exhibit) -> str:
        return exhibit.address if exhibit.kind == Exhibit.Kind.LINK else ""

    @admin.display(description=_("as it is shown"))
    def preview(self, exhibit: Exhibit) -> SafeString | str:
        if exhibit.kind != Exhibit.Kind.IMAGE or not exhibit.url:
            return "–"
        return format_html(
            '<img src="{}" alt="{}" width="{}" height="{}">',
            exhibit.url,
            exhibit.alt,
            *_within(exhibit.width_px or 1, exhibit.height_px or 1, most_px=320),
        )

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Exhibit]":
        return super().get_queryset(request).select_related("persona")

    def save_model(
        self, request: HttpRequest, obj: Exhibit, form: Any, change: bool
    ) -> None:
        form.keep()


def _within(width: int, height: int, *, most_px: int) -> tuple[int, int]:
    scale = min(1.0, most_px / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))
