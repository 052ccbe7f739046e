"""Origins as people write them, as browsers name them, and as a policy lists them."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

#: On one's own machine the port may be any, so that a page can be tried out.
ANY_PORT = ":*"
_OWN_MACHINE = ("localhost", "127.0.0.1")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"^(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$")


def clean_origin(text: str) -> str:
    """The origin as browsers name it. Raises `ValidationError` with what is wrong.

    What comes out has no character but letters, digits, `.`, `-`, `:`, `/` and one `*`, so
    it can stand in a header as it is.
    """
    text = text.strip()
    any_port = text.removesuffix("/").endswith(ANY_PORT)
    plain = text.removesuffix("/").removesuffix(ANY_PORT) if any_port else text
    try:
        parts = urlsplit(plain)
        host, port = parts.hostname or "", parts.port
    except ValueError as exc:
        raise _not_one(text) from exc
    if parts.scheme not in _DEFAULT_PORTS or "@" in parts.netloc:
        raise _not_one(text)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValidationError(
            _("“%(origin)s”: leave out what comes after the host name."),
            params={"origin": text},
        )
    host = _ascii(host, text)
    if any_port:
        if host not in _OWN_MACHINE or parts.scheme != "http":
            raise ValidationError(
                _("“%(origin)s”: only http://localhost:* may leave the port open."),
                params={"origin": text},
            )
        return f"http://{host}{ANY_PORT}"
    is_default = port in (None, _DEFAULT_PORTS[parts.scheme])
    return f"{parts.scheme}://{host}" + ("" if is_default else f":{port}")


def _ascii(host: str, text: str) -> str:
    try:
        ascii_host = host.encode("idna").decode().lower()
    except UnicodeError as exc:
        raise _not_one(text) from exc
    if not _HOST.match(ascii_host):
        raise _not_one(text)
    return ascii_host


def _not_one(text: str) -> ValidationError:
    return ValidationError(
        _("“%(origin)s” is not an origin, such as https://www.example.com."),
        params={"origin": text},
    )


def allows(origins: Iterable[str], origin: str) -> bool:
    """Whether `origin`, as a browser names it, is one of `origins`."""
    for allowed in origins:
        if origin == allowed:
            return True
        if allowed.endswith(ANY_PORT) and _is_at(origin, allowed):
            return True
    return False


def _is_at(origin: str, allowed: str) -> bool:
    host = allowed.removesuffix(ANY_PORT)
    port = origin.removeprefix(host)
    return origin.startswith(host) and re.fullmatch(r"(:\d{1,5})?", port) is not None


def origin_of(address: str) -> str:
    """The origin of an address that a browser gave, "" where it has none."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        return ""
    is_default = port in (None, _DEFAULT_PORTS[parts.scheme])
    return f"{parts.scheme}://{parts.hostname}" + ("" if is_default else f":{port}")
