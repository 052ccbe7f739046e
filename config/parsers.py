"""How the body of an API call is read."""

import json
from typing import Any

from django.conf import settings
from rest_framework import exceptions
from rest_framework.parsers import JSONParser


class TooLarge(exceptions.APIException):
    status_code = 413
    default_code = "too_large"


class JsonParser(JSONParser):
    """JSON of at most `API_MAX_BODY_BYTES`, refused before it is read into memory."""

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Any | None = None,
    ) -> Any:
        limit = settings.API_MAX_BODY_BYTES
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge(f"The body is larger than {limit} bytes.")
        if not body.strip():
            return {}
        try:
            return json.loads(body.decode(), parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as exc:
            raise exceptions.ParseError(f"The body is not JSON: {exc}.") from exc


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
