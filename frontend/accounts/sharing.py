"""The page on which a persona's owner says who finds it and which team shares it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from frontend.accounts.forms import ShareForm
from frontend.views import PageRequest
from personas.models import Persona, Team


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def share(request: PageRequest, slug: str) -> HttpResponse:
    """Only for its owner: an editor of the team may change what it says, not who hears it."""
    own = Persona.objects.filter(owner=request.user).select_related("team")
    persona = get_object_or_404(own, slug=slug)
    form = ShareForm(request.POST or None, persona=persona, user=request.user)
    if form.is_valid():
        form.save()
        messages.success(
            request,
            gettext("Who may talk to %(persona)s is saved.") % {"persona": persona},
        )
        return redirect("persona_share", slug)
    context = {
        "persona": persona,
        "form": form,
        "has_teams": Team.objects.edited_by(request.user).exists(),
    }
    return render(request, "frontend/persona_share.html", context)
