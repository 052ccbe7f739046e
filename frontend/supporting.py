"""How somebody fares here, for staff who help them: without becoming them, and without
reading what was said.

Sessions, reasons, technical events, limits, tokens' names and connections are shown; no
turn, no memory, no document. Every look is entered in the audit.
"""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Avg, Count, Max, Q, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.models import Conversation, Memory, Turn
from frontend.models import ApiToken
from personas.acts import Act, note
from personas.models import CurrentPersona, Persona
from streaming import limits, queueing
from streaming.models import Session, SessionEvent, State
from streaming.models.session_queries import SessionQuerySet
from streaming.permissions import MAY_SUPPORT

SESSIONS_SHOWN = 20
EVENTS_SHOWN = 12
PERSONAS_SHOWN = 50


@require_safe
@login_required
@never_cache
def support(request: HttpRequest, pk: int) -> HttpResponse:
    """One person's page. Whoever may not see it learns nothing of who is there."""
    if not request.user.is_staff or not request.user.has_perm(MAY_SUPPORT):
        raise PermissionDenied
    person = get_object_or_404(User, pk=pk)
    if request.method == "GET":
        note(request.user, Act.LOOKED, person)
    at = now()
    sessions = Session.objects.filter(owner=person)
    context = {
        "person": person,
        "groups": list(person.groups.values_list("name", flat=True)),
        "memberships": person.memberships.select_related("team"),
        "personas": Persona.objects.filter(owner=person)[:PERSONAS_SHOWN],
        "persona_count": Persona.objects.filter(owner=person).count(),
        "shared": Persona.objects.current()
        .filter(team__members=person)
        .exclude(owner=person)
        .distinct()[:PERSONAS_SHOWN],
        "talks_to": CurrentPersona.objects.filter(user=person)
        .select_related("persona")
        .first(),
        "sessions": _with_events(sessions),
        "figures": _figures(sessions),
        "usage": limits.usage_of(person, at),
        "places": _places(sessions, at),
        "tokens": ApiToken.objects.filter(user=person).select_related("token"),
        "conversation_count": Conversation.objects.of(person).count(),
        "memory_count": Memory.objects.filter(owner=person, is_on=True).count(),
        "timings": _timings(person),
        "now": at,
    }
    return render(request, "frontend/support.html", context)


def _with_events(sessions: SessionQuerySet) -> list[dict[str, Any]]:
    """The latest sessions, each with its last technical events, in two queries."""
    shown = list(sessions.select_related("persona", "account")[:SESSIONS_SHOWN])
    events: dict[Any, list[SessionEvent]] = {one.pk: [] for one in shown}
    from_the_end = Window(RowNumber(), partition_by="session", order_by="-seq")
    latest = SessionEvent.objects.filter(session__in=shown).annotate(nth=from_the_end)
    for event in latest.filter(nth__lte=EVENTS_SHOWN).order_by("seq"):
        events[event.session_id].append(event)
    return [{"session": one, "events": events[one.pk]} for one in shown]


def _figures(sessions: SessionQuerySet) -> dict[str, Any]:
    """Of all their sessions."""
    return sessions.order_by().aggregate(
        count=Count("pk"),
        failed=Count("pk", filter=Q(state=State.FAILED)),
        never_live=Count("pk", filter=Q(live_at=None, ended_at__isnull=False)),
        last=Max("created_at"),
    )


def _places(sessions: SessionQuerySet, at: Any) -> list[queueing.Place]:
    waiting = list(sessions.filter(state=State.WAITING))
    if not waiting:
        return []
    places = queueing.places(at)
    return [places[one.pk] for one in waiting if one.pk in places]


def _timings(person: User) -> dict[str, Any]:
    """How fast answers came, over their last turns; numbers alone."""
    recent = Turn.objects.filter(conversation__owner=person).order_by("-pk")[:200]
    return (
        Turn.objects.filter(pk__in=list(recent.values_list("pk", flat=True)))
        .order_by()
        .aggregate(
            count=Count("pk"),
            talk_ms=Avg("talk_ms"),
            failed=Count("pk", filter=~Q(failed="")),
        )
    )
