"""Presentations in the admin: a script with its segments below it; and what was played."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chat.models import Script, ScriptRun, Segment
from personas.admin_parts import ReadOnly
from personas.admin_reach import SitesOwn
from personas.models import Exhibit

if TYPE_CHECKING:  # generic for the type checker alone
    SegmentModelForm = forms.ModelForm[Segment]
    SegmentTabularInline = admin.TabularInline[Segment, Script]
    ScriptModelAdmin = admin.ModelAdmin[Script]
    ScriptRunModelAdmin = admin.ModelAdmin[ScriptRun]
else:
    SegmentModelForm = forms.ModelForm
    SegmentTabularInline = admin.TabularInline
    ScriptModelAdmin = ScriptRunModelAdmin = admin.ModelAdmin

#: A segment without a number goes behind the others.
_LAST = 1_000_000


class SegmentForm(SegmentModelForm):
    number = forms.IntegerField(required=False, min_value=1, label=_("order"))

    class Meta:
        model = Segment
        fields = ("number", "text", "pause_after_s", "exhibit", "waits_for")
        widgets = {"text": forms.Textarea(attrs={"rows": 4, "cols": 60})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.initial["number"] = None

    def clean_number(self) -> int:
        return self.cleaned_data["number"] or _LAST


class SegmentInline(SegmentTabularInline):
    model = Segment
    form = SegmentForm
    extra = 1

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        """To show there is only what the script's own persona has."""
        if db_field.name == "exhibit" and request.resolver_match:
            script = request.resolver_match.kwargs.get("object_id")
            kwargs["queryset"] = Exhibit.objects.filter(
                persona__scripts=script
            ).fit_to_show()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Script)
class ScriptAdmin(SitesOwn, ScriptModelAdmin):
    """A new script gets its persona first, since that decides what its segments show."""

    list_display = ("title", "persona", "segment_count", "length", "updated_at")
    list_select_related = ("persona",)
    list_filter = ("updated_at",)
    date_hierarchy = "updated_at"
    list_per_page = 50
    search_help_text = _("A title, a persona, or words of its text.")
    search_fields = ("title", "slug", "persona__name", "segments__text")
    autocomplete_fields = ("persona",)
    readonly_fields = ("updated_at",)
    fields = ("persona", "title", "slug", "resumes_by_itself", "updated_at")
    inlines = (SegmentInline,)

    def get_inlines(self, request: HttpRequest, obj: Script | None) -> Any:
        return self.inlines if obj else ()

    def get_readonly_fields(
        self, request: HttpRequest, obj: Script | None = None
    ) -> tuple[str, ...]:
        return ("updated_at",) if obj is None else ("updated_at", "persona")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Script]":
        found = super().get_queryset(request).prefetch_related("segments")
        counted: QuerySet[Script] = found.annotate(
            segment_count=Count("segments", distinct=True)
        )
        return counted

    @admin.display(description=_("segments"), ordering="segment_count")
    def segment_count(self, script: Any) -> int:
        count: int = script.segment_count
        return count

    @admin.display(description=_("length"))
    def length(self, script: Script) -> str:
        seconds = round(script.estimated_s())
        return f"{seconds // 60}:{seconds % 60:02}"

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        form.instance.renumber()


@admin.register(ScriptRun)
class ScriptRunAdmin(ReadOnly, ScriptRunModelAdmin):
    """What was presented, to look at: players alone write here."""

    list_display = ("title", "session", "state", "why", "segment", "of", "created_at")
    list_filter = ("state", "created_at")
    list_select_related = ("session",)
    date_hierarchy = "created_at"
    list_per_page = 50
    search_fields = ("title", "session__owner__username")
    search_help_text = _("A presentation’s title, or a person.")
    exclude = ("player", "player_until", "plan")
