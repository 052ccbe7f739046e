"""The shapes of the protocol's answers."""

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

_OK: Final = 100


def ok(data: Any) -> web.Response:
    """The envelope of the streaming calls."""
    return web.json_response({"code": _OK, "data": data, "message": "success"})


def account_data(data: Any) -> web.Response:
    """The envelope of the account calls."""
    return web.json_response({"error": None, "data": data})


def failure(
    status: int, code: int, message: str, more: Mapping[str, object] | None = None
) -> web.Response:
    body = {"code": code, "message": message, **(more or {})}
    return web.json_response(body, status=status)
