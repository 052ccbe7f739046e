"""The routes of the URL configuration, and addresses made from them."""

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.access.world import World

_PLACES = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


def routes() -> list[str]:
    """Every route, as the URL configuration has it; the admin's are the admin's own."""
    return [route for route in _walk(get_resolver()) if not route.startswith("admin/")]


def admin_routes() -> list[str]:
    return [route for route in _walk(get_resolver()) if route.startswith("admin/")]


def _walk(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield route
        else:
            yield from _walk(one, route)


def address(route: str, world: World, where: dict[str, Any]) -> str:
    """The route as an address of the world's own things."""

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        return str(filled(where.get(name, world.names.get(name)), world))

    plain = _PLACES.sub(value, route)
    return "/" + plain.replace("^", "").replace("$", "")


def filled(value: Any, world: World) -> Any:
    """Names in braces, as the world has them."""
    if isinstance(value, dict):
        return {key: filled(inner, world) for key, inner in value.items()}
    if isinstance(value, str) and (match := re.fullmatch(r"\{(\w+)\}", value)):
        found = world.names[match[1]]
        return found if isinstance(found, int) else str(found)
    return value
