"""How pages get their ES modules: by name, through one import map.

Modules import each other as `frontend/session/phase`. The map leads such names to the
addresses that the static files storage gives them, hashed in production, so that no source
is rewritten and no browser keeps an old module beside a new one.
"""

import json
from functools import cache
from pathlib import Path

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from config.languages import script_catalogue_version

register = template.Library()

_APP_DIR = Path(__file__).resolve().parent.parent
_JS_DIR = _APP_DIR / "static" / "frontend" / "js"


@register.simple_tag(takes_context=True)
def import_map(context: template.Context) -> SafeString:
    """The page's import map, with the nonce that lets this one inline script in.

    Must stand before the first module script.
    """
    request: HttpRequest = context["request"]
    nonce = getattr(request, "csp_nonce", "")
    addresses = _addresses.__wrapped__() if settings.DEBUG else _addresses()
    addresses = addresses | _texts()
    # Only our own file names are in it; a "<" would still not end the script.
    text = json.dumps({"imports": addresses}).replace("<", "\\u003c")
    return mark_safe(f'<script type="importmap" nonce="{nonce}">{text}</script>')  # noqa: S308


@cache
def _addresses() -> dict[str, str]:
    """Name -> address of every module, as `static()` has it."""
    return {name: static(f"frontend/js/{path}") for name, path in module_paths()}


def _texts() -> dict[str, str]:
    """What scripts say in the language of this page; English is in the scripts."""
    language = get_language() or settings.LANGUAGE_CODE
    if language == settings.LANGUAGE_CODE:
        return {}
    address = reverse("script_texts", args=[language])
    version = script_catalogue_version(language)
    return {"frontend/catalogue": f"{address}?v={version}"}


def module_paths() -> list[tuple[str, str]]:
    """(name to import, path below the js folder) of every module, sorted."""
    paths = sorted(path.relative_to(_JS_DIR) for path in _JS_DIR.rglob("*.js"))
    return [(f"frontend/{path.with_suffix('')}", str(path)) for path in paths]
