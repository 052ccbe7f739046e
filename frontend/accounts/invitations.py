"""Accepting an invitation to a team, also for who has no account yet.

The link's secret is looked up once and then left behind: the browser's session remembers
which invitation it was, through signing in or up, and no later address contains it.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from config.accounts import INVITATION_KEY, invitation_of
from frontend.accounts.names import full_name
from frontend.views import PageRequest
from personas.models import Invitation, InvitationNotGood


@require_safe
@never_cache
def open_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Where the link leads: remember the invitation, and show it without its secret."""
    try:
        found = Invitation.objects.by_secret(secret)
    except InvitationNotGood:
        return _not_good(request)
    request.session[INVITATION_KEY] = found.pk
    return redirect("invitation")


@require_safe
@never_cache
def invitation(request: HttpRequest) -> HttpResponse:
    """Who invites to what and as what, and a key to accept, or to sign in or up first."""
    found = invitation_of(request)
    if found is None:
        used = _used_by_them(request)
        return _joined(request, used) if used else _not_good(request)
    role = found.team.role_of(request.user)
    context = {
        "invitation": found,
        "inviter": full_name(found.invited_by),
        "role": role,
        "hours_left": (found.expires_at - now()).total_seconds() / 3600,
    }
    return render(request, "frontend/invitation.html", context)


@require_POST
@login_required
def accept(request: PageRequest) -> HttpResponse:
    """Join. Whoever is in the team already keeps their role, and the link stays good."""
    found = invitation_of(request)
    if found is None:
        return _not_good(request)
    try:
        found.accept(request.user)
    except InvitationNotGood:
        return _not_good(request)
    return _joined(request, found)


def _used_by_them(request: HttpRequest) -> Invitation | None:
    """The one that this browser has opened, if signing up has used it."""
    pk = request.session.get(INVITATION_KEY)
    if pk is None or not request.user.is_authenticated:
        return None
    used = Invitation.objects.filter(
        pk=pk,
        accepted_by=request.user,
        team__members=request.user,
    )
    return used.select_related("team").first()


def _joined(request: HttpRequest, found: Invitation) -> HttpResponse:
    request.session.pop(INVITATION_KEY, None)
    messages.success(
        request, gettext("You are in the team “%(team)s”.") % {"team": found.team}
    )
    return redirect("team", found.team_id)


def _not_good(request: HttpRequest) -> HttpResponse:
    request.session.pop(INVITATION_KEY, None)
    return render(request, "frontend/invitation_not_good.html", status=404)
