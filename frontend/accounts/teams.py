"""The pages of teams: whose members share personas, and who may choose the members.

Who is not in a team finds nothing here, staff neither: they have the admin.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from frontend.accounts.forms import FoundTeamForm, InvitationForm, RoleForm, TeamForm
from frontend.accounts.names import full_name
from frontend.views import PageRequest
from personas import limits
from personas.models import LastOwner, Persona, Role, Team


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def teams(request: PageRequest) -> HttpResponse:
    """The user's teams, and a form that founds another one."""
    form = FoundTeamForm(request.POST or None, owner=request.user)
    if form.is_valid():
        team = form.found()
        messages.success(
            request, gettext("“%(team)s” is founded. Invite somebody.") % {"team": team}
        )
        return redirect("team", team.pk)
    own = request.user.memberships.select_related("team").annotate(
        members=Count("team__memberships", distinct=True),
        personas=Count("team__personas", distinct=True),
    )
    context = {"form": form, "memberships": own.order_by("team__name", "team")}
    return render(request, "frontend/teams.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def team(request: PageRequest, pk: int) -> HttpResponse:
    """One team. A POST is an owner's and makes an invitation, whose link this answer
    shows and nothing ever shows again."""
    found, role = _own(request, pk)
    invites = InvitationForm(request.POST or None, team=found)
    context: dict[str, Any] = {}
    if request.method == "POST":
        _require_owner(role)
        if invites.is_valid():
            invitation, secret = invites.issue(request.user)
            context = {"issued": invitation, "link": _link(request, secret)}
            invites = InvitationForm(team=found)
    return render(
        request, "frontend/team.html", context | _about(request, found, role, invites)
    )


def _about(
    request: PageRequest, team: Team, role: Role, invites: InvitationForm
) -> dict[str, Any]:
    memberships = team.memberships.select_related("user")
    shown = Persona.objects.visible_to(request.user).filter(team=team)
    return {
        "team": team,
        "role": role,
        "is_owner": role == Role.OWNER,
        "memberships": memberships,
        "roles": Role.choices,
        "invites": invites,
        "invitations": team.open_invitations().select_related("invited_by"),
        "personas": shown.select_related("owner"),
        "naming": TeamForm(initial={"name": team.name}),
    }


def _link(request: HttpRequest, secret: str) -> str:
    return request.build_absolute_uri(reverse("invitation_open", args=[secret]))


@require_POST
@login_required
def rename(request: PageRequest, pk: int) -> HttpResponse:
    found = _owned(request, pk)
    form = TeamForm(request.POST)
    if form.is_valid():
        found.name = form.cleaned_data["name"]
        found.save(update_fields=["name"])
        messages.success(request, gettext("The team has its new name."))
    else:
        messages.error(
            request,
            gettext("A team needs a name of at most %(count)s characters.")
            % {"count": limits.NAME_MAX_CHARS},
        )
    return redirect("team", pk)


@require_POST
@login_required
def delete(request: PageRequest, pk: int) -> HttpResponse:
    """The personas stay with their owners, who alone have them then."""
    found = _owned(request, pk)
    found.delete()
    messages.success(request, gettext("“%(team)s” is deleted.") % {"team": found})
    return redirect("teams")


@require_POST
@login_required
def leave(request: PageRequest, pk: int) -> HttpResponse:
    found, _ = _own(request, pk)
    try:
        found.remove(request.user)
    except LastOwner as exc:
        messages.error(request, str(exc))
        return redirect("team", pk)
    messages.success(request, gettext("You have left “%(team)s”.") % {"team": found})
    return redirect("teams")


@require_POST
@login_required
def set_role(request: PageRequest, pk: int, member: int) -> HttpResponse:
    """Make a member an owner, editor or talker; oneself too, while another owner is left."""
    found = _owned(request, pk)
    user = _member(found, member)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Choose one of the roles in the list."))
        return redirect("team", pk)
    role = form.cleaned_data["role"]
    try:
        found.set_role(user, role)
    except LastOwner as exc:
        messages.error(request, str(exc))
    else:
        messages.success(
            request,
            gettext("%(name)s is now in the role “%(role)s”.")
            % {"name": full_name(user), "role": role.label},
        )
    return redirect("team", pk)


@require_POST
@login_required
def remove(request: PageRequest, pk: int, member: int) -> HttpResponse:
    """Take a member out. One who is gone already is no reason for an error."""
    found = _owned(request, pk)
    user = User.objects.filter(pk=member, memberships__team=found).first()
    if user is not None:
        try:
            found.remove(user)
        except LastOwner as exc:
            messages.error(request, str(exc))
        else:
            messages.success(
                request,
                gettext("%(name)s is no longer in the team.")
                % {"name": full_name(user)},
            )
    is_out = found.role_of(request.user) is None
    return redirect("teams") if is_out else redirect("team", pk)


@require_POST
@login_required
def withdraw(request: PageRequest, pk: int, invitation: int) -> HttpResponse:
    """Make an invitation's link worthless. Doing it twice is no error."""
    found = _owned(request, pk)
    found.open_invitations().filter(pk=invitation).delete()
    messages.success(request, gettext("The invitation is withdrawn."))
    return redirect("team", pk)


def _own(request: PageRequest, pk: int) -> tuple[Team, Role]:
    """One of the user's teams, and what they are in it."""
    found = get_object_or_404(Team.objects.of(request.user), pk=pk)
    role = found.role_of(request.user)
    if role is None:
        raise Http404
    return found, role


def _owned(request: PageRequest, pk: int) -> Team:
    found, role = _own(request, pk)
    _require_owner(role)
    return found


def _require_owner(role: Role) -> None:
    """A member knows that the team is there, yet what is an owner's does not exist for
    others: their pages have no key that leads to it."""
    if role != Role.OWNER:
        raise Http404


def _member(team: Team, pk: int) -> User:
    return get_object_or_404(User, pk=pk, memberships__team=team)
