"""The connection doctor: what keeps sound and picture from coming through, step by step.

The browser does the examining; here is its page, and for staff a look at the avatar
services, which no browser can reach.
"""

import time
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chat.transcription import describe_transcription
from config.errors import DomainError
from frontend.operating import StaffOnly
from personas.models import Persona, PersonaNotFound
from streaming import services
from streaming.models import Account


@require_safe
@login_required
@never_cache
def doctor(request: HttpRequest) -> HttpResponse:
    facts = {
        "persona": _examined_with(request),
        "isStaff": bool(request.user.is_staff),
        "hasTranscription": describe_transcription().available,
    }
    return render(request, "frontend/doctor.html", {"facts": facts})


@require_POST
@never_cache
def accounts(request: HttpRequest) -> JsonResponse:
    """Whether each avatar account that is in use answers, for staff; no address is told."""
    if not request.user.is_staff:
        refusal = StaffOnly(gettext("Only staff can see this."))
        return JsonResponse(refusal.body(), status=refusal.status)
    rows = [_examine(account) for account in Account.objects.filter(is_enabled=True)]
    return JsonResponse({"success": True, "data": {"accounts": rows}})


def _examine(account: Account) -> dict[str, Any]:
    began_s = time.monotonic()
    try:
        async_to_sync(services.count_upstream)(account)
    except DomainError as error:
        return {"name": account.name, "code": error.code}
    took_ms = round((time.monotonic() - began_s) * 1000)
    return {"name": account.name, "code": "", "ms": took_ms}


def _examined_with(request: HttpRequest) -> str:
    """Whose short session shows whether media come through: "" where there is nobody."""
    try:
        return Persona.objects.current_for(request.user).slug
    except PersonaNotFound:
        return ""
