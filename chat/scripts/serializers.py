"""The bodies of the presentation endpoints."""

from typing import Any

from rest_framework import serializers

from chat.serializers import StrictText
from personas.limits import SLUG_MAX_CHARS
from streaming.serializers import SessionIn


class StrictNumber(serializers.IntegerField):
    """A whole number; "2", 2.0 and true are mistakes worth hearing about."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class PlayIn(SessionIn):
    """POST script/play."""

    script = StrictText(max_length=SLUG_MAX_CHARS)
    segment = StrictNumber(default=1)


class GoToIn(SessionIn):
    """POST script/goto."""

    segment = StrictNumber()


class ShowIn(SessionIn):
    """POST show."""

    exhibit = StrictText(max_length=SLUG_MAX_CHARS)
