"""How the answer of an API call is written."""

from typing import Any

from rest_framework.renderers import JSONRenderer


class JsonRenderer(JSONRenderer):
    """JSON in UTF-8; what UTF-8 cannot hold makes an answer of escapes, not a failure.

    A lone surrogate comes in as a valid JSON escape, from a caller or from an upstream,
    and would otherwise end the answer that quotes it, after every handler has had its turn.
    """

    def render(self, *args: Any, **kwargs: Any) -> bytes:
        try:
            return bytes(super().render(*args, **kwargs))
        except UnicodeEncodeError:
            return bytes(_EscapingRenderer().render(*args, **kwargs))


class _EscapingRenderer(JSONRenderer):
    ensure_ascii = True
