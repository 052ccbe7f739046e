"""Waiting for the feeders of older turns, in whatever process, to put their things away."""

import asyncio
import time
from datetime import timedelta

from asgiref.sync import sync_to_async
from django.utils.timezone import now

from chat.models import Turn
from streaming.models import Session

#: A feeder that has not let go by then is dead with its process.
LETS_GO_WITHIN_S = 2.0
_LOOK_EVERY_S = 0.02


async def older_turns_let_go(session: Session, turn: Turn) -> None:
    """Return when no piece of an older turn is on its way to the avatar any more.

    One that is while the avatar is silenced arrives after that, and would be said before
    or between the words of `turn`. Its own feeder silences it, but cannot any more once
    newer words are being said; so those wait for it. Mostly there is nothing to wait for.
    """
    gives_up_s = time.monotonic() + LETS_GO_WITHIN_S
    while await sync_to_async(_is_held)(session, turn):
        if time.monotonic() > gives_up_s:
            return
        await asyncio.sleep(_LOOK_EVERY_S)


def _is_held(session: Session, turn: Turn) -> bool:
    lately = now() - timedelta(seconds=LETS_GO_WITHIN_S)
    older = Turn.objects.filter(session=session, number__lt=turn.number)
    return older.filter(finished_ms=None, ended_at__gte=lately).exists()
