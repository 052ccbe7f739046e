"""Which pages may open a websocket here."""

from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import split_domain_port, validate_host


class SameOrigin:
    """Refuses websockets that a page of another origin opens.

    Browsers send cookies along with any websocket and ask nobody first, so the `Origin`
    header is the only protection. It must name the very host and port that the request
    came to (`Host`), or stand in `CSRF_TRUSTED_ORIGINS`. The port counts: cookies do not
    know ports, and another program on this machine may serve pages too.
    """

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        headers = {name: value.decode("latin1") for name, value in scope["headers"]}
        allowed = is_same_origin(headers.get(b"origin", ""), headers.get(b"host", ""))
        application: Any = self.application if allowed else WebsocketDenier()
        return await application(scope, receive, send)


def is_same_origin(origin: str, host: str) -> bool:
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        named = urlsplit(origin).netloc
    except ValueError:
        return False
    if not named or named.lower() != host.lower():
        return False
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)
