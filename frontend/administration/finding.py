"""One search over everything that has a list in the admin, as far as one may see it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from frontend.administration.menu import name_of
from streaming.admin import in_a_line
from streaming.models import Session

#: In this order; so many of each.
SEARCHED = (
    "auth.User",
    "personas.Persona",
    "personas.Team",
    "streaming.Session",
    "streaming.Account",
    "personas.Document",
    "chat.Script",
)
MOST = 8
MAX_CHARS = 200


@dataclass(frozen=True, slots=True)
class Hits:
    name: str
    rows: list[dict[str, str]]
    #: The list with all of them, if there are more.
    more: str


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "").strip()[:MAX_CHARS]
    hits = _found(request, words) if words else []
    context = admin.site.each_context(request) | {
        "title": gettext("Search"),
        "words": words,
        "hits": hits,
    }
    return TemplateResponse(request, "admin/find.html", context)


def _found(request: HttpRequest, words: str) -> list[Hits]:
    of_label: dict[str, Any] = {
        model._meta.label: own for model, own in admin.site._registry.items()
    }
    hits = []
    for label in SEARCHED:
        own = of_label.get(label)
        if own is None or not own.has_view_permission(request):
            continue
        if found := _of_model(request, own, words):
            hits.append(found)
    return hits


def _of_model(request: HttpRequest, own: Any, words: str) -> Hits | None:
    opts = own.model._meta
    found, may_repeat = own.get_search_results(
        request, own.get_queryset(request), words
    )
    if own.list_select_related and own.list_select_related is not True:
        found = found.select_related(*own.list_select_related)
    rows = list((found.distinct() if may_repeat else found)[: MOST + 1])
    if not rows:
        return None
    name = f"admin:{opts.app_label}_{opts.model_name}"
    listed = f"{reverse(f'{name}_changelist')}?{urlencode({'q': words})}"
    return Hits(
        name_of(opts.label, opts.verbose_name_plural),
        [
            {
                "url": reverse(f"{name}_change", args=[quote(row.pk)]),
                "text": _text(row),
            }
            for row in rows[:MOST]
        ],
        listed if len(rows) > MOST else "",
    )


def _text(row: Any) -> str:
    return in_a_line(row) if isinstance(row, Session) else str(row)
