"""What the admins of all apps share."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin import helpers
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


class ReadOnly:
    """What is looked at; the machinery alone writes it."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OnlyAlong:
    """Deleted with what it belongs to, by its cascade; never by itself here."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        meta = self.model._meta  # type: ignore[attr-defined]
        here = request.resolver_match
        own = f"admin:{meta.app_label}_{meta.model_name}_"
        if here and here.view_name.startswith(own):
            return False
        allowed: bool = super().has_delete_permission(request, obj)  # type: ignore[misc]
        return allowed

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """That it goes along with something is no reason to list it."""
        perms: dict[str, bool] = super().get_model_perms(request)  # type: ignore[misc]
        return perms | {"delete": False}


def asked_first(
    request: HttpRequest,
    own: "admin.ModelAdmin[Any]",
    *,
    action: str,
    title: str,
    words: str,
    verb: str,
    chosen: Iterable[Any],
) -> HttpResponse | None:
    """The page that asks before an action that ends something; None once it was agreed to.

    `chosen` are all that the action is about; what else was selected goes along unseen.
    """
    if request.POST.get("post"):
        return None
    context = own.admin_site.each_context(request) | {
        "title": title,
        "words": words,
        "verb": verb,
        "action": action,
        "chosen": list(chosen),
        "selected": request.POST.getlist(helpers.ACTION_CHECKBOX_NAME),
        "select_across": request.POST.get("select_across", "0"),
        "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        "opts": own.opts,
        "media": own.media,
    }
    return TemplateResponse(request, "admin/ask_first.html", context)
