"""A user's sessions, as several pages list them."""

from collections.abc import Iterable
from typing import Any

from django.utils.timezone import now

from streaming import queueing
from streaming.models import Session, State
from streaming.models.session_queries import SessionQuerySet
from streaming.queueing import Place


def own_talks(user: Any) -> SessionQuerySet:
    """Newest first; replays of them, and what was taken out of the history, are none."""
    return Session.objects.history_of(user).select_related("persona")


def with_places(sessions: Iterable[Session]) -> list[tuple[Session, Place | None]]:
    """Each session, and where it stands if it waits in line."""
    rows = list(sessions)
    waits = any(row.state == State.WAITING for row in rows)
    places = queueing.places(now()) if waits else {}
    return [(row, places.get(row.pk)) for row in rows]
