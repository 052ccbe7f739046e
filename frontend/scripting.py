"""Pages on which personas get their presentations, and what they show meanwhile."""

import math
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from chat.models import Script, Segment
from chat.scripts.position import sentences_of
from frontend.script_forms import NewScriptForm, ScriptForm, segment_forms
from frontend.views import PageRequest
from personas.exhibit_forms import ExhibitForm
from personas.models import Exhibit, Persona
from streaming.providers.base import estimated_duration_s

_LONG_TEXT = "x" * 1_400


def _persona(request: PageRequest, slug: str) -> Persona:
    return get_object_or_404(Persona.objects.editable_by(request.user), slug=slug)


def _script(request: PageRequest, slug: str, script: str) -> Script:
    found = Script.objects.editable_by(request.user).select_related("persona")
    return get_object_or_404(found, persona__slug=slug, slug=script)


def _exhibit(request: PageRequest, slug: str, name: str) -> Exhibit:
    found = Exhibit.objects.editable_by(request.user).select_related("persona")
    return get_object_or_404(found, persona__slug=slug, name=name)


# Presentations --------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def scripts(request: PageRequest, slug: str) -> HttpResponse:
    """What a persona can present and show; a form begins another presentation."""
    persona = _persona(request, slug)
    form = NewScriptForm(request.POST or None)
    if form.is_valid():
        return redirect("script", slug, form.create_for(persona).slug)
    found = Script.objects.filter(persona=persona).prefetch_related("segments")
    context = {
        "persona": persona,
        "form": form,
        "scripts": [(one, minutes(one.estimated_s())) for one in found],
        "exhibits": Exhibit.objects.filter(persona=persona).select_related("persona"),
    }
    return render(request, "frontend/scripts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def script(request: PageRequest, slug: str, script: str) -> HttpResponse:
    """Edit one presentation. All of its buttons save; without script, each loads the page."""
    found = _script(request, slug, script)
    extra = 1 if "more" in request.GET or not found.segments.exists() else 0
    form = ScriptForm(request.POST or None, instance=found)
    segments = segment_forms(found, request.POST or None, extra=extra)
    # Both, so that every mistake is shown at once.
    if form.is_bound and all([form.is_valid(), segments.is_valid()]):
        return _saved(request, found, form, segments)
    context = {
        "script": found,
        "persona": found.persona,
        "form": form,
        "segments": segments,
        "rows": _rows(segments),
        "estimate": minutes(found.estimated_s()),
        "chars_per_s": chars_per_s(found.persona),
    }
    return render(request, "frontend/script.html", context)


def _saved(
    request: PageRequest, script: Script, form: ScriptForm, segments: Any
) -> HttpResponse:
    rows = list(segments.rows)
    what, _, which = request.POST.get("do", "").partition("-")
    place = _moved(rows, segments, what, which)
    with transaction.atomic():
        form.save()
        script.replace_segments(rows)
    address = reverse("script", args=[script.persona.slug, script.slug])
    if what == "add":
        return redirect(f"{address}?more=1#part-{len(rows) + 1}")
    if place is not None:
        return redirect(f"{address}#part-{place + 1}")
    messages.success(request, gettext("The presentation is saved."))
    return redirect(address)


def _moved(rows: list[Segment], segments: Any, what: str, which: str) -> int | None:
    """Move one of the rows up or down, if that is asked; its place then."""
    by = {"up": -1, "down": 1}.get(what)
    prefixes = [form.prefix for form in segments.kept]
    if by is None or which not in prefixes:
        return None
    place = prefixes.index(which)
    target = max(0, min(len(rows) - 1, place + by))
    rows.insert(target, rows.pop(place))
    return target


def _rows(segments: Any) -> list[tuple[Any, tuple[str, ...]]]:
    """Each form, and its text as it is spoken."""
    return [(form, sentences_of(form["text"].value() or "")) for form in segments]


def minutes(seconds: float) -> str:
    """How long something takes, for people."""
    if seconds < 60:
        count = max(5, math.ceil(seconds / 5) * 5)
        return gettext("about %(count)s seconds") % {"count": count}
    count = round(seconds / 60)
    told = ngettext("about a minute", "about %(count)s minutes", count)
    return told % {"count": count}


def chars_per_s(persona: Persona) -> float:
    """How fast the persona speaks, as lengths are reckoned."""
    rate = len(_LONG_TEXT) / estimated_duration_s(_LONG_TEXT)
    return round(rate * persona.speaking_rate, 2)


@require_POST
@login_required
def remove_script(request: PageRequest, slug: str, script: str) -> HttpResponse:
    """What is being played of it goes on: a run has a copy of its own."""
    found = _script(request, slug, script)
    found.delete()
    messages.success(request, _removed(found.title))
    return redirect("scripts", slug)


def _removed(title: str) -> str:
    return gettext("“%(title)s” is removed.") % {"title": title}


# Exhibits -------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def new_exhibit(request: PageRequest, slug: str) -> HttpResponse:
    persona = _persona(request, slug)
    form = ExhibitForm(request.POST or None, request.FILES or None, persona=persona)
    if form.is_valid():
        return _kept(request, form)
    context = {"persona": persona, "form": form}
    return render(request, "frontend/exhibit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def exhibit(request: PageRequest, slug: str, name: str) -> HttpResponse:
    found = _exhibit(request, slug, name)
    form = ExhibitForm(request.POST or None, request.FILES or None, instance=found)
    if form.is_valid():
        return _kept(request, form)
    # The form writes what was sent into its instance, also when it is refused.
    shown = _exhibit(request, slug, name)
    context = {"persona": found.persona, "form": form, "exhibit": shown}
    return render(request, "frontend/exhibit.html", context)


def _kept(request: PageRequest, form: ExhibitForm) -> HttpResponse:
    kept = form.save()
    messages.success(request, gettext("“%(title)s” is saved.") % {"title": kept.title})
    return redirect(reverse("scripts", args=[kept.persona.slug]) + "#exhibits")


@require_POST
@login_required
def remove_exhibit(request: PageRequest, slug: str, name: str) -> HttpResponse:
    """Presentations that showed it show nothing there."""
    found = _exhibit(request, slug, name)
    found.delete()
    messages.success(request, _removed(found.title))
    return redirect(reverse("scripts", args=[slug]) + "#exhibits")
