"""The page of what personas remember of a user: allowed, read, changed and deleted there."""

import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chat.memory.export import exported
from chat.minds import describe_mind
from chat.models import Memory, MemoryFact
from chat.models.memory import FACT_MAX_CHARS, FACTS_MAX, TooMany
from frontend.views import PageRequest
from personas.models import Persona


class FactForm(forms.Form):
    """One fact in its owner's words."""

    text = forms.CharField(max_length=FACT_MAX_CHARS)

    def clean_text(self) -> str:
        return " ".join(self.cleaned_data["text"].split())


@require_safe
@login_required
@never_cache
def memories(request: PageRequest) -> HttpResponse:
    """Each persona that the user has talked with, and what it remembers of them."""
    facts = MemoryFact.objects.select_related("source")
    own = Memory.objects.of(request.user).prefetch_related(Prefetch("facts", facts))
    by_persona = {memory.persona_id: memory for memory in own}
    known = Q(conversations__owner=request.user) | Q(pk__in=by_persona)
    personas = Persona.objects.filter(known).distinct()
    context = {
        "rows": [(persona, by_persona.get(persona.pk)) for persona in personas],
        "has_facts": any(memory.facts.all() for memory in by_persona.values()),
        "mind": describe_mind(),
        "max_chars": FACT_MAX_CHARS,
        "max_facts": FACTS_MAX,
    }
    return render(request, "frontend/memories.html", context)


@require_safe
@login_required
@never_cache
def export(request: PageRequest) -> HttpResponse:
    """Everything on the page, as a file."""
    text = json.dumps(exported(request.user), ensure_ascii=False, indent=2)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="memories.json"'
    return answer


@require_POST
@login_required
def switch(request: PageRequest, slug: str) -> HttpResponse:
    """Give consent, or withdraw it, and then perhaps delete what there is."""
    persona = _persona(request, slug)
    memory, _ = Memory.objects.get_or_create(owner=request.user, persona=persona)
    memory.switch(on=request.POST.get("on") == "true")
    if memory.is_on:
        messages.success(
            request,
            gettext("%(persona)s may remember you from now on.")
            % {"persona": persona.name},
        )
    elif request.POST.get("forget") == "true":
        memory.facts.all().delete()
        messages.success(
            request,
            gettext("%(persona)s has forgotten you.") % {"persona": persona.name},
        )
    else:
        messages.success(
            request,
            gettext("%(persona)s no longer uses what is listed here.")
            % {"persona": persona.name},
        )
    return _back(persona)


@require_POST
@login_required
def add(request: PageRequest, slug: str) -> HttpResponse:
    """A fact in the user's own words; that they write it is not yet consent to use it."""
    persona = _persona(request, slug)
    memory, _ = Memory.objects.get_or_create(owner=request.user, persona=persona)

    def keep(text: str) -> None:
        try:
            if memory.add(text) is None:
                messages.info(
                    request,
                    gettext("%(persona)s knows that already.")
                    % {"persona": persona.name},
                )
        except TooMany:
            words = gettext("There is room for %(max)s facts. Delete one.")
            messages.error(request, words % {"max": FACTS_MAX})

    _with_text(request, keep)
    return _back(persona)


@require_POST
@login_required
def edit(request: PageRequest, pk: int) -> HttpResponse:
    fact = _own_fact(request, pk)
    _with_text(request, fact.rewrite)
    return _back(fact.memory.persona)


@require_POST
@login_required
def delete(request: PageRequest, pk: int) -> HttpResponse:
    """Delete one fact. Doing it twice is no error worth a page."""
    fact = MemoryFact.objects.filter(pk=pk, memory__owner=request.user)
    found = fact.select_related("memory__persona").first()
    fact.delete()
    return _back(found.memory.persona) if found else redirect("memories")


@require_POST
@login_required
def forget(request: PageRequest, slug: str) -> HttpResponse:
    """Delete all that one persona remembers; whether it may stays as it is."""
    persona = _persona(request, slug)
    MemoryFact.objects.filter(
        memory__owner=request.user, memory__persona=persona
    ).delete()
    messages.success(
        request, gettext("%(persona)s has forgotten you.") % {"persona": persona.name}
    )
    return _back(persona)


@require_POST
@login_required
def forget_everything(request: PageRequest) -> HttpResponse:
    """Delete all facts, and withdraw every consent."""
    Memory.objects.of(request.user).delete()
    messages.success(request, gettext("Nobody here remembers you any more."))
    return redirect("memories")


def _persona(request: PageRequest, slug: str) -> Persona:
    """One that the user may talk to, or that remembers them, though it is private now."""
    open_to = Persona.objects.open_to(request.user).values("pk")
    found = Persona.objects.filter(
        Q(pk__in=open_to) | Q(memories__owner=request.user), slug=slug
    )
    persona: Persona = get_object_or_404(found.distinct())
    return persona


def _own_fact(request: PageRequest, pk: int) -> MemoryFact:
    facts = MemoryFact.objects.select_related("memory__persona")
    fact: MemoryFact = get_object_or_404(facts, pk=pk, memory__owner=request.user)
    return fact


def _with_text(request: PageRequest, use: Callable[[str], Any]) -> None:
    form = FactForm(request.POST)
    if form.is_valid():
        use(form.cleaned_data["text"])
    else:
        words = gettext("A fact has 1 to %(max)s characters.")
        messages.error(request, words % {"max": FACT_MAX_CHARS})


def _back(persona: Persona) -> HttpResponse:
    return redirect(f"{reverse('memories')}#{persona.slug}")
