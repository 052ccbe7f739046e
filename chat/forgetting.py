"""Deleting what was said, everywhere that it is kept."""

from typing import Any

from asgiref.sync import async_to_sync
from django.db.models.signals import pre_delete

from chat.models import Conversation
from streaming import services
from streaming.models import EndReason, SessionEvent

#: What is left of an event that told of a turn: its number has a place to fill.
DELETED = "turn.deleted"


def connect() -> None:
    """Watch conversations being deleted, by whomever. Doing it twice is harmless."""
    pre_delete.connect(_blank_events, Conversation, dispatch_uid="chat.forgetting")


def delete_conversation(conversation: Conversation) -> None:
    """Delete what was said; a session in which it still goes on is stopped first.

    The sessions themselves stay, and what they used in the ledger: no words are in them.
    """
    for session in conversation.sessions().select_related("account"):
        if session.is_open:
            async_to_sync(services.close_session)(
                session, reason=EndReason.VIEWER_CLOSED
            )
    conversation.delete()


def _blank_events(*, instance: Conversation, **_: Any) -> None:
    """The sessions' events repeat each word, for viewers who missed some."""
    told = SessionEvent.objects.filter(
        session__in=instance.sessions().order_by().values("pk"), data__has_key="turn"
    )
    told.update(type=DELETED, data={})
