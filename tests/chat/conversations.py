"""Conversations as tests need them: rows with exact times, without an avatar."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils.timezone import now

from chat.models import Conversation, Piece, Turn
from personas.models import Persona
from streaming.models import Account, Session, State

#: When the first session's picture came.
ZERO = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return ZERO + timedelta(seconds=seconds)


def new_session(owner: User, persona: Persona, **fields: Any) -> Session:
    account, _ = Account.objects.get_or_create(
        name="Nobody",
        defaults={"base_url": "http://127.0.0.1:9", "api_key": "x", "seat_limit": 500},
    )
    later = now() + timedelta(minutes=10)
    session = Session.objects.reserve(
        account, owner=owner, persona=persona, lease_expires_at=later, ends_at=later
    )
    Session.objects.filter(pk=session.pk).update(**fields)
    session.refresh_from_db()
    return session


def went_live(session: Session, seconds: float) -> None:
    session.record_status(State.CONNECTING, State.LIVE, "")
    session.events.filter(data__to=State.LIVE).update(at=at(seconds))


def ended(session: Session, seconds: float) -> None:
    Session.objects.filter(pk=session.pk).update(
        state=State.CLOSED,
        closing_at=at(seconds),
        ended_at=at(seconds),
        opened_at=session.created_at,
    )


def exchange(
    session: Session,
    prompt: str,
    *spoken: str,
    begins_s: float | None = None,
    kind: str = Turn.Kind.ASK,
    **end: Any,
) -> Turn:
    """A turn whose pieces last two seconds each, one after the other and long past.

    With `begins_s` it began so many seconds after `ZERO`, and its voice a second later.
    """
    turn = Turn.objects.begin(session, kind=Turn.Kind(kind), prompt=prompt)
    for text in spoken:
        turn.hear(text, duration_s=2.0)
    turn.end(**end)
    begins_at = now() - timedelta(hours=1) if begins_s is None else at(begins_s)
    Turn.objects.filter(pk=turn.pk).update(created_at=begins_at, speaks_until=None)
    for number, piece in enumerate(turn.pieces.order_by("number")):
        starts_at = begins_at + timedelta(seconds=1 + 2 * number)
        Piece.objects.filter(pk=piece.pk).update(begins_at=starts_at)
    turn.refresh_from_db()
    return turn


def only_conversation() -> Conversation:
    return Conversation.objects.get()
