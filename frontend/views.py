"""The pages: read, do, show."""

import uuid
from datetime import timedelta
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from chat.minds import describe_mind
from chat.transcription import describe_transcription
from frontend.backgrounding import keying_facts
from frontend.forms import ApiTokenForm
from frontend.history.talks import own_talks
from frontend.models import ApiToken
from frontend.templatetags.stills import still
from personas.models import Persona, PersonaNotFound, make_current
from streaming import services
from streaming.models import Session
from streaming.views import ending_by

THEMES = ("light", "dark")
THEME_LASTS = timedelta(days=365)


class PageRequest(HttpRequest):
    """A request behind `login_required`: its user is a real one."""

    user: Any


@require_safe
@login_required
@never_cache
def studio(request: PageRequest) -> HttpResponse:
    """Where one talks to a persona: `?persona=slug`, or the user's current one.

    `?continue=<session>` goes on with one of the user's own, open or ended.
    """
    continued = _continued_session(request)
    persona = (continued and continued.persona) or _asked_persona(request)
    listed = Persona.objects.visible_to(request.user)
    personas = [*listed] if persona in listed else [persona, *listed]
    own = Persona.objects.editable_by(request.user)
    editable = {*own.values_list("pk", flat=True)}
    context = {
        "persona": persona,
        "personas": personas,
        "facts": {
            "personas": [
                _persona_facts(one) | {"canEdit": one.pk in editable}
                for one in personas
            ],
            "idleS": settings.SESSION_IDLE_S,
            "transcription": describe_transcription().as_dict(),
            "continue": continued
            and {"id": str(continued.pk), "isOpen": continued.is_open},
        },
        "mind": describe_mind(),
        "transcription": describe_transcription(),
    }
    return render(request, "frontend/studio.html", context)


def _continued_session(request: PageRequest) -> Session | None:
    asked = request.GET.get("continue")
    if not asked:
        return None
    try:
        session_id = uuid.UUID(asked)
    except ValueError as exc:
        raise Http404("This is not the id of a session.") from exc
    found: Session = get_object_or_404(own_talks(request.user), pk=session_id)
    return found


def _asked_persona(request: PageRequest) -> Persona:
    slug = request.GET.get("persona")
    if slug:
        return get_object_or_404(Persona.objects.open_to(request.user), slug=slug)
    persona = _current_persona(request)
    if persona is None:
        raise Http404("This site has no persona to talk to yet.")
    return persona


def _current_persona(request: PageRequest) -> Persona | None:
    try:
        return Persona.objects.current_for(request.user)
    except PersonaNotFound:
        return None


def _persona_facts(persona: Persona) -> dict[str, Any]:
    return {
        "slug": persona.slug,
        "name": persona.name,
        "title": persona.title,
        "avatar": persona.avatar_name,
        "voice": persona.voice_id,
        "language": persona.language,
        "welcome": persona.welcome(),
        "answers": persona.answers,
        "keying": keying_facts(persona),
        "still": still(persona.avatar_name),
    }


@require_POST
@login_required
def use_persona(request: PageRequest, slug: str) -> HttpResponse:
    """Make a persona the user's current one, for the studio and for REST."""
    persona = get_object_or_404(Persona.objects.open_to(request.user), slug=slug)
    make_current(request.user, persona)
    messages.success(request, f"{persona.name} is now your persona.")
    return _back(request, "home")


@require_POST
@login_required
def stop_session(request: PageRequest, session_id: uuid.UUID) -> HttpResponse:
    """Stop a session. One that has ended already is no reason for an error."""
    found = get_object_or_404(
        Session.objects.visible_to(request.user).select_related("account"),
        pk=session_id,
    )
    async_to_sync(services.close_session)(found, reason=ending_by(request.user, found))
    messages.success(request, gettext("The session was stopped."))
    return _back(request, "sessions")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def tokens(request: PageRequest) -> HttpResponse:
    """The user's API tokens. A new one is shown in this answer and never again."""
    form = ApiTokenForm(request.POST or None, user=request.user)
    context: dict[str, Any] = {"form": form, "now": now()}
    if form.is_valid():
        context["issued"], context["secret"] = form.issue()
        context["form"] = ApiTokenForm(user=request.user)
    context["tokens"] = ApiToken.objects.filter(user=request.user).select_related(
        "token"
    )
    return render(request, "frontend/tokens.html", context)


@require_POST
@login_required
def revoke_token(request: PageRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(ApiToken, pk=pk, user=request.user)
    token.revoke()
    messages.success(
        request, gettext("The token “%(name)s” no longer works.") % {"name": token.name}
    )
    return redirect("tokens")


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the system has it; a cookie, so that no page flashes at first."""
    theme = request.POST.get("theme", "")
    answer = _back(request, "home")
    if theme in THEMES:
        answer.set_cookie("theme", theme, max_age=THEME_LASTS, samesite="Lax")
    else:
        answer.delete_cookie("theme", samesite="Lax")
    return answer


def _back(request: HttpRequest, otherwise: str) -> HttpResponse:
    """To where the form said it stands, if that is a page of ours."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}):
        return redirect(target)
    return redirect(otherwise)
