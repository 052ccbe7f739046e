"""The page on which a session is said again."""

import uuid
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.models import Turn
from chat.replaying import VISITOR, Line, lines_of
from frontend.history.talks import own_talks
from frontend.views import PageRequest
from streaming.models import Session


@dataclass(slots=True)
class ReplayedTurn:
    """A turn as a key that leads to it."""

    number: int
    starts_s: float
    prompt: str = ""
    reply: str = ""


@require_safe
@login_required
@never_cache
def replay(request: PageRequest, session_id: uuid.UUID) -> HttpResponse:
    """For the one who was there; an avatar is called by the page, when they want it."""
    found: Session = get_object_or_404(own_talks(request.user), pk=session_id)
    lines = lines_of(found)
    if not lines:
        raise Http404("Nothing was said in this session.")
    persona = found.persona.name if found.persona else gettext("A deleted persona")
    turns = _turns(lines)
    context = {
        "session": found,
        "persona": persona,
        "turns": turns,
        "turn_count": len(turns),
        "is_shortened": Turn.objects.filter(session=found, number__gt=lines[-1].turn)
        .exclude(reply="")
        .exists(),
        "facts": {
            "id": str(found.pk),
            "persona": persona,
            "lines": [line.as_dict() for line in lines],
        },
    }
    return render(request, "frontend/replay.html", context)


def _turns(lines: list[Line]) -> list[ReplayedTurn]:
    turns: dict[int, ReplayedTurn] = {}
    for line in lines:
        turn = turns.setdefault(line.turn, ReplayedTurn(line.turn, line.starts_s))
        if line.piece == VISITOR:
            turn.prompt = line.text
        else:
            turn.reply = f"{turn.reply} {line.text}".strip()
    return list(turns.values())
