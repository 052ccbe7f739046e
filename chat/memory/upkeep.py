"""When summaries are made and facts noted: beside the talk, and never in its way.

A model that answers one request at a time would let a visitor wait while it writes notes.
So notes begin when a turn has been handed over, while the avatar still speaks, and give
way when the next turn begins, unless the model has lost sight of older turns already.
Facts wait until the visitor has been silent for a while, or until there is enough to read.
What was given up, or died with its process, is done after a later turn.
"""

import asyncio
import logging
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from chat.memory.clerk import has_clerk
from chat.memory.database import looked_up
from chat.memory.facts import note_facts
from chat.memory.summaries import Need, need_of, summarise
from chat.models import Conversation, Memory
from streaming import background
from streaming.models import Session

logger = logging.getLogger(__name__)

#: A visitor who says nothing for so long has probably ended the subject, or left.
QUIET_S = 20.0
#: So many unread turns are enough not to wait for that.
ENOUGH_TURNS = 6


@dataclass(slots=True)
class _Work:
    task: asyncio.Task[None]
    gives_way: bool = True


#: By session; only of this process. Whoever is in another one has a claim to respect.
_works: dict[UUID, _Work] = {}


def after_turn(session: Session) -> None:
    """A turn was handed over: begin what there is to do, unless it goes on already."""
    going_on = _works.get(session.pk)
    if not has_clerk() or (going_on and not going_on.task.cancelling()):
        return
    task = background.start(_keep_up(session))
    work = _works[session.pk] = _Work(task)
    task.add_done_callback(partial(_forget, session.pk, work))


def give_way(session: Session) -> None:
    """A turn begins: whatever can wait stops asking the model."""
    work = _works.get(session.pk)
    if work is not None and work.gives_way:
        work.task.cancel()


def _forget(session_id: UUID, work: _Work, task: asyncio.Task[None]) -> None:
    if _works.get(session_id) is work:
        del _works[session_id]
    if not task.cancelled() and (error := task.exception()):
        logger.error("The upkeep of a conversation failed.", exc_info=error)


async def _keep_up(session: Session) -> None:
    conversation = await looked_up(Conversation.objects.found_for, session)
    if conversation is None:
        return
    work = _works[session.pk]
    need = await looked_up(need_of, conversation)
    if need is not Need.NONE:
        work.gives_way = need is not Need.OVERDUE
        await summarise(conversation)
        work.gives_way = True
    memory = await looked_up(_memory_of, conversation)
    if memory is None:
        return
    if await looked_up(memory.unread_turns().count) < ENOUGH_TURNS:
        await asyncio.sleep(QUIET_S)
    await note_facts(memory)


def _memory_of(conversation: Conversation) -> Memory | None:
    """The one that notes may go into: only with consent."""
    return Memory.objects.filter(
        owner=conversation.owner_id, persona=conversation.persona_id, is_on=True
    ).first()
