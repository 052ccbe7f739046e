"""Personas out of the way: archived, brought back, or deleted for good."""

from typing import Any

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from frontend.gallery.views import to_gallery
from frontend.views import PageRequest
from personas.models import Persona
from streaming import services

PERSONAS_PER_PAGE = 30


@require_safe
@login_required
@never_cache
def archive(request: PageRequest) -> HttpResponse:
    """What the user has archived, or may bring back for a team or the site."""
    away = Persona.objects.put_away_by(request.user).order_by("-archived_at", "pk")
    page = Paginator(away, PERSONAS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": _with_figures(page.object_list, request)}
    return render(request, "frontend/archive.html", context)


def _with_figures(personas: Any, request: PageRequest) -> list[dict[str, Any]]:
    """Each persona, what would go with it, and whether the user may have it go."""
    shown = [one.pk for one in personas]
    deletable = set(
        Persona.objects.deletable_by(request.user)
        .filter(pk__in=shown)
        .values_list("pk", flat=True)
    )
    rows = Persona.objects.filter(pk__in=shown).annotate(
        document_count=Count("documents", distinct=True),
        exhibit_count=Count("exhibits", distinct=True),
        script_count=Count("scripts", distinct=True),
        memory_count=Count("memories", distinct=True),
    )
    by_pk = {one.pk: one for one in rows}
    return [
        {"persona": by_pk[pk], "can_delete": pk in deletable}
        for pk in shown
        if pk in by_pk
    ]


@require_POST
@login_required
def put_away(request: PageRequest, slug: str) -> HttpResponse:
    """Archive a persona, and end what is open with it; the gallery offers to undo it."""
    persona = _editable(request, slug)
    if persona.is_default:
        messages.error(
            request,
            _(
                "%(name)s is the persona of everybody who has chosen none, so it cannot be "
                "archived. Make another one the site default first."
            )
            % {"name": persona.name},
        )
        return redirect("home")
    persona.archive()
    async_to_sync(services.part_from)([persona])
    return to_gallery("archived", persona)


@require_POST
@login_required
def restore(request: PageRequest, slug: str) -> HttpResponse:
    persona = _editable(request, slug)
    persona.restore()
    return to_gallery("restored", persona)


@require_POST
@login_required
def delete(request: PageRequest, slug: str) -> HttpResponse:
    """Delete an archived persona for good; the page has asked for its name."""
    deletable = Persona.objects.deletable_by(request.user).exclude(archived_at=None)
    persona = get_object_or_404(deletable, slug=slug)
    if request.POST.get("name", "").strip() != persona.name:
        messages.error(
            request,
            _("Nothing was deleted: what you typed is not the name “%(name)s”.")
            % {"name": persona.name},
        )
        return redirect("archive")
    async_to_sync(services.part_from)([persona])
    persona.delete()
    messages.success(
        request, _("%(name)s was deleted for good.") % {"name": persona.name}
    )
    return redirect("archive")


def _editable(request: PageRequest, slug: str) -> Persona:
    return get_object_or_404(Persona.objects.editable_by(request.user), slug=slug)
