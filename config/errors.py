"""What a caller is told when something fails, in one place.

Every error of the REST API has the documented body and a stable `code`:

    {"success": false, "message": "for people", "error": "the detail", "code": "no_seat"}

A failure that an upstream caused also says so in `upstream`, with its own code and words.
"""

import logging
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions as drf
from rest_framework.response import Response
from rest_framework.views import set_rollback

logger = logging.getLogger(__name__)


class DomainError(Exception):
    """A failure that the caller can act on; anything else is a bug.

    `code` is the stable name that clients and tests compare. The message is for people
    and may change; `detail` says more, where there is more to say.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400

    def __init__(self, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail or message

    def body(self) -> dict[str, Any]:
        """The documented error body."""
        return error_body(str(self), self.detail, self.code)

    def headers(self) -> dict[str, str]:
        """HTTP headers that belong to this answer, `Retry-After` for one."""
        return {}


def error_body(message: str, error: str, code: str) -> dict[str, Any]:
    return {"success": False, "message": message, "error": error, "code": code}


def handle_exception(exc: Exception, context: dict[str, Any]) -> Response:
    """Render any exception of an API view as the documented error body."""
    set_rollback()
    if isinstance(exc, DomainError):
        return Response(exc.body(), status=exc.status, headers=exc.headers())
    if isinstance(exc, Http404):
        exc = drf.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = drf.PermissionDenied()
    if isinstance(exc, drf.ValidationError):
        return _invalid(exc)
    if isinstance(exc, drf.APIException):
        return _refused(exc)
    logger.error("An API view failed.", exc_info=exc)
    body = error_body(
        "Something went wrong on our side.", type(exc).__name__, "internal"
    )
    return Response(body, status=500)


def _invalid(exc: drf.ValidationError) -> Response:
    """The first problem is the message, with its field's documented name; all are listed."""
    problems = [
        f"{path}: {text}" if path else text for path, text in flatten(exc.detail)
    ]
    body = error_body(problems[0], " ".join(problems), "invalid")
    return Response(body, status=400)


def _refused(exc: drf.APIException) -> Response:
    detail = exc.detail if isinstance(exc.detail, str) else str(exc.detail)
    code = getattr(exc.detail, "code", None) or exc.default_code
    body = error_body(str(detail), str(detail), str(code))
    headers = {}
    if auth_header := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if wait_s := getattr(exc, "wait", None):
        headers["Retry-After"] = f"{wait_s:.0f}"
    return Response(body, status=exc.status_code, headers=headers)


def flatten(detail: Any, path: str = "") -> list[tuple[str, str]]:
    """DRF's nested error detail as (dotted field name, sentence) pairs."""
    if isinstance(detail, dict):
        return [
            pair
            for name, inner in detail.items()
            for pair in flatten(inner, _joined(path, str(name)))
        ]
    if isinstance(detail, list):
        return [pair for inner in detail for pair in flatten(inner, path)]
    return [(path, str(detail))]


def _joined(path: str, name: str) -> str:
    if name == "non_field_errors":
        return path
    return f"{path}.{name}" if path else name
