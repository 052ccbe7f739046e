"""The page of one's own account: who one is here, how one comes in, what one may take along."""

from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from frontend.accounts.browsers import sign_out_of_others
from frontend.accounts.forms import NameForm
from frontend.views import PageRequest


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
