"""Keys to personas on other sites, and how many came by them."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from streaming.embedding import upkeep
from streaming.models import EmbedKey


@admin.register(EmbedKey)
class EmbedKeyAdmin(admin.ModelAdmin[EmbedKey]):
    """Made on the persona's own page; here staff see all, and switch off what misbehaves."""

    list_display = (
        "name",
        "persona",
        "owner",
        "is_on",
        "sites",
        "visitor_count",
        "last_used_at",
    )
    list_filter = ("is_on", "last_used_at")
    list_select_related = ("persona", "owner")
    date_hierarchy = "created_at"
    list_per_page = 50
    search_help_text = _("A name, a key, a persona, a person, or a site.")
    search_fields = ("name", "=key", "persona__name", "owner__username", "origins")
    readonly_fields = ("key", "persona", "owner", "created_at", "last_used_at")
    actions = ("switch_off", "switch_on")

    def get_queryset(self, request: HttpRequest) -> QuerySet[EmbedKey]:
        return super().get_queryset(request).annotate(count=Count("visitors"))

    @admin.display(description=_("sites"))
    def sites(self, key: EmbedKey) -> str:
        return ", ".join(key.origins)

    @admin.display(description=_("visitors"), ordering="count")
    def visitor_count(self, key: Any) -> int:
        return int(key.count)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: EmbedKey, form: Any, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if not obj.is_on:
            upkeep.stop_sessions(obj)

    def delete_model(self, request: HttpRequest, obj: EmbedKey) -> None:
        upkeep.discard(obj)

    def delete_queryset(
        self, request: HttpRequest, queryset: QuerySet[EmbedKey]
    ) -> None:
        for key in queryset:
            upkeep.discard(key)

    @admin.action(
        description=_("Switch off, and stop what goes on"), permissions=["change"]
    )
    def switch_off(self, request: HttpRequest, keys: QuerySet[EmbedKey]) -> None:
        for key in keys:
            upkeep.switch(key, on=False)
        self.message_user(
            request, gettext("Nobody comes in by the selected keys any more.")
        )

    @admin.action(description=_("Switch on"), permissions=["change"])
    def switch_on(self, request: HttpRequest, keys: QuerySet[EmbedKey]) -> None:
        for key in keys:
            upkeep.switch(key, on=True)
        self.message_user(request, gettext("The selected keys let people in again."))
