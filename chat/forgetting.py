"""Deleting what was said, everywhere that it is kept."""

from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.signals import pre_delete
from django.utils.timezone import now

from chat.models import Conversation, ConversationSummary
from streaming import services
from streaming.models import EndReason, Session, SessionEvent

#: What is left of an event that told of a turn: its number has a place to fill.
DELETED = "turn.deleted"


def connect() -> None:
    """Watch conversations and people being deleted, by whomever.

    Doing it twice is harmless.
    """
    pre_delete.connect(
        _conversation_goes, Conversation, dispatch_uid="chat.forgetting.conversation"
    )
    pre_delete.connect(_person_goes, User, dispatch_uid="chat.forgetting.person")


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


def delete_session_words(session: Session) -> None:
    """Delete what was said in one session, and take it out of its owner's history.

    It is stopped first if it is open. The rest of a conversation that went on in others
    stays; its summary goes, since it may tell of what is deleted, and is made anew.
    """
    if session.is_open:
        async_to_sync(services.close_session)(session, reason=EndReason.VIEWER_CLOSED)
    with transaction.atomic():
        told_in = Conversation.objects.filter(turns__session=session).distinct()
        for conversation in list(told_in):
            conversation.turns.filter(session=session).delete()
            ConversationSummary.objects.filter(conversation=conversation).delete()
            if not conversation.turns.exists():
                conversation.delete()
        _blank_events(Session.objects.filter(pk=session.pk))
        Session.objects.filter(pk=session.pk).update(removed_at=now())


def _conversation_goes(*, instance: Conversation, **_: Any) -> None:
    _blank_events(instance.sessions())


def _person_goes(*, instance: User, **_: Any) -> None:
    """Also in sessions without a conversation something may have been said."""
    _blank_events(Session.objects.filter(owner=instance))


def _blank_events(sessions: QuerySet[Session]) -> None:
    """The sessions' events repeat each word, for viewers who missed some."""
    words = Q(data__has_key="turn") | Q(data__has_key="text")
    told = SessionEvent.objects.filter(session__in=sessions.order_by().values("pk"))
    told.filter(words).update(type=DELETED, data={})
