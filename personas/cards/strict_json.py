"""JSON from strangers: bounded in size, depth and number of values, and nothing but JSON."""

import json
import math
from typing import Any

from django.utils.translation import gettext as _

from personas import limits
from personas.cards.errors import CardRefused


def parsed(content: bytes) -> Any:
    """The value that `content` holds. Raises `CardRefused` in words for who uploads it."""
    if len(content) > limits.CARD_JSON_MAX_BYTES:
        raise CardRefused(
            _("The text in it has %(size)s MB; at most %(most)s MB are read.")
            % {
                "size": f"{len(content) / 1e6:.1f}",
                "most": f"{limits.CARD_JSON_MAX_BYTES / 1e6:.1f}",
            }
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise CardRefused(
            _("Its text is not in UTF-8. Save it again in that encoding.")
        ) from exc
    try:
        value = json.loads(text, parse_constant=_refused, parse_float=_finite)
    except RecursionError as exc:
        raise _too_deep() from exc
    except ValueError as exc:
        raise CardRefused(
            _("It is not JSON, or it is damaged: %(problem)s.") % {"problem": exc}
        ) from exc
    _require_modest(value)
    return value


def written(value: Any) -> bytes:
    """JSON in UTF-8; what no encoding can carry, a lone surrogate, becomes an escape."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, indent=1).encode()


def _require_modest(value: Any) -> None:
    """Level by level, so that depth costs no stack."""
    level, count = [value], 0
    for _depth in range(limits.CARD_MAX_DEPTH):
        inner: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                inner.extend(one.values())
            elif isinstance(one, list):
                inner.extend(one)
        count += len(inner)
        if count > limits.CARD_MAX_VALUES:
            raise CardRefused(
                _("It holds more than %(most)s values.")
                % {"most": limits.CARD_MAX_VALUES}
            )
        if not inner:
            return
        level = inner
    raise _too_deep()


def _too_deep() -> CardRefused:
    return CardRefused(
        _("It is nested deeper than %(most)s levels; no persona is.")
        % {"most": limits.CARD_MAX_DEPTH}
    )


def _refused(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits[:40]} is too large a number")
    return number
