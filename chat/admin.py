"""Conversations in the admin: to look at when something went wrong; never to edit.

What a persona remembers of somebody is theirs alone: staff see how much it is.
"""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation, Memory, Piece, Turn
from chat.scripts.admin import ScriptAdmin as ScriptAdmin
from personas.admin_parts import OnlyAlong, ReadOnly


@admin.register(Conversation)
class ConversationAdmin(ReadOnly, admin.ModelAdmin[Conversation]):
    list_display = (
        "__str__",
        "owner",
        "with_whom",
        "created_at",
        "last_turn_at",
        "turns",
    )
    list_select_related = ("owner", "persona")
    list_filter = ("last_turn_at",)
    search_fields = ("id", "owner__username", "persona_name")
    search_help_text = _("A person, or the name of a persona.")
    date_hierarchy = "last_turn_at"
    list_per_page = 50
    fields = (
        "id",
        "owner",
        "persona",
        "persona_name",
        "created_at",
        "last_turn_at",
        "turns",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversation]:
        return super().get_queryset(request).annotate(count=Count("turns"))

    @admin.display(description=_("turns"), ordering="count")
    def turns(self, conversation: Any) -> SafeString:
        address = reverse("admin:chat_turn_changelist")
        return format_html(
            '<a href="{}?conversation__id__exact={}">{}</a>',
            address,
            conversation.pk,
            conversation.count,
        )


class PieceInline(ReadOnly, admin.TabularInline[Piece, Turn]):
    """What the avatar was handed, and how much of it was heard."""

    model = Piece
    fields = ("number", "text", "heard_chars", "begins_at", "duration_s", "is_filler")
    readonly_fields = fields
    can_delete = False


class FailureFilter(admin.SimpleListFilter):
    """Which turns failed, by the code; most have none."""

    title = _("failed")
    parameter_name = "failed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        codes = Turn.objects.exclude(failed="").order_by("failed")
        return [
            (code, code) for code in codes.values_list("failed", flat=True).distinct()
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Turn]
    ) -> QuerySet[Turn]:
        return queryset.filter(failed=self.value()) if self.value() else queryset


@admin.register(Turn)
class TurnAdmin(ReadOnly, admin.ModelAdmin[Turn]):
    list_display = (
        "__str__",
        "created_at",
        "kind",
        "words",
        "first_delta_ms",
        "talk_ms",
        "interrupted",
        "failed",
    )
    list_filter = ("kind", "interrupted", FailureFilter, "created_at")
    search_fields = ("session__id", "conversation__owner__username")
    search_help_text = _("A session’s number, or a person.")
    list_select_related = ("session", "conversation")
    list_per_page = 50
    show_full_result_count = False
    raw_id_fields = ("session", "conversation")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    exclude = ("folded",)
    inlines = (PieceInline,)

    @admin.display(description=_("prompt"))
    def words(self, turn: Turn) -> str:
        return turn.prompt if len(turn.prompt) <= 60 else f"{turn.prompt[:59]}…"

    def lookup_allowed(
        self, lookup: str, value: str, request: HttpRequest | None = None
    ) -> bool:
        """Also those of one conversation, to which its page leads."""
        wanted = lookup == "conversation__id__exact"
        return wanted or super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Turns go with their conversation, or with its owner; never one by one here."""
        here = request.resolver_match
        return not (here and here.view_name.startswith("admin:chat_turn_"))

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """That they go along with others is no reason to list them."""
        return super().get_model_perms(request) | {"delete": False}


@admin.register(Memory)
class MemoryAdmin(ReadOnly, OnlyAlong, admin.ModelAdmin[Memory]):
    """Whether somebody is remembered, and in how many facts."""

    list_display = ("owner", "persona", "is_on", "on_since", "fact_count")
    list_filter = ("is_on", "on_since")
    list_per_page = 50
    search_help_text = _("A person, or a persona.")
    list_select_related = ("owner", "persona")
    search_fields = ("owner__username", "persona__name")
    fields = list_display
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Memory]:
        return super().get_queryset(request).annotate(count=Count("facts"))

    @admin.display(description=_("facts"), ordering="count")
    def fact_count(self, memory: Any) -> int:
        return int(memory.count)
