"""One session's page: as it happens while it is open, and the record of it afterwards."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chat.forgetting import delete_session_words
from chat.models import Conversation, Turn
from chat.models.conversation import search_words
from chat.transcripts import FORMATS, Extent, transcript
from chat.transcripts.timeline import FETCHED, Exchange, exchange, part_of
from frontend.history import states, timings
from frontend.history.filters import MAX_SEARCH_CHARS
from frontend.history.talks import own_talks, with_places
from frontend.views import PageRequest
from streaming.models import Session, UsageEntry

TURNS_PER_PAGE = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One turn: what was said, and how fast."""

    exchange: Exchange
    stages: list[timings.Stage]
    words: list[str]


@require_safe
@login_required
@never_cache
def session(request: PageRequest, session_id: uuid.UUID) -> HttpResponse:
    """For its owner and for staff, who see of it all but what was said."""
    seen = Session.objects.visible_to(request.user)
    found: Session = get_object_or_404(
        seen.select_related("persona", "owner", "account"), pk=session_id
    )
    is_own = found.owner_id == request.user.pk
    if is_own and found.removed_at:
        raise Http404("This session was deleted.")
    if found.is_open:
        return _live(request, found, is_own=is_own)
    return _record(request, found, is_own=is_own)


def _live(request: PageRequest, found: Session, *, is_own: bool) -> HttpResponse:
    """As it happens: for its owner, and as the operators' second window."""
    [(_, place)] = with_places([found])
    context = {
        "session": found,
        "place": place,
        "is_own": is_own,
        "conversation": _conversation(request, found),
    }
    return render(request, "frontend/session.html", context)


def _record(request: PageRequest, found: Session, *, is_own: bool) -> HttpResponse:
    stretches = states.stretches_of(found, now())
    line = states.drawn(stretches)
    context: dict[str, Any] = {
        "session": found,
        "is_own": is_own,
        "stretches": stretches,
        "line": line,
        "width": states.WIDTH,
        "usage": UsageEntry.objects.filter(session=found).first(),
    }
    if is_own:
        turns = Turn.objects.filter(session=found)
        moments = turns.order_by("number").values_list("number", "created_at")
        context["marks"] = states.marks(line, moments)
        context |= _said(request, found)
    return render(request, "frontend/record.html", context)


def _said(request: PageRequest, found: Session) -> dict[str, Any]:
    """What was said, for whom it was said to alone; `?q=` keeps the turns that say it."""
    search = request.GET.get("q", "").replace("\0", "").strip()[:MAX_SEARCH_CHARS]
    wanted = search_words(search)
    turns = Turn.objects.filter(session=found).order_by("number")
    for word in wanted:
        turns = turns.filter(folded__contains=word)
    pages = Paginator(turns.prefetch_related(*FETCHED), TURNS_PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    return {
        "search": search,
        "wanted": wanted,
        "page": page,
        "rows": _rows(found, list(page.object_list)),
        "turn_count": Turn.objects.filter(session=found).count(),
        "words_deleted": found.events.filter(type="turn.deleted").exists(),
        "bar_width": timings.WIDTH,
        "conversation": _conversation(request, found),
        "formats": FORMATS,
    }


def _rows(found: Session, turns: list[Turn]) -> list[Row]:
    part = part_of(found)
    if part is None:
        return []
    longest_ms = max((timings.last_ms(turn) for turn in turns), default=0.0)
    return [
        Row(
            exchange(turn, part),
            timings.stages_of(turn, longest_ms=longest_ms or 1.0),
            timings.words_of(turn),
        )
        for turn in turns
    ]


def _conversation(request: PageRequest, found: Session) -> Conversation | None:
    own = Conversation.objects.of(request.user)
    return own.filter(turns__session=found).order_by("-last_turn_at").first()


@require_safe
@login_required
@never_cache
def download(
    request: PageRequest, session_id: uuid.UUID, ending: str
) -> HttpResponseBase:
    """What was said in this session alone, as a file."""
    found: Session = get_object_or_404(own_talks(request.user), pk=session_id)
    conversation = _conversation(request, found)
    if conversation is None or ending not in FORMATS:
        raise Http404("There is no such transcript.")
    answer: StreamingHttpResponse = transcript(
        Extent(conversation, found), ending, request.user.get_username()
    )
    return answer


@require_POST
@login_required
def delete(request: PageRequest, session_id: uuid.UUID) -> HttpResponse:
    """Delete what was said for good, and take the session out of the history."""
    found: Session = get_object_or_404(
        own_talks(request.user).select_related("account"), pk=session_id
    )
    delete_session_words(found)
    messages.success(request, gettext("The session was deleted."))
    return redirect("history")
