"""What every page may show."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from frontend.navigation import links_for
from frontend.views import THEMES


def page(request: HttpRequest) -> dict[str, Any]:
    """`theme`: the colours that this browser's user has chosen, or "" for the system's;
    `links`: where one can go from here."""
    chosen = request.COOKIES.get("theme", "")
    return {
        "theme": chosen if chosen in THEMES else "",
        "links": SimpleLazyObject(lambda: links_for(request)),
    }
