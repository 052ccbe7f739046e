"""What happened in a session, one numbered row for each thing."""

from typing import Any

from django.db import models
from django.utils.timezone import now

from streaming.models.session import Session

#: Of what an event says in words, these are the machine's own; others are what was said.
FACTS = frozenset({"from", "to", "reason", "state", "why", "code", "failed"})


class SessionEvent(models.Model):
    """One thing that happened in a session, numbered from 1 without gaps."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("session", "seq")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "seq"], name="streaming_event_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.type}"

    def facts(self) -> dict[str, Any]:
        """What happened, without a word of what was said: for staff who help."""
        return {
            name: value
            for name, value in self.data.items()
            if name in FACTS or isinstance(value, int | float) or value is None
        }

    def as_frame(self) -> dict[str, Any]:
        """As the websocket shows it."""
        return {
            "type": self.type,
            "seq": self.seq,
            "at": self.at.isoformat(),
            "data": self.data,
        }
