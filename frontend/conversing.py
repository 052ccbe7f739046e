"""The pages of a user's conversations: what was said, to read, search, keep or delete."""

import uuid
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chat.excerpts import excerpt_of
from chat.forgetting import delete_conversation
from chat.models import Conversation
from chat.transcripts import FORMATS
from chat.transcripts.timeline import FETCHED, exchange, parts_of
from frontend.views import PageRequest
from streaming.models import Session

CONVERSATIONS_PER_PAGE = 20
TURNS_PER_PAGE = 60
MAX_SEARCH_CHARS = 200


@require_safe
@login_required
@never_cache
def conversations(request: PageRequest) -> HttpResponse:
    """The user's own, newest first; `?q=` keeps those in which all of its words were said."""
    search = request.GET.get("q", "").strip()[:MAX_SEARCH_CHARS]
    own = Conversation.objects.of(request.user).select_related("persona")
    found = own.saying(search).with_figures()
    page = Paginator(found, CONVERSATIONS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "search": search,
        "page": page,
        "rows": [(one, excerpt_of(one, search)) for one in page.object_list],
    }
    return render(request, "frontend/conversations.html", context)


@require_safe
@login_required
@never_cache
def conversation(request: PageRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """What was said, who said it, and when."""
    found = _own(request, conversation_id)
    turns = found.turns.order_by("session__created_at", "session", "number")
    pages = Paginator(turns.prefetch_related(*FETCHED), TURNS_PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    parts = async_to_sync(parts_of)(found)
    context = {
        "conversation": found,
        "page": page,
        "exchanges": [exchange(turn, parts[turn.session_id]) for turn in page],
        "parts": parts,
        "session": _to_continue(found),
        "wanted": (),
        "formats": FORMATS,
    }
    return render(request, "frontend/conversation.html", context)


@require_POST
@login_required
def delete(request: PageRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Delete what was said for good; the form has asked whether that is meant."""
    found = _own(request, conversation_id)
    delete_conversation(found)
    words = gettext("The conversation with %(persona)s was deleted.")
    messages.success(request, words % {"persona": found.with_whom})
    return redirect("conversations")


def _own(request: PageRequest, conversation_id: uuid.UUID) -> Any:
    """One of the user's own; nobody reads another one's here, staff neither."""
    own = Conversation.objects.of(request.user).select_related("persona", "summary")
    return get_object_or_404(own.with_figures(), pk=conversation_id)


def _to_continue(conversation: Conversation) -> Session | None:
    """The session whose conversation goes on in the studio, while its persona is there."""
    last = conversation.sessions().last()
    if last is None or conversation.persona is None:
        return None
    return last if last.is_open or last.opened_at else None
