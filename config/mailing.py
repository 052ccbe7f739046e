"""Mails that cannot be sent: what people read then, what operators read, what is undone.

A mail server may be away, slow, or refuse an address. A mail that is needed for going on ends
the request with a page that says so, whichever of django-allauth's pages wanted it; the page
is the same whether or not an account has the address, since a mail is tried in both cases.
"""

import logging
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.stages import EmailVerificationStage
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from personas.models import Invitation

logger = logging.getLogger(__name__)

#: What a mail server, or the way to it, fails with.
FAILURES = (SMTPException, OSError)


class MailNotSent(ImmediateHttpResponse):  # type: ignore[misc]
    """No mail went to `email`. Where nobody catches it, a page says so.

    `refused`: the server takes none for this address, so that trying again is no use.
    """

    def __init__(self, request: HttpRequest, email: str, *, refused: bool) -> None:
        super().__init__(_page(request, refused=refused))
        self.email = email
        self.refused = refused

    def words(self) -> str:
        """For who is signed in, or soon is, and goes on without the mail."""
        if self.refused:
            words = gettext(
                "The mail server does not take mail for %(email)s. See whether it is "
                "written correctly."
            )
        else:
            words = gettext(
                "The link that verifies %(email)s could not be sent. Ask for it again in "
                "a few minutes, among your e-mail addresses."
            )
        return words % {"email": self.email}


def mail_not_sent(
    request: HttpRequest, template_prefix: str, email: str, failure: Exception
) -> MailNotSent:
    """Tell the operators, and let the same mail be asked for again at once.

    The server's own words stay out of the log, as they repeat the address.
    """
    kind, code = type(failure).__name__, _code_of(failure)
    logger.error(
        "A mail (%s) to %s could not be sent: %s%s.",
        template_prefix.rpartition("/")[2],
        _masked(email),
        kind,
        f" {code}" if code else "",
    )
    _forget_that_it_was_sent(request, email)
    refused = isinstance(failure, SMTPRecipientsRefused) and code >= 500
    return MailNotSent(request, email, refused=refused)


class VerifyEmail(EmailVerificationStage):  # type: ignore[misc]
    """Before somebody comes in: the link by which they show that an address is theirs.

    Where that is not mandatory they come in without it. Where it is, and they have just
    signed up, there is no account either: one that nobody can enter would keep its name
    and address from whoever tries again.
    """

    def handle(self) -> tuple[HttpResponse | None, bool]:
        try:
            handled: tuple[HttpResponse | None, bool] = super().handle()
            return handled
        except MailNotSent as exc:
            return self._without_mail(exc)

    def _without_mail(self, failed: MailNotSent) -> tuple[HttpResponse | None, bool]:
        if self.login.email_verification != EmailVerificationMethod.MANDATORY:
            messages.error(self.request, failed.words())
            return None, True
        if not self.login.signup:
            return failed.response, False
        # Without a user somebody has the address already, which nobody else is told.
        if self.login.user:
            _undo_signing_up(self.login.user)
        return _page(self.request, refused=failed.refused, signup=True), False


def _undo_signing_up(user: User) -> None:
    with transaction.atomic():
        Invitation.objects.filter(accepted_by=user).reopen()
        user.delete()


def _page(request: HttpRequest, *, refused: bool, signup: bool = False) -> HttpResponse:
    posted = request.method == "POST"
    context = {
        "refused": refused,
        "signup": signup,
        "again": request.path if posted else reverse("account_login"),
    }
    status = 400 if refused else 503
    return render(request, "account/mail_not_sent.html", context, status=status)


def _code_of(failure: Exception) -> int:
    """The server's number for it; 0 when it gave none."""
    if isinstance(failure, SMTPRecipientsRefused):
        return min(code for code, _ in failure.recipients.values())
    if isinstance(failure, SMTPResponseException):
        return int(failure.smtp_code)
    return 0


def _masked(email: str) -> str:
    """Enough for an operator to find it in the mail server's log by the time."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"


def _forget_that_it_was_sent(request: HttpRequest, email: str) -> None:
    """Verification is mailed once in a while only, which counts before it is sent."""
    app, action = "allauth.account", "confirm_email"
    for rate in ratelimit.get_rates(app=app, action=action):
        cache.delete(
            ratelimit.get_cache_key(
                request, app=app, action=action, rate=rate, key=email.lower()
            )
        )
