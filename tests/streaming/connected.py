"""Sessions that the portal takes for live, without any media, and their end."""

import asyncio
from datetime import timedelta

from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.utils.timezone import now

from personas.models import Persona
from streaming.models import ENDED, Account, Session

LATEST_S = 15.0


def connected(
    account: Account, owner: User, persona: Persona, *, seconds: float
) -> Session:
    """A session in `live` whose time is up in so many seconds."""
    until = now() + timedelta(hours=1)
    session = Session.objects.reserve(
        account, owner=owner, persona=persona, lease_expires_at=until, ends_at=until
    )
    session.opened("up-1", ends_at=now() + timedelta(seconds=seconds))
    session.answered()
    session.go_live()
    return Session.objects.select_related("persona").get(pk=session.pk)


async def closed(session: Session) -> Session:
    """The session, once it has ended."""
    async with asyncio.timeout(LATEST_S):
        while True:
            await sync_to_async(session.reread)()
            if session.state in ENDED:
                return session
            await asyncio.sleep(0.02)
