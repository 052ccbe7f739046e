"""The ledger of what was used, to look at and take away; and who may use how much."""

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from personas.admin import PersonaAdmin
from personas.models import Persona
from streaming.models import PersonaLimits, UsageEntry, UserLimits
from streaming.models.usage import UsageQuerySet

if TYPE_CHECKING:  # generic for the type checker alone
    UserModelAdmin = UserAdmin[User]
else:
    UserModelAdmin = UserAdmin

COLUMNS = ("began_at", "ended_at", "used_s", "user", "persona", "account", "session")


@admin.register(UsageEntry)
class UsageEntryAdmin(admin.ModelAdmin[UsageEntry]):
    """Nothing here can be added, changed or deleted: it is what happened."""

    list_display = ("ended_at", "user_name", "persona_name", "account_name", "time")
    list_filter = (
        "ended_at",
        "account",
        ("persona", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("=user_name", "persona_name")
    search_help_text = "A user's whole name, or part of a persona's."
    date_hierarchy = "ended_at"
    actions = ("export_as_csv",)

    @admin.display(description="used", ordering="used")
    def time(self, entry: UsageEntry) -> str:
        return in_hours(entry.used)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, and what all rows that the filters leave come to."""
        page = super().changelist_view(request, extra_context)
        shown = getattr(page, "context_data", {}).get("cl")
        if shown is not None:
            page.context_data["total"] = in_hours(shown.queryset.total())  # type: ignore[attr-defined]
        return page

    @admin.action(description="Export as CSV", permissions=("view",))
    def export_as_csv(
        self, request: HttpRequest, entries: UsageQuerySet
    ) -> HttpResponse:
        headers = {"Content-Disposition": 'attachment; filename="usage.csv"'}
        return HttpResponse(
            as_csv(entries), content_type="text/csv; charset=utf-8", headers=headers
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def as_csv(entries: QuerySet[UsageEntry]) -> str:
    """One row a session, in UTC and in seconds, to the microsecond."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    for entry in entries.iterator():
        rows.writerow(
            (
                entry.began_at.isoformat(),
                entry.ended_at.isoformat(),
                f"{entry.used.total_seconds():.6f}",
                _harmless(entry.user_name),
                _harmless(entry.persona_name),
                _harmless(entry.account_name),
                entry.session_id or "",
            )
        )
    return text.getvalue()


def _harmless(name: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r")) else name


def in_hours(used: timedelta) -> str:
    """12:05:30.1: hours, minutes, and seconds to the tenth."""
    tenths = round(used.total_seconds() * 10)
    minutes, rest = divmod(tenths, 600)
    return f"{minutes // 60}:{minutes % 60:02}:{rest / 10:04.1f}"


# Who may use how much -----------------------------------------------------------------


class UserLimitsInline(admin.StackedInline[UserLimits, User]):
    model = UserLimits
    verbose_name_plural = "limits (leave empty what is as for everybody)"


class PersonaLimitsInline(admin.StackedInline[PersonaLimits, Persona]):
    model = PersonaLimits
    verbose_name_plural = "limits for all visitors together (empty: none)"


# Their own admins know nothing of sessions, and cannot: imports point the other way.
admin.site.unregister(User)
admin.site.unregister(Persona)


@admin.register(User)
class LimitedUserAdmin(UserModelAdmin):
    inlines = (UserLimitsInline,)


@admin.register(Persona)
class LimitedPersonaAdmin(PersonaAdmin):
    inlines = (PersonaLimitsInline, *PersonaAdmin.inlines)
