"""How people get accounts here: django-allauth with our own few rules."""

import contextlib
import math
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import user_signed_up
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.cache import cache
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext, ngettext

from config.mailing import FAILURES, MailNotSent, mail_not_sent
from personas.models import Invitation, InvitationNotGood

#: Where a browser's session keeps which invitation to a team it has opened.
INVITATION_KEY = "invitation"

_APP = "allauth.account"
_FAILED = "login_failed"


def invitation_of(request: HttpRequest) -> Invitation | None:
    """The invitation that this browser has opened, while it is good."""
    if (pk := request.session.get(INVITATION_KEY)) is None:
        return None
    good = Invitation.objects.good(now()).filter(pk=pk)
    return good.select_related("team", "invited_by").first()


def connect() -> None:
    """Watch people signing up. Doing it twice is harmless."""
    user_signed_up.connect(_use_invitation, dispatch_uid="config.accounts")


def _use_invitation(*, request: HttpRequest, user: User, **_: Any) -> None:
    """On a site that takes nobody by itself, the invitation that let them in is used up.

    Who finds that somebody else has just used it gets no account.
    """
    if not settings.SIGNUP_OPEN and not _is_let_in(invitation_of(request), user):
        user.delete()
        raise ImmediateHttpResponse(redirect("account_signup"))


def _is_let_in(invitation: Invitation | None, user: User) -> bool:
    if invitation is None:
        return False
    try:
        invitation.accept(user)
    except InvitationNotGood:
        return False
    return True


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Signing up is open or closed by `SIGNUP_OPEN`; an invitation opens it as well, and
    the admin can always add people."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGNUP_OPEN) or invitation_of(request) is not None

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Whoever came by an invitation goes on with it."""
        if INVITATION_KEY in request.session:
            return reverse("invitation")
        return str(super().get_signup_redirect_url(request))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse whoever has guessed too often, and say for how long."""
        try:
            super().pre_authenticate(request, **credentials)
        except forms.ValidationError as exc:
            key = self._get_login_attempts_cache_key(request, **credentials)
            raise forms.ValidationError(
                try_again_words(_wait_s(request, key)), code="too_many_login_attempts"
            ) from exc

    def get_login_stages(self) -> list[str]:
        """The usual ones, but our own way with a verification that cannot be mailed."""
        theirs = "allauth.account.stages.EmailVerificationStage"
        ours = "config.mailing.VerifyEmail"
        return [ours if one == theirs else one for one in super().get_login_stages()]

    def send_mail(
        self, template_prefix: str, email: str, context: dict[str, Any]
    ) -> None:
        """Raises `MailNotSent`, after a line in the log."""
        try:
            super().send_mail(template_prefix, email, context)
        except FAILURES as exc:
            raise mail_not_sent(self.request, template_prefix, email, exc) from exc

    def send_confirmation_mail(self, request: HttpRequest, *args: Any) -> None:
        """Who is signed in stays among their addresses, where it can be asked for again."""
        try:
            super().send_confirmation_mail(request, *args)
        except MailNotSent as exc:
            if request.user.is_authenticated:
                messages.error(request, exc.words())
                exc.response = redirect("account_email")
            raise

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Tell of a change that is made already: that no mail can be sent undoes nothing."""
        with contextlib.suppress(MailNotSent):
            super().send_notification_mail(*args, **kwargs)


def try_again_words(wait_s: float) -> str:
    """That there were too many attempts, and when the next one counts."""
    minutes = max(1, math.ceil(wait_s / 60))
    when = ngettext(
        "Try again in %(minutes)s minute.", "Try again in %(minutes)s minutes.", minutes
    ) % {"minutes": minutes}
    why = gettext("Too many attempts to sign in have failed.")
    return f"{why} {when}"


def _wait_s(request: HttpRequest, key: str) -> float:
    """How long until every limit lets in another attempt."""
    rates = ratelimit.get_rates(app=_APP, action=_FAILED)
    return max((_wait_of(request, rate, key) for rate in rates), default=0.0)


def _wait_of(request: HttpRequest, rate: ratelimit.Rate, key: str) -> float:
    place = ratelimit.get_cache_key(
        request, app=_APP, action=_FAILED, rate=rate, key=key
    )
    history: list[float] = cache.get(place, [])  # the newest attempt first
    if len(history) < rate.amount:
        return 0.0
    oldest_that_counts: float = history[rate.amount - 1]
    return max(0.0, oldest_that_counts + float(rate.duration) - time.time())
