"""The pages of usage: one's own, and everybody's for staff."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from frontend.usage import own, site
from frontend.usage.figures import RANGES_DAYS, Days, Figure
from frontend.views import PageRequest


@require_safe
@login_required
@never_cache
def usage(request: PageRequest) -> HttpResponse:
    """What the user has used, and how much is left; `?days=` says how far back."""
    days = Days.asked(request.GET.get("days"))
    shown = list(own.figures(request.user, days))
    context = {
        "days": days,
        "ranges": RANGES_DAYS,
        "figures": shown,
        "totals": own.totals(request.user, days, shown),
        "allowances": own.allowances(request.user),
    }
    return render(request, "frontend/usage.html", context)


@require_safe
@login_required
@never_cache
def usage_csv(request: PageRequest, name: str) -> HttpResponse:
    days = Days.asked(request.GET.get("days"))
    return _as_file(own.figures(request.user, days), name, days, "usage")


@require_safe
@login_required
@never_cache
def site_usage(request: PageRequest) -> HttpResponse:
    """What everybody has used together, for staff."""
    _require_staff(request)
    days = Days.asked(request.GET.get("days"))
    context = {
        "days": days,
        "ranges": RANGES_DAYS,
        "figures": list(site.figures(days)),
        "currency": settings.COST_CURRENCY,
    }
    return render(request, "frontend/site_usage.html", context)


@require_safe
@login_required
@never_cache
def site_usage_csv(request: PageRequest, name: str) -> HttpResponse:
    _require_staff(request)
    days = Days.asked(request.GET.get("days"))
    return _as_file(site.figures(days), name, days, "site")


def _require_staff(request: PageRequest) -> None:
    if not request.user.is_staff:
        raise PermissionDenied


def _as_file(
    figures: Iterable[Figure], name: str, days: Days, whose: str
) -> HttpResponse:
    found = next((figure for figure in figures if figure.name == name), None)
    if found is None:
        raise Http404("There is no such table.")
    answer = HttpResponse(found.as_csv(), content_type="text/csv; charset=utf-8")
    file = f"{whose}-{name}-{days.last:%Y-%m-%d}-{days.count}-days.csv"
    answer["Content-Disposition"] = f'attachment; filename="{file}"'
    return answer
