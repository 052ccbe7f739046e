"""The page of one's own account: who one is here, how one comes in, what one may take along."""

from allauth.account.models import EmailAddress
from allauth.core.internal import ratelimit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.timezone import localdate
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from config.views import too_many
from frontend.accounts.browsers import sign_out_of_others
from frontend.accounts.exporting import Pieces, export_of
from frontend.accounts.forms import DeleteAccountForm, NameForm
from frontend.accounts.leaving import (
    CannotLeave,
    belongings_of,
    delete_account,
    teams_that_need_an_owner,
    why_not,
)
from frontend.views import PageRequest

#: What is much work; no limit counts longer than the minute that the refusal names.
EXPORTS = {"export": "3/m/user"}
SIGN_OUTS = {"sign_out_elsewhere": "3/m/user"}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def account(request: PageRequest) -> HttpResponse:
    """All of it in one place; a POST changes the name."""
    form = NameForm(request.POST or None, instance=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, gettext("Your name is saved."))
        return redirect("account")
    addresses = EmailAddress.objects.filter(user=request.user)
    connected = SocialAccount.objects.filter(user=request.user)
    context = {
        "form": form,
        "address": addresses.order_by("-primary").first(),
        "connected": [one.get_provider_account() for one in connected],
        "providers": get_adapter().list_providers(request),
        "has_password": request.user.has_usable_password(),
    }
    return render(request, "frontend/account.html", context)


@require_POST
@login_required
def sign_out_elsewhere(request: PageRequest) -> HttpResponse:
    """End this user's sessions in every browser but this one."""
    if not ratelimit.consume(
        request, app="frontend.accounts", action="sign_out_elsewhere", config=SIGN_OUTS
    ):
        return too_many(request)
    count = sign_out_of_others(request)
    if count:
        messages.success(
            request,
            ngettext(
                "One other browser is signed out.",
                "%(count)s other browsers are signed out.",
                count,
            )
            % {"count": count},
        )
    else:
        messages.info(request, gettext("You are signed in nowhere else."))
    return redirect("account")


@require_POST
@login_required
@never_cache
def export(request: PageRequest) -> HttpResponseBase:
    """Everything that is kept of the user, as one file. By POST, since it is much work."""
    if not ratelimit.consume(
        request, app="frontend.accounts", action="export", config=EXPORTS
    ):
        return too_many(request)
    name = f"greenroom-{localdate():%Y-%m-%d}.zip"
    return StreamingHttpResponse(
        Pieces(export_of(request.user)),
        content_type="application/zip",
        headers={"Content-Disposition": content_disposition_header(True, name)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def delete(request: PageRequest) -> HttpResponse:
    """Say what goes and what stays, then ask; at the end nobody is signed in."""
    user: User = request.user
    found = belongings_of(user)
    form = DeleteAccountForm(request.POST or None, user=user, shares=found.shares)
    if form.is_valid():
        try:
            delete_account(user, form.heirs())
        except CannotLeave as exc:
            found = belongings_of(user)  # as it is now
            form = DeleteAccountForm(request.POST, user=user, shares=found.shares)
            form.add_error(None, str(exc))
        else:
            request.session.flush()
            messages.success(request, gettext("Your account is deleted. Goodbye."))
            return redirect("home")
    context = {
        "form": form,
        "found": found,
        "why_not": why_not(user),
        "stuck": teams_that_need_an_owner(user),
    }
    return render(request, "frontend/account_delete.html", context)
