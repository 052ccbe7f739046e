"""The gallery: whom one can talk to, and what this is for who has not signed in."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from frontend.gallery.finding import Eyes, Order, Whose, Wish, found
from frontend.history.talks import own_talks, with_places
from frontend.views import PageRequest
from personas.models import Persona, PersonaNotFound
from streaming.models import Session
from streaming.queueing import Place

PERSONAS_PER_PAGE = 24
SHOWN_TO_STRANGERS = 6
LATEST_SESSIONS = 4

#: What may just have happened to a persona, as the address of the gallery says it.
DONE = ("archived", "restored", "duplicated", "imported")


@dataclass(frozen=True, slots=True)
class Card:
    """A persona as one user sees it in the gallery."""

    persona: Persona
    whose: Whose
    is_current: bool
    can_edit: bool

    @property
    def can_copy(self) -> bool:
        """As `copyable_by()` has it."""
        return self.can_edit or self.persona.visibility == Persona.Visibility.PUBLIC

    @property
    def whose_words(self) -> str:
        if self.whose == Whose.TEAM and self.persona.team:
            return self.persona.team.name
        words = {
            Whose.MINE: _("Yours"),
            Whose.SITE: _("The site’s"),
            Whose.OTHERS: _("Somebody else’s"),
        }
        return words.get(self.whose, "")


@require_safe
def home(request: PageRequest) -> HttpResponse:
    """Whom one can talk to; for who has not signed in, what this is."""
    if not request.user.is_authenticated:
        return _welcome(request)
    wish, eyes = Wish.of(request.GET), Eyes.of(request.user)
    personas, tags = found(wish, eyes)
    page = Paginator(personas, PERSONAS_PER_PAGE).get_page(request.GET.get("page"))
    current = _current_persona(request)
    is_plain = not wish.is_narrow and page.number == 1
    context: dict[str, Any] = {
        "wish": wish,
        "page": page,
        "cards": _cards(page, request, eyes, current),
        "tags": tags,
        "whose": Whose.choices,
        "orders": Order.choices,
        "current": current,
        "done": _done(request),
        "archived": Persona.objects.put_away_by(request.user).exists(),
        "sessions": _latest_sessions(request) if is_plain else [],
    }
    return render(request, "frontend/home.html", context)


def _welcome(request: PageRequest) -> HttpResponse:
    public = Persona.objects.public().order_by("-is_default", "name", "pk")
    shown = public.select_related("card").defer("card__text", "card__picture")
    context = {"personas": shown[:SHOWN_TO_STRANGERS]}
    return render(request, "frontend/welcome.html", context)


def _cards(
    page: Page[Persona], request: PageRequest, eyes: Eyes, current: Persona | None
) -> list[Card]:
    shown = list(page.object_list)
    mine = Persona.objects.editable_by(request.user).filter(
        pk__in=[one.pk for one in shown]
    )
    editable = set(mine.values_list("pk", flat=True))
    return [
        Card(one, eyes.whose(one), one == current, one.pk in editable) for one in shown
    ]


def _current_persona(request: PageRequest) -> Persona | None:
    try:
        return Persona.objects.current_for(request.user)
    except PersonaNotFound:
        return None


def _latest_sessions(request: PageRequest) -> list[tuple[Session, Place | None]]:
    """The user's last few, and where each stands that waits in line."""
    return with_places(own_talks(request.user)[:LATEST_SESSIONS])


# What just happened ---------------------------------------------------------------------


def to_gallery(did: str, persona: Persona) -> HttpResponse:
    """Back to the gallery, which says what was done and offers what follows from it."""
    query = urlencode({"did": did, "persona": persona.slug})
    return redirect(f"{reverse('home')}?{query}")


def _done(request: PageRequest) -> dict[str, Any] | None:
    """What the address says was done, if it is still so: the way back to it is kept short."""
    did = request.GET.get("did", "")
    if did not in DONE:
        return None
    slug = request.GET.get("persona", "").replace("\0", "")
    persona = Persona.objects.editable_by(request.user).filter(slug=slug).first()
    if persona is None or (did == "archived") != bool(persona.archived_at):
        return None
    return {"did": did, "persona": persona}


@require_POST
@login_required
def duplicate(request: PageRequest, slug: str) -> HttpResponse:
    """A private copy of one's own, of somebody public or whom one may edit."""
    original = get_object_or_404(Persona.objects.copyable_by(request.user), slug=slug)
    return to_gallery("duplicated", original.copy_for(request.user))
