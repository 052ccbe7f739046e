"""The few addresses that belong to no app."""

import secrets

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from config.demo import redeem
from config.languages import script_catalogue


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Whether this process answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """What Prometheus collects, for who knows the token; without one set, nobody."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not secrets.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponse(
            "Unauthorized", status=401, headers={"WWW-Authenticate": "Bearer"}
        )
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """For pages that do not name an icon, such as the admin's."""
    return redirect(static("frontend/img/favicon.svg"))


@require_safe
def script_texts(request: HttpRequest, language: str) -> HttpResponse:
    """What scripts say, as an ES module. Its address changes with its content."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    return HttpResponse(
        script_catalogue(language),
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


@require_safe
@never_cache
def demo_sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """Sign the demo user in by the link that `make run` prints."""
    if user := redeem(token):
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        return redirect("studio")
    messages.error(
        request,
        gettext(
            "This sign-in link was used before or is too old. "
            "`make link` prints another."
        ),
    )
    return redirect("account_login")


@never_cache
def too_many(request: HttpRequest) -> HttpResponse:
    """For forms sent too often: no limit that leads here counts longer than a minute."""
    answer = render(request, "429.html", status=429)
    answer["Retry-After"] = "60"
    return answer
