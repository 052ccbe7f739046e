"""What a language model may have done for its visitor while it answers."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from asgiref.sync import sync_to_async
from django.utils.timezone import now

from chat.minds.base import Tool
from chat.models import Turn
from streaming import services
from streaming.models import EndReason, Session

#: Sound is on its way to the viewer for so long at most.
_SOUND_S = 0.7

_NOTHING = {"type": "object", "properties": {}}


def tools_for(ending: asyncio.Event) -> Sequence[Tool]:
    """The tools of one answer; `ending` is set when the session should end behind it."""
    return (_end_conversation(ending),)


def _end_conversation(ending: asyncio.Event) -> Tool:
    async def run(arguments: Mapping[str, Any]) -> str:
        ending.set()
        return "The conversation ends when you have said your last words. Say goodbye."

    return Tool(
        "end_conversation",
        "End the conversation after this answer. Only when the visitor says goodbye or "
        "asks for it.",
        _NOTHING,
        run,
    )


async def close_when_heard(session: Session, turn: Turn) -> None:
    """End the session when the last words of `turn` were heard, unless it goes on."""
    left_s = await sync_to_async(_left_s)(turn)
    while left_s > 0:
        await asyncio.sleep(left_s)
        left_s = await sync_to_async(_left_s)(turn)
    if await sync_to_async(_is_last)(session, turn):
        await services.close_session(session, reason=EndReason.PERSONA_ENDED)


def _left_s(turn: Turn) -> float:
    """What the viewer hears may move the end of it."""
    turn.refresh_from_db(fields=["speaks_until", "interrupted"])
    if turn.speaks_until is None or turn.interrupted:
        return 0.0
    return (turn.speaks_until - now()).total_seconds() + _SOUND_S


def _is_last(session: Session, turn: Turn) -> bool:
    session.reread()
    newer = Turn.objects.filter(session=session, number__gt=turn.number)
    return session.is_usable and not turn.interrupted and not newer.exists()
