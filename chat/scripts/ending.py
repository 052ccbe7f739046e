"""A session that ends takes its presentation along."""

from typing import Any

from asgiref.sync import sync_to_async

from chat.models import ScriptRun
from chat.models.script_run import Why
from streaming.models import Session, State
from streaming.signals import avatar_silenced

_OVER = (State.CLOSING, State.CLOSED, State.FAILED)


def connect() -> None:
    """Listen to the sessions of this process. Doing it twice is harmless."""
    avatar_silenced.connect(_end, dispatch_uid="chat.scripts.ending")


async def _end(*, session: Session, **_: Any) -> None:
    if session.state in _OVER:
        await sync_to_async(_stop)(session)


def _stop(session: Session) -> None:
    for run in ScriptRun.objects.active().filter(session=session):
        run.stop(Why.SESSION_ENDED)
