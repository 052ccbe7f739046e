"""From where a request came, for limits that count by address."""

import ipaddress
from typing import Any

from django.conf import settings


def client_address(meta: dict[str, Any]) -> str:
    """The caller's address, as one who is counted: of IPv6 the network that one line has.

    Behind proxies it is what the outermost of ours added; whatever stands before that in
    `X-Forwarded-For` anybody could have written.
    """
    address = str(meta.get("REMOTE_ADDR", ""))
    if settings.PROXIES:
        hops = str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",")[-settings.PROXIES :]
        address = hops[0].strip() or address
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6:
        mapped = parsed.ipv4_mapped
        return str(mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
