"""The ledger of what was used, to look at and take away; and who may use how much."""

import csv
import io
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from asgiref.sync import async_to_sync
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from personas.admin import PersonaAdmin
from personas.admin_parts import ReadOnly
from personas.models import Persona, Team
from streaming import services
from streaming.admin_parting import PartsFirst
from streaming.models import EndReason, PersonaLimits, UsageEntry, UserLimits
from streaming.models.states import OPEN
from streaming.models.usage import UsageQuerySet
from streaming.spreadsheets import harmless

if TYPE_CHECKING:  # generic for the type checker alone
    UserModelAdmin = UserAdmin[User]
else:
    UserModelAdmin = UserAdmin

COLUMNS = ("began_at", "ended_at", "used_s", "user", "persona", "account", "session")


@admin.register(UsageEntry)
class UsageEntryAdmin(ReadOnly, admin.ModelAdmin[UsageEntry]):
    """Nothing here can be added, changed or deleted: it is what happened."""

    list_display = ("ended_at", "user_name", "persona_name", "account_name", "time")
    list_filter = (
        "ended_at",
        "account",
        ("persona", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("=user_name", "persona_name")
    search_help_text = _("A person’s whole name, or part of a persona’s.")
    date_hierarchy = "ended_at"
    list_per_page = 50
    show_full_result_count = False
    actions = ("export_as_csv",)

    @admin.display(description=_("used"), ordering="used")
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

    @admin.action(description=_("Export as CSV"), permissions=("view",))
    def export_as_csv(
        self, request: HttpRequest, entries: UsageQuerySet
    ) -> HttpResponse:
        headers = {"Content-Disposition": 'attachment; filename="usage.csv"'}
        return HttpResponse(
            as_csv(entries), content_type="text/csv; charset=utf-8", headers=headers
        )

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
                harmless(entry.user_name),
                harmless(entry.persona_name),
                harmless(entry.account_name),
                entry.session_id or "",
            )
        )
    return text.getvalue()


def in_hours(used: timedelta) -> str:
    """12:05:30.1: hours, minutes, and seconds to the tenth."""
    tenths = round(used.total_seconds() * 10)
    minutes, rest = divmod(tenths, 600)
    return f"{minutes // 60}:{minutes % 60:02}:{rest / 10:04.1f}"


# Who may use how much -----------------------------------------------------------------


class UserLimitsInline(admin.StackedInline[UserLimits, User]):
    model = UserLimits
    verbose_name_plural = _("limits (leave empty what is as for everybody)")


class PersonaLimitsInline(admin.StackedInline[PersonaLimits, Persona]):
    model = PersonaLimits
    verbose_name_plural = _("limits for all visitors together (empty: none)")


# Their own admins know nothing of sessions, and cannot: imports point the other way.
admin.site.unregister(User)
admin.site.unregister(Persona)


