"""What the system checks warn of, until somebody says that they have read it."""

from functools import lru_cache

from django.conf import settings
from django.core.checks import CheckMessage, run_checks
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

_READ = "warnings_read"


@lru_cache(maxsize=1)
def _found() -> tuple[CheckMessage, ...]:
    """Of this process; settings do not change while it lives."""
    found = run_checks(include_deployment_checks=settings.PRODUCTION)
    return tuple(one for one in found if not one.is_silenced())


def unread(request: HttpRequest) -> list[CheckMessage]:
    """Those that this person has not put away in this visit; for superusers alone."""
    if not request.user.is_superuser:
        return []
    read = request.session.get(_READ, [])
    return [one for one in _found() if _key(one) not in read]


@require_POST
def mark_as_read(request: HttpRequest) -> HttpResponse:
    if not request.user.is_superuser:
        raise PermissionDenied
    request.session[_READ] = [_key(one) for one in _found()]
    return redirect("admin:index")


def _key(one: CheckMessage) -> str:
    return f"{one.id}:{one.obj}"
