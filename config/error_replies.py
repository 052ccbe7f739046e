"""What an API caller is told when a view raises, in one place."""

import logging
import math
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions as drf
from rest_framework.response import Response
from rest_framework.views import set_rollback

from config.errors import DomainError, InternalError, Unavailable, error_body

logger = logging.getLogger(__name__)


def handle_exception(exc: Exception, context: dict[str, Any]) -> Response:
    """Render any exception of an API view as the documented error body."""
    set_rollback()
    if isinstance(exc, DomainError):
        return Response(exc.body(), status=exc.status, headers=exc.headers())
    if isinstance(exc, OperationalError | InterfaceError):
        logger.error("The database could not be used.", exc_info=exc)
        exc = Unavailable()
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
    return Response(InternalError(exc).body(), status=InternalError.status)


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
        headers["Retry-After"] = str(math.ceil(wait_s))
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
