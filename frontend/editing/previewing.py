"""What the draft would be, while it is being written; nothing of it is kept."""

from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from config.errors import DomainError
from frontend.editing.forms import EditorForm
from frontend.editing.pace import require_pace
from frontend.editing.views import editable, picture_of
from frontend.templatetags.stills import initial
from frontend.views import PageRequest
from personas.models import Persona
from personas.prompt import system_prompt
from streaming import services
from streaming.providers.base import MAX_SAMPLE_CHARS, StreamWish

PREVIEWS_PER_MINUTE = 90
SAMPLES_PER_MINUTE = 20


@require_POST
@login_required
@never_cache
def preview(request: PageRequest, slug: str) -> HttpResponse:
    """The card and the prompt that the form as it is written would make."""
    persona = editable(request, slug)
    try:
        require_pace(request.user, "preview", per_minute=PREVIEWS_PER_MINUTE)
    except DomainError as exc:
        return refused(exc)
    written = _written(persona, request.POST)
    return JsonResponse(
        {
            "name": written.name,
            "title": written.title,
            "tags": written.tags,
            "picture": picture_of(written),
            "initial": initial(written.name),
            "welcome": written.welcome(),
            "prompt": system_prompt(written),
        }
    )


@require_POST
@login_required
@never_cache
def listen(request: PageRequest, slug: str) -> HttpResponse:
    """How the form's voice says the form's greeting: a sound file."""
    persona = editable(request, slug)
    written = _written(persona, request.POST)
    wish = StreamWish(
        avatar_name=written.avatar_name,
        voice_id=written.voice_id,
        language=written.language,
        speaking_rate=float(written.speaking_rate),
    )
    try:
        require_pace(request.user, "listen", per_minute=SAMPLES_PER_MINUTE)
        text = first_words(written.welcome(), MAX_SAMPLE_CHARS)
        sample = async_to_sync(services.voice_sample)(wish, text)
    except DomainError as exc:
        return refused(exc)
    return HttpResponse(
        sample.content,
        content_type=sample.content_type,
        headers={"X-Content-Type-Options": "nosniff"},
    )


def refused(error: DomainError) -> HttpResponse:
    return JsonResponse(error.body(), status=error.status, headers=error.headers())


def _written(persona: Persona, data: Any) -> Persona:
    """The persona as the form has it; what is not valid stays as it was."""
    form = EditorForm(data, instance=persona.as_drafted())
    form.is_valid()
    written = persona.as_drafted()
    for name, value in form.cleaned_data.items():
        setattr(written, name, value)
    return written


def first_words(text: str, max_chars: int) -> str:
    """As many whole sentences as fit, or words if the first one is longer than that."""
    flat = " ".join(text.split())
    if len(flat) <= max_chars:
        return flat
    kept = flat[: max_chars - 1]
    end = max(kept.rfind(mark) for mark in (". ", "! ", "? ", "。"))
    return kept[: end + 1] if end > 0 else f"{kept.rpartition(' ')[0] or kept}…"
