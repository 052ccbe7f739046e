"""The history of a persona: what was published when, by whom, and how that differs."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from frontend.editing.differences import differences
from frontend.editing.forms import human_name
from frontend.editing.views import editable
from frontend.views import PageRequest
from personas.models import Persona, PersonaVersion, draft_of, roll_back

VERSIONS_PER_PAGE = 30
DRAFT = "draft"


@require_safe
@login_required
@never_cache
def history(request: PageRequest, slug: str) -> HttpResponse:
    """All versions, and the difference of the two that `?from=` and `?to=` name."""
    persona = editable(request, slug)
    draft = draft_of(persona)
    versions = persona.versions.select_related("author")
    page = Paginator(versions, VERSIONS_PER_PAGE).get_page(request.GET.get("page"))
    latest = versions[0].number
    default_to = DRAFT if draft else str(latest)
    default_from = str(latest if draft else max(1, latest - 1))
    asked = (
        request.GET.get("from", default_from),
        request.GET.get("to", default_to),
    )
    old, new = (_content(persona, one) for one in asked)
    context = {
        "persona": persona,
        "draft": draft,
        "latest": latest,
        "page": page,
        "from": asked[0],
        "to": asked[1],
        "choices": _choices(persona, has_draft=draft is not None),
        "differences": [
            (human_name(one.field), one) for one in differences(_told(old), _told(new))
        ],
        "is_asked": "from" in request.GET,
    }
    return render(request, "frontend/persona_history.html", context)


def _choices(persona: Persona, *, has_draft: bool) -> list[tuple[str, str]]:
    numbers = persona.versions.values_list("number", flat=True)
    named = [
        (str(number), gettext("Version %(number)s") % {"number": number})
        for number in numbers
    ]
    return [(DRAFT, gettext("The draft")), *named] if has_draft else named


def _content(persona: Persona, asked: str) -> dict[str, Any]:
    """The content of a version by its number, or the draft's."""
    if asked == DRAFT:
        return persona.as_drafted().content()
    number = int(asked) if asked.isdecimal() and len(asked) < 9 else 0
    version: PersonaVersion = get_object_or_404(persona.versions, number=number)
    return version.full_content()


def _told(content: dict[str, Any]) -> dict[str, Any]:
    """Values in the words in which the editor shows them."""
    return {name: _in_words(name, value) for name, value in content.items()}


def _in_words(name: str, value: Any) -> Any:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if value is None:
        return ""
    choices = dict(Persona._meta.get_field(name).flatchoices)  # type: ignore[union-attr]
    if value in choices if isinstance(value, str) else False:
        return str(choices[value])
    return value if isinstance(value, list | str) else str(value)


@require_POST
@login_required
def to_version(request: PageRequest, slug: str, number: int) -> HttpResponse:
    """Bring a version back, as a new one; the page has asked whether that is meant."""
    persona = editable(request, slug)
    version = get_object_or_404(persona.versions, number=number)
    roll_back(persona, version, request.user)
    told = {"number": number, "name": persona.name}
    messages.success(
        request,
        gettext(
            "%(name)s is as it was in version %(number)s. Nothing is lost: the versions since are still here."
        )
        % told,
    )
    return redirect("persona_history", slug)
