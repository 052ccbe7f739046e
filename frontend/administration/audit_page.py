"""The audit's page in the admin."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from frontend.administration.audit import KINDS, MOST_PAGES, Wanted, entries
from streaming.permissions import READ_AUDIT

PER_PAGE = 50


class AuditForm(forms.Form):
    """Whose, which and when; a person is named as they sign in."""

    person = forms.CharField(label=_("Who"), required=False, max_length=150)
    kind = forms.ChoiceField(
        label=_("What"), required=False, choices=[("", _("Everything")), *KINDS.items()]
    )
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    page = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_PAGES, widget=forms.HiddenInput
    )

    def clean_person(self) -> User | None:
        name: str = self.cleaned_data["person"].strip()
        if not name:
            return None
        found = User.objects.filter(username__iexact=name).first()
        if found is None:
            raise forms.ValidationError(
                gettext("Nobody is called “%(name)s” here."), params={"name": name}
            )
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if isinstance(since, date) and isinstance(until, date) and until < since:
            self.add_error("until", gettext("This is before the first day."))
        return given


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """Who changed what, when, from which to which value."""
    if not request.user.has_perm(READ_AUDIT):
        raise PermissionDenied
    form = AuditForm(request.GET or None)
    shown, number, has_more = [], 1, False
    if not form.is_bound or form.is_valid():
        given = form.cleaned_data if form.is_bound else {}
        number = given.pop("page", None) or 1
        wanted = Wanted(**{name: value for name, value in given.items() if value})
        first = (number - 1) * PER_PAGE
        shown = entries(wanted, first=first, count=PER_PAGE + 1)
        has_more = len(shown) > PER_PAGE and number < MOST_PAGES
    context = admin.site.each_context(request) | {
        "title": gettext("Who changed what"),
        "form": form,
        "entries": shown[:PER_PAGE],
        "newer": _address(request, number - 1) if number > 1 else "",
        "older": _address(request, number + 1) if has_more else "",
    }
    return TemplateResponse(request, "admin/audit.html", context)


def _address(request: HttpRequest, page: int) -> str:
    kept = {name: value for name, value in request.GET.items() if name != "page"}
    return "?" + urlencode(kept | {"page": page})
