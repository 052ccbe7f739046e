"""An avatar that falls silent was not heard out: the conversation keeps what was heard."""

from datetime import datetime
from typing import Any

from asgiref.sync import sync_to_async

from chat.models import Turn
from streaming import events
from streaming.models import Session
from streaming.signals import avatar_silenced


def connect() -> None:
    """Listen to the sessions of this process. Doing it twice is harmless."""
    avatar_silenced.connect(_cut_short, dispatch_uid="chat.silence")


async def _cut_short(
    *, session: Session, at: datetime, before_turn: int | None, **_: Any
) -> None:
    """Cut the turns that were being spoken, and tell everybody what was heard of them."""
    cut = await sync_to_async(Turn.objects.silence)(
        session, at=at, before_turn=before_turn
    )
    for turn in cut:
        heard = {"turn": turn.number, "reply": turn.reply}
        await events.record(session, "turn.interrupted", heard)
