"""Reading fields of a request's JSON, with errors that name the field.

Every reader takes a missing field, `null` and an empty string for "not given", as the
cloud's own demo sends them.
"""

from collections.abc import Collection, Mapping
from typing import Any

from streaming.engine.errors import InvalidParameter, MissingParameter

Body = Mapping[str, Any]
_MAX_CHARS = 200


def required_text(body: Body, name: str) -> str:
    text = optional_text(body, name)
    if text is None:
        raise MissingParameter(name)
    return text


def optional_text(body: Body, name: str, *, max_chars: int = _MAX_CHARS) -> str | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidParameter(name, "must be a string")
    if len(value) > max_chars:
        raise InvalidParameter(name, f"must have at most {max_chars} characters")
    return value.strip() or None


def choice(body: Body, name: str, allowed: Collection[str], default: str) -> str:
    """One of `allowed`, in whatever case it was written."""
    text = optional_text(body, name)
    if text is None:
        return default
    for each in allowed:
        if each.lower() == text.lower():
            return each
    raise InvalidParameter(name, f"must be one of {', '.join(allowed)}")


def number(
    body: Body, name: str, *, least: float, most: float, default: float
) -> float:
    value = body.get(name)
    if value is None or value == "":
        return default
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidParameter(name, "must be a number")
    if not least <= value <= most:
        raise InvalidParameter(name, f"must be {least:g} to {most:g}")
    return float(value)


def flag(body: Body, name: str) -> bool:
    value = body.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise InvalidParameter(name, "must be true or false")
    return value


def mapping(body: Body, name: str) -> Body:
    value = body.get(name)
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        raise InvalidParameter(name, "must be an object")
    return value