class KindFilter(admin.SimpleListFilter):
    """Whoever came by a key on another site has a row, too, but is nobody to look after."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("visitors", _("Visitors on other sites")), ("all", _("Both"))]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        yield {**first, "display": _("People")}
        yield from others

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> QuerySet[User]:
        match self.value():
            case "visitors":
                return queryset.exclude(visitor=None)
            case "all":
                return queryset
            case _:
                return queryset.filter(visitor=None)


@admin.register(User)
class LimitedUserAdmin(PartsFirst, UserModelAdmin):
    """People: who they are here, what they may do, and how much they may use."""

    # Django's two boxes with arrows name a picture that screen readers cannot reach.
    filter_horizontal = ()

    list_display = (
        "username",
        "email",
        "may_come_in",
        "is_staff",
        "open_sessions",
        "personas_count",
        "last_login",
    )
    list_filter = (
        KindFilter,
        "is_active",
        "is_staff",
        "groups",
        "last_login",
        "date_joined",
    )
    search_fields = ("username", "first_name", "last_name", "email", "teams__name")
    search_help_text = _("A name, an address, or a team.")
    date_hierarchy = "date_joined"
    list_per_page = 50
    inlines = (UserLimitsInline,)
    readonly_fields = ("last_login", "date_joined", "theirs")
    fieldsets = (
        (None, {"fields": ("username", "password", "theirs")}),
        (_("About them"), {"fields": ("first_name", "last_name", "email")}),
        (
            _("What they may do"),
            {
                "fields": ("is_active", "is_staff", "groups", "is_superuser"),
                "description": _(
                    "Whoever is staff comes into the admin and sees there what their "
                    "groups allow. Superusers may do everything."
                ),
            },
        ),
        (
            _("Single permissions"),
            {"fields": ("user_permissions",), "classes": ("collapse",)},
        ),
        (_("Times"), {"fields": ("last_login", "date_joined")}),
    )
    #: What only a superuser may hand out, else whoever may change people may do anything.
    POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        is_open = Q(sessions__state__in=OPEN)
        found: QuerySet[User] = super().get_queryset(request)
        return found.annotate(
            open_count=Count("sessions", filter=is_open, distinct=True),
            persona_count=Count("personas", distinct=True),
        )

    def get_readonly_fields(
        self, request: HttpRequest, obj: User | None = None
    ) -> tuple[str, ...]:
        kept = (*super().get_readonly_fields(request, obj),)
        return kept if request.user.is_superuser else (*kept, *self.POWERS)

    def has_change_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        """Nobody changes whoever may do more, nor comes in as other staff."""
        if obj is not None and _is_out_of_reach(obj, request.user):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        if obj is not None and _is_out_of_reach(obj, request.user):
            return False
        return super().has_delete_permission(request, obj)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """No team is left without an owner, and nobody out of reach goes in a batch."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        above = [
            gettext("%(name)s (only a superuser may)") % {"name": user}
            for user in objs
            if _is_out_of_reach(user, request.user)
        ]
        orphaned = [
            gettext("the team “%(team)s” (give it another owner first, or delete it)")
            % {"team": team}
            for team in Team.objects.owned_by_nobody_but(objs)
        ]
        return deleted, counts, lacking, [*protected, *above, *orphaned]

    def part(self, going: Iterable[User]) -> None:
        for user in going:
            async_to_sync(services.part_with)(
                user, going=[*user.personas.all()], reason=EndReason.STAFF_STOPPED
            )

    @admin.display(description=_("may come in"), boolean=True, ordering="is_active")
    def may_come_in(self, user: User) -> bool:
        return user.is_active

    @admin.display(description=_("open sessions"), ordering="open_count")
    def open_sessions(self, user: Any) -> SafeString | str:
        return _listed("streaming_session", "owner", user.pk, user.open_count)

    @admin.display(description=_("personas"), ordering="persona_count")
    def personas_count(self, user: Any) -> SafeString | str:
        return _listed("personas_persona", "owner", user.pk, user.persona_count)

    @admin.display(description=_("theirs"))
    def theirs(self, user: Any) -> SafeString | str:
        """Ways from here to what is theirs."""
        if user._state.adding:
            return "–"
        return format_html(
            '<a href="{}">{}</a> · <a href="{}?owner__id__exact={}">{}</a> · '
            '<a href="{}?owner__id__exact={}">{}</a>',
            _address("support", user.pk),
            _("How they fare"),
            _address("admin:streaming_session_changelist"),
            user.pk,
            _("Their sessions"),
            _address("admin:personas_persona_changelist"),
            user.pk,
            _("Their personas"),
        )


def _is_out_of_reach(user: User, asking: Any) -> bool:
    """Staff and superusers are changed by themselves and by superusers."""
    if asking.is_superuser:
        return False
    return user.is_superuser or (user.is_staff and user.pk != asking.pk)


def _listed(name: str, field: str, pk: int, count: int) -> SafeString | str:
    """A number that leads to the list of what it counts."""
    if not count:
        return "–"
    address = _address(f"admin:{name}_changelist")
    return format_html(
        '<a href="{}?{}__id__exact={}">{}</a>', address, field, pk, count
    )


def _address(name: str, *arguments: Any) -> str:
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:  # a portal without its pages
        return ""


@admin.register(Persona)
class LimitedPersonaAdmin(PartsFirst, PersonaAdmin):
    inlines = (PersonaLimitsInline, *PersonaAdmin.inlines)

    def part(self, going: Iterable[Persona]) -> None:
        async_to_sync(services.part_from)([*going])

    def _change(
        self, request: HttpRequest, queryset: QuerySet[Persona], **values: Any
    ) -> int:
        """Whoever talks to one that is archived now is sent away."""
        chosen = [persona.pk for persona in queryset]
        count = super()._change(request, queryset, **values)
        if values.get("archived_at"):
            self.part(Persona.objects.filter(pk__in=chosen).exclude(archived_at=None))
        return count
