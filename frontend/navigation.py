"""Where one can go from every page."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Named = tuple[tuple[str, Promise | str], ...]

MAIN: Named = (
    ("home", _("Personas")),
    ("studio", _("Studio")),
    ("history", _("History")),
    ("usage", _("Usage")),
)
OWN: Named = (
    ("account", _("Account")),
    ("teams", _("Teams")),
    ("memories", _("What personas remember")),
    ("embeds", _("On other sites")),
    ("tokens", _("API tokens")),
    ("doctor", _("Connection doctor")),
)
STAFF: Named = (
    ("board", _("Board")),
    ("admin:index", _("Admin")),
)


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    text: str
    is_here: bool


def links_for(request: HttpRequest) -> dict[str, list[Link]]:
    """`main`: in the header; `own`: in the menu. Nothing for who has not signed in."""
    if not request.user.is_authenticated:
        return {}
    staff = STAFF if request.user.is_staff else ()
    return {"main": _links(request, (*MAIN, *staff)), "own": _links(request, OWN)}


def _links(request: HttpRequest, named: Named) -> list[Link]:
    urls = [(reverse(name), str(text)) for name, text in named]
    return [Link(url, text, request.path == url) for url, text in urls]
