"""The list of past sessions, and the older list of all sessions with their states."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat import talks
from chat.excerpts import Excerpt, excerpt_of
from frontend.history.filters import HistoryFilter
from frontend.history.talks import own_talks, with_places
from frontend.views import PageRequest
from streaming.models import Session

TALKS_PER_PAGE = 20
SESSIONS_PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Entry:
    """One session in the list; where words were searched for, with the place of them."""

    session: Any
    excerpt: Excerpt | None


@require_safe
@login_required
@never_cache
def history(request: PageRequest) -> HttpResponse:
    """Every past session of the user's, by day, newest first; `?q=` and others narrow it."""
    asked = HistoryFilter(request.GET, user=request.user)
    found = talks.with_words(asked.apply(own_talks(request.user)))
    page = Paginator(found, TALKS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": asked,
        "search": asked.search,
        "page": page,
        "days": list(_by_day(page.object_list, asked.search)),
        "today": localdate(),
        "kept": _without_page(request),
    }
    return render(request, "frontend/history.html", context)


def _by_day(
    sessions: Iterable[Session], search: str
) -> Iterator[tuple[date, list[Entry]]]:
    for day, rows in groupby(sessions, lambda one: localtime(one.created_at).date()):
        yield day, [Entry(one, excerpt_of(one, search)) for one in rows]


def _without_page(request: PageRequest) -> str:
    """The query as it is, for links to the other pages of what was found."""
    kept = request.GET.copy()
    kept.pop("page", None)
    for name in [name for name, value in kept.items() if not value]:
        del kept[name]
    return kept.urlencode()


@require_safe
@login_required
@never_cache
def sessions(request: PageRequest) -> HttpResponse:
    """The user's own sessions, replays too; staff also see everybody's open ones."""
    own = Session.objects.filter(owner=request.user, removed_at=None)
    pages = Paginator(own.select_related("persona"), SESSIONS_PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    others = _others_open_sessions(request) if request.user.is_staff else []
    context = {
        "page": page,
        "own": with_places(page.object_list),
        "everyones": with_places(others),
    }
    return render(request, "frontend/sessions.html", context)


def _others_open_sessions(request: PageRequest) -> Any:
    others = Session.objects.open().exclude(owner=request.user)
    return others.select_related("persona", "owner", "account")
