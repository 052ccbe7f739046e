"""Saying where an answer came from, once it is known what was said."""

from asgiref.sync import sync_to_async

from chat.context import Context
from chat.models import Turn, TurnSource
from personas.knowledge.finding import used_in
from streaming import events
from streaming.models import Session


async def cite(session: Session, turn: Turn, context: Context) -> None:
    """Keep the sources of what was said, and tell them; nothing when there are none."""
    sources = used_in(context.sources, turn.reply, context.persona.language)
    if not sources:
        return
    await sync_to_async(TurnSource.objects.keep)(turn, sources)
    shown = [source.as_dict() for source in sources]
    data = {"turn": turn.number, "sources": shown}
    await events.record(session, "chat.sources", data)
