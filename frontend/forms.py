"""Forms of our pages; most of signing in is django-allauth's."""

from datetime import timedelta
from typing import Any

from allauth.account.forms import LoginForm, SignupForm
from allauth.socialaccount.forms import SignupForm as SocialForm
from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken
from knox.settings import knox_settings

from frontend.models import ApiToken

LIFETIMES_DAYS = {
    "30": _("30 days"),
    "90": _("90 days"),
    "365": _("1 year"),
    "never": _("It does not expire"),
}


class SignInForm(LoginForm):  # type: ignore[misc]
    """allauth's own form, with a label that says what may be typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Username or e-mail")
        self.fields["login"].widget.attrs.pop("placeholder", None)
        self.fields["remember"].label = _("Keep me signed in on this machine")


class SignUpForm(SignupForm):  # type: ignore[misc]
    """allauth's own form; our fields say by themselves which of them are optional."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")
        self.fields["email"].help_text = _("For a new password, should you need one.")


class SocialSignUpForm(SocialForm):  # type: ignore[misc]
    """The same for who comes from elsewhere."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")


class ApiTokenForm(forms.Form):
    """Ask for a new API token."""

    name = forms.CharField(
        max_length=60,
        label=_("Name"),
        help_text=_("What will use it, such as “kiosk in the lobby”."),
    )
    lasts_days = forms.ChoiceField(
        choices=list(LIFETIMES_DAYS.items()), initial="90", label=_("Lasts")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        limit = knox_settings.TOKEN_LIMIT_PER_USER
        if limit and AuthToken.objects.filter(user=self.user).count() >= limit:
            raise forms.ValidationError(
                gettext(
                    "You have %(count)s tokens, which is as many as one person may have. "
                    "Revoke one that is no longer used."
                )
                % {"count": limit}
            )
        return self.cleaned_data

    def issue(self) -> tuple[ApiToken, str]:
        """The new token and its secret. Call it once, on a valid form."""
        days = self.cleaned_data["lasts_days"]
        return ApiToken.objects.issue(
            user=self.user,
            name=self.cleaned_data["name"],
            lasts=None if days == "never" else timedelta(days=int(days)),
        )
