"""A session that ends takes its presentation along, and so does a persona that leaves it."""

from typing import Any

from asgiref.sync import sync_to_async

from chat import showing
from chat.models import ScriptRun
from chat.models.script_run import Why
from streaming.models import Session, State
from streaming.signals import avatar_silenced, persona_swapped

_OVER = (State.CLOSING, State.CLOSED, State.FAILED)


def connect() -> None:
    """Listen to the sessions of this process. Doing it twice is harmless."""
    avatar_silenced.connect(_end, dispatch_uid="chat.scripts.ending")
    persona_swapped.connect(_clear_stage, dispatch_uid="chat.scripts.ending")


async def _end(*, session: Session, **_: Any) -> None:
    if session.state in _OVER:
        await sync_to_async(_stop)(session, Why.SESSION_ENDED)


async def _clear_stage(*, session: Session, **_: Any) -> None:
    await sync_to_async(_stop)(session, Why.REPLACED)
    await showing.hide_exhibit(session)


def _stop(session: Session, why: Why) -> None:
    for run in ScriptRun.objects.active().filter(session=session):
        run.stop(why)
