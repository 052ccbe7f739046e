"""Forms of one's account, of teams and of sharing."""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from frontend.accounts.leaving import NOBODY, Share
from frontend.accounts.names import full_name
from personas import limits
from personas.models import Invitation, Persona, Role, Team

#: How many teams one person may have founded or joined as an owner, and how many links
#: may wait to be used in one team; enough for anybody, and too few to fill a disk.
TEAMS_MAX = 50
OPEN_INVITATIONS_MAX = 50

LIFETIMES_DAYS = {1: _("1 day"), 7: _("7 days"), 30: _("30 days")}
ROLE_WORDS = {
    Role.TALKER: _("Talker: may talk to the team’s personas"),
    Role.EDITOR: _("Editor: may also edit them"),
    Role.OWNER: _("Owner: may also choose who is in the team"),
}


class NameForm(forms.ModelForm[User]):
    """How others, in one's teams, see who it is."""

    class Meta:
        model = User
        fields = ("first_name", "last_name")


class DeleteAccountForm(forms.Form):
    """That it is meant: the password or, without one, the username; and who gets what."""

    def __init__(
        self, *args: Any, user: User, shares: list[Share], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        for share in shares:
            self.fields[_heir_of(share)] = _heir_field(share)
        if self.user.has_usable_password():
            self.fields["password"] = forms.CharField(
                label=_("Your password"),
                widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            )
        else:
            self.fields["username"] = forms.CharField(
                label=_("Your username"),
                help_text=_("Type it, so that nothing is deleted by mistake."),
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
        self.shares = shares

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.user, password):
            raise forms.ValidationError(gettext("That is not your password."))
        return password

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if username.strip() != self.user.get_username():
            raise forms.ValidationError(
                gettext("Your username is %(name)s.")
                % {"name": self.user.get_username()}
            )
        return username

    def heirs(self) -> dict[int, int]:
        """Persona -> who has it from now on, or `NOBODY`."""
        return {
            share.persona.pk: self.cleaned_data[_heir_of(share)]
            for share in self.shares
        }


def _heir_of(share: Share) -> str:
    return f"heir_{share.persona.pk}"


def _heir_field(share: Share) -> forms.TypedChoiceField:
    names = [
        (heir.pk, gettext("goes to %(name)s") % {"name": full_name(heir)})
        for heir in share.heirs
    ]
    return forms.TypedChoiceField(
        label=gettext("%(persona)s, which “%(team)s” shares")
        % {"persona": share.persona, "team": share.persona.team},
        choices=[*names, (NOBODY, gettext("is deleted"))],
        coerce=int,
        initial=names[0][0],
    )


class TeamForm(forms.Form):
    """A team's name, for a new one or another one."""

    name = forms.CharField(
        max_length=limits.NAME_MAX_CHARS,
        label=_("Name of the team"),
        help_text=_("Such as “Museum guides”. Its members see it."),
    )

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class FoundTeamForm(TeamForm):
    """A new team of `owner`'s."""

    def __init__(self, *args: Any, owner: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner = owner

    def clean(self) -> dict[str, Any]:
        if Team.objects.owned_by(self.owner).count() >= TEAMS_MAX:
            raise forms.ValidationError(
                gettext(
                    "You own %(count)s teams, which is as many as one person may. "
                    "Delete one that is no longer used."
                )
                % {"count": TEAMS_MAX}
            )
        return self.cleaned_data

    def found(self) -> Team:
        """The new team. Call it once, on a valid form."""
        return Team.found(self.cleaned_data["name"], self.owner)


class RoleForm(forms.Form):
    """What a member may do."""

    role = forms.ChoiceField(choices=Role.choices, label=_("Role"))

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class InvitationForm(forms.Form):
    """Ask for a new link that lets one person into `team`."""

    role = forms.ChoiceField(
        choices=list(ROLE_WORDS.items()), initial=Role.TALKER, label=_("Comes in as")
    )
    lasts_days = forms.TypedChoiceField(
        choices=list(LIFETIMES_DAYS.items()),
        coerce=int,
        initial=7,
        label=_("The link is good for"),
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = team

    def clean(self) -> dict[str, Any]:
        if self.team.open_invitations().count() >= OPEN_INVITATIONS_MAX:
            raise forms.ValidationError(
                gettext(
                    "%(count)s invitations wait to be used, which is as many as may. "
                    "Withdraw one of them."
                )
                % {"count": OPEN_INVITATIONS_MAX}
            )
        return self.cleaned_data

    def issue(self, invited_by: User) -> tuple[Invitation, str]:
        """The invitation and its secret. Call it once, on a valid form."""
        return Invitation.issue(
            self.team,
            Role(self.cleaned_data["role"]),
            invited_by,
            lasts=timedelta(days=self.cleaned_data["lasts_days"]),
        )


class ShareForm(forms.Form):
    """Who finds a persona, and which team may talk to it and edit it."""

    visibility = forms.ChoiceField(
        label=_("Who can find it"),
        widget=forms.RadioSelect,
        choices=(
            ("private", _("Private: you, and the team below")),
            ("unlisted", _("Unlisted: also everybody here who has its address")),
            ("public", _("Public: everybody here, and it is shown in the gallery")),
        ),
    )
    team = forms.ModelChoiceField(
        label=_("Shared with the team"),
        queryset=Team.objects.none(),
        required=False,
        empty_label=_("No team"),
        help_text=_("Its talkers may talk to it, its owners and editors may edit it."),
    )

    def __init__(self, *args: Any, persona: Persona, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"visibility": persona.visibility, "team": persona.team_id}
        self.persona = persona
        field: Any = self.fields["team"]
        edited = Team.objects.edited_by(user).values("pk")
        field.queryset = Team.objects.filter(Q(pk__in=edited) | Q(pk=persona.team_id))

    def save(self) -> None:
        self.persona.change(
            visibility=self.cleaned_data["visibility"], team=self.cleaned_data["team"]
        )
