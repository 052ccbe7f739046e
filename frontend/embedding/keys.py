"""The pages on which keys are made, copied, watched, switched and deleted."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import escape
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from frontend.embedding.forms import EmbedKeyForm, NewEmbedKeyForm
from frontend.views import PageRequest
from personas.models import Persona
from streaming.embedding import upkeep
from streaming.embedding.budgets import EmbedBudget
from streaming.embedding.standing import in_use
from streaming.models import EmbedKey, Session, UsageEntry
from streaming.periods import Span, period_of

_LATELY = timedelta(days=30)


@require_safe
@login_required
@never_cache
def embeds(request: PageRequest) -> HttpResponse:
    """The keys that the user has made."""
    keys = EmbedKey.objects.of(request.user).select_related("persona", "owner")
    counted = keys.annotate(visitor_count=Count("visitors"))
    context = {
        "rows": _rows(counted),
        "personas": Persona.objects.current()
        .embeddable_by(request.user)
        .order_by("name"),
    }
    return render(request, "frontend/embed/keys.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def persona_embed(request: PageRequest, slug: str) -> HttpResponse:
    """The keys to one persona, and a form for another.

    Who edits it for a team, but may not say who hears it, reads why there is no form.
    """
    persona = get_object_or_404(Persona.objects.editable_by(request.user), slug=slug)
    may_make = (
        Persona.objects.embeddable_by(request.user).filter(pk=persona.pk).exists()
    )
    keys = EmbedKey.objects.editable_by(request.user).filter(persona=persona)
    context: dict[str, Any] = {"persona": persona}
    if may_make:
        form = NewEmbedKeyForm(
            request.POST or None, persona=persona, owner=request.user
        )
        if form.is_valid():
            key = form.save()
            messages.success(
                request, _("The key is made. Copy the lines into your page.")
            )
            return redirect("embed_key", persona.slug, key.pk)
        context["form"] = form
    counted = keys.select_related("persona", "owner").annotate(
        visitor_count=Count("visitors")
    )
    context["rows"] = _rows(counted)
    is_refused = request.method == "POST" and not may_make
    return render(
        request,
        "frontend/embed/persona.html",
        context,
        status=403 if is_refused else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # typed for plain requests
def embed_key(request: PageRequest, slug: str, pk: int) -> HttpResponse:
    """One key: what to copy, how it looks, what it opens, what was used."""
    key = _key(request, slug, pk)
    form = EmbedKeyForm(request.POST or None, instance=key)
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("embed_key", slug, pk)
    # The form writes what was sent into its instance, also when it is refused.
    kept = _key(request, slug, pk)
    context = {
        "persona": kept.persona,
        "key": kept,
        "form": form,
        "works": bool(in_use([kept])),
        "snippet": _snippet(request, kept),
        "usage": _usage(kept),
        "keep_days": settings.EMBED_KEEP_DAYS,
    }
    return render(request, "frontend/embed/key.html", context)


@require_POST
@login_required
def switch(request: PageRequest, slug: str, pk: int) -> HttpResponse:
    key = _key(request, slug, pk)
    on = request.POST.get("on") == "yes"
    upkeep.switch(key, on=on)
    told = (
        _("The key is on again.") if on else _("The key is off. Nobody comes in by it.")
    )
    messages.success(request, told)
    return redirect("embed_key", slug, pk)


@require_POST
@login_required
def rotate(request: PageRequest, slug: str, pk: int) -> HttpResponse:
    """Another key, with the same limits; the one before no longer works anywhere."""
    upkeep.rotate(_key(request, slug, pk))
    messages.success(
        request, _("Here is another key. Put the new lines into your page.")
    )
    return redirect("embed_key", slug, pk)


@require_POST
@login_required
def delete(request: PageRequest, slug: str, pk: int) -> HttpResponse:
    key = _key(request, slug, pk)
    upkeep.discard(key)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": key.name})
    return redirect("persona_embed", slug)


def _key(request: PageRequest, slug: str, pk: int) -> EmbedKey:
    found = EmbedKey.objects.editable_by(request.user).select_related(
        "persona", "owner"
    )
    return get_object_or_404(found, persona__slug=slug, pk=pk)


def _rows(keys: Iterable[EmbedKey]) -> list[tuple[EmbedKey, bool]]:
    """Each key, and whether anybody could come in by it now."""
    found = list(keys)
    working = in_use(found)
    return [(key, key in working) for key in found]


def _snippet(request: PageRequest, key: EmbedKey) -> str:
    """The two lines for the other site's page."""
    address = request.build_absolute_uri(reverse("embed_script"))
    slug, name = escape(key.persona.slug), escape(key.key)
    return (
        f'<script type="module" src="{escape(address)}"></script>\n'
        f'<greenroom-persona slug="{slug}" key="{name}"></greenroom-persona>'
    )


def _usage(key: EmbedKey) -> dict[str, Any]:
    """What was used of the day, and what happened lately."""
    at = now()
    day = EmbedBudget(key).used(period_of(Span.DAY, at), at)
    sessions = Session.objects.filter(owner__visitor__key=key)
    entries = UsageEntry.objects.filter(user__visitor__key=key)
    return {
        "day_minutes": day.total_seconds() / 60,
        "day_share": min(1.0, day / timedelta(minutes=key.minutes_per_day)),
        "open": sessions.seated().count(),
        "waiting": sessions.in_line().count(),
        "visitors": key.visitors.count(),
        "conversations": entries.filter(ended_at__gte=at - _LATELY).count(),
    }
