"""What stands on other sites: the script that makes the element, and the page inside of it."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from csp.constants import SELF
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import get_supported_language_variant, gettext_noop
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from chat.transcription import describe_transcription
from frontend.backgrounding import keying_facts
from frontend.embedding.visitor_api import own_origin
from frontend.views import THEMES
from streaming.embedding import visits
from streaming.embedding.errors import EmbedRefused, NotEmbedded
from streaming.embedding.origins import origin_of
from streaming.models import EmbedKey

# The script -----------------------------------------------------------------------------

_ELEMENT = (
    Path(__file__).resolve().parent.parent
    / "static/frontend/embed/greenroom-persona.js"
)
#: What the element itself has to say, where the page inside of it cannot.
_WORDS = {
    "title": gettext_noop("Talk face to face"),
    "incomplete": gettext_noop(
        "This conversation has no slug or no key; whoever looks after this site can add them."
    ),
    "silent": gettext_noop(
        "This conversation cannot be shown here. Whoever looks after this site can check "
        "that its address is among those of the key, and that frames are not blocked."
    ),
}
_SCRIPT_LASTS_S = 300


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """The element, for any site: one address that stays, so it is asked for anew soon."""
    source = _script.__wrapped__() if settings.DEBUG else _script()
    tag = f'"{hashlib.sha256(source.encode()).hexdigest()[:16]}"'
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Cache-Control": f"public, max-age={_SCRIPT_LASTS_S}",
        "ETag": tag,
    }
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers=headers)
    content_type = "text/javascript; charset=utf-8"
    return HttpResponse(source, content_type=content_type, headers=headers)


@cache
def _script() -> str:
    """The element's source with its few words in every language."""
    words = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words[language] = {code: _(text) for code, text in _WORDS.items()}
    return _ELEMENT.read_text().replace('"@words"', json.dumps(words))


# The page inside ------------------------------------------------------------------------


@require_safe
@never_cache
@xframe_options_exempt
def box(request: HttpRequest, slug: str) -> HttpResponse:
    """A persona to talk to within another site's page: `?key=`, `lang`, `theme`, `greeting`.

    Only the key's own sites may show it; what is refused is told by a page that can do
    nothing, and that every site may show.
    """
    with translation.override(_language(request)):
        try:
            key = visits.key_for(slug, request.GET.get("key", ""))
            _require_place(request, key)
        except EmbedRefused as refusal:
            return _refused(request, refusal)
        return _let_in(request, key)


def _require_place(request: HttpRequest, key: EmbedKey) -> None:
    """As far as the browser tells where the page is to stand; its own check comes later."""
    if request.headers.get("Sec-Fetch-Dest", "iframe") not in ("iframe", "frame"):
        raise NotEmbedded(_("This conversation belongs into another page."))
    if referrer := request.headers.get("Referer"):
        visits.require_origin(key, origin_of(referrer), own=own_origin(request))


def _let_in(request: HttpRequest, key: EmbedKey) -> HttpResponse:
    persona = key.persona
    transcription = describe_transcription()
    facts = {
        "slug": persona.slug,
        "key": key.key,
        "name": persona.name,
        "language": persona.language,
        "welcome": "" if request.GET.get("greeting") == "off" else persona.welcome(),
        "origins": [own_origin(request), *key.origins],
        "idleS": settings.SESSION_IDLE_S,
        "hears": transcription.available,
        "keying": keying_facts(persona),
        "interface": translation.get_language(),
    }
    context = {
        "persona": persona,
        "facts": facts,
        "hears": transcription.available,
        "keep_days": settings.EMBED_KEEP_DAYS,
        "theme": _theme(request),
    }
    page = render(request, "frontend/embed/box.html", context)
    return _framed_by(page, [SELF, *key.origins])


def _refused(request: HttpRequest, refusal: EmbedRefused) -> HttpResponse:
    context = {
        "message": str(refusal),
        "detail": refusal.detail if refusal.detail != str(refusal) else "",
        "facts": {"code": refusal.code, "message": str(refusal)},
        "theme": _theme(request),
    }
    page = render(
        request, "frontend/embed/refused.html", context, status=refusal.status
    )
    return _framed_by(page, ["*"])


def _framed_by(page: HttpResponse, origins: list[Any]) -> HttpResponse:
    """Exempt from `X-Frame-Options`, which knows no list, this header says it alone."""
    page._csp_replace = {"frame-ancestors": origins}  # type: ignore[attr-defined]
    return page


def _theme(request: HttpRequest) -> str:
    asked = request.GET.get("theme", "")
    return asked if asked in THEMES else ""


def _language(request: HttpRequest) -> str:
    """As the site asks, if we speak it; else as the browser does."""
    try:
        return get_supported_language_variant(request.GET.get("lang", ""))
    except LookupError:
        return translation.get_language() or settings.LANGUAGE_CODE
