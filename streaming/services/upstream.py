"""The client of the account that has a session, and how long that account is patient."""

from django.conf import settings

from streaming.models import Account, Session
from streaming.providers import provider_for
from streaming.providers.base import AvatarProvider

#: How much longer than we the avatar service waits before it calls a stream idle.
_IDLE_MARGIN_S = 60
_IDLE_S = (30, 3600)  # the shortest and the longest that it accepts


async def provider_of(session: Session) -> AvatarProvider:
    """The account is read anew, since staff may have moved it or changed its key."""
    return provider_for(await Account.objects.aget(sessions=session))


def idle_timeout_s() -> int:
    """Later than our own limit, so that it is we who end an idle session."""
    shortest, longest = _IDLE_S
    wished: int = settings.SESSION_IDLE_S + _IDLE_MARGIN_S
    return max(shortest, min(wished, longest))
