"""Who may call the REST API, and what every one of its views has in common.

A caller is a person's browser (session cookie, with CSRF protection), an integrator's
program (`Authorization: Token …`), or, while `OPEN_API` is on, any program on this very
machine, which then acts as the demo user. Pages of foreign origins can call the API with a
token, but never ride on a cookie or on being local; see config/decisions/0002.
"""

import ipaddress
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from knox.auth import TokenAuthentication
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.parsers import BaseParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle, UserRateThrottle
from rest_framework.views import APIView

from config.demo import demo_user
from config.parsers import JsonParser

_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


class LocalCaller(BaseAuthentication):
    """With `OPEN_API`, whoever calls from this machine is the demo user.

    "From this machine" is the peer's address and not what a header claims; a request that
    a proxy forwarded never counts. A browser's request counts only from a page of this
    machine, so that no web site that the user visits can use the API through the browser,
    also when it has its own name resolve to this machine (then that name is in `Host`).
    """

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        if settings.OPEN_API and is_local(request.META):
            return demo_user(), None
        return None


def is_local(meta: dict[str, Any]) -> bool:
    if any(name in meta for name in _FORWARDED):
        return False
    if meta.get("HTTP_SEC_FETCH_SITE") == "cross-site":
        return False
    named = [meta["HTTP_ORIGIN"]] if "HTTP_ORIGIN" in meta else []
    if "HTTP_HOST" in meta:
        named.append(f"//{meta['HTTP_HOST']}")
    if not all(is_loopback(_host_of(url)) for url in named):
        return False
    return is_loopback(meta.get("REMOTE_ADDR", ""))


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address, can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class TokenCaller(TokenAuthentication):  # type: ignore[misc]
    """Whoever brings a token; what no database can look up is as wrong as any other."""

    def authenticate_credentials(self, token: bytes) -> Any:
        if not token.isalnum():
            raise AuthenticationFailed
        return super().authenticate_credentials(token)


class ApiView(APIView):
    """Base of the documented API's views: read, do, show."""

    # Tokens first: a caller without any gets 401 and is told how to bring one.
    authentication_classes: Sequence[type[BaseAuthentication]] = (
        TokenCaller,
        SessionAuthentication,
        LocalCaller,
    )
    permission_classes = (IsAuthenticated,)
    throttle_classes: Sequence[type[BaseThrottle]] = (UserRateThrottle,)
    parser_classes: Sequence[type[BaseParser]] = (JsonParser,)


def caller(request: Request) -> User:
    """Who calls: a real user, in every view that lets nobody else in."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user
