"""The session that a caller may see or act on."""

import uuid

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.models import User

from streaming.errors import SessionNotFound, WrongState
from streaming.models import EndReason, Session, State


async def find_session(session_id: uuid.UUID, user: User) -> Session:
    """The session, if `user` may see it. Raises `SessionNotFound`."""
    found = (
        await Session.objects.visible_to(user)
        .select_related("persona")
        .filter(pk=session_id)
        .afirst()
    )
    if found is None:
        raise SessionNotFound(f"session_id: there is no session {session_id}.")
    return found


async def get_open_session(session_id: uuid.UUID, user: User) -> Session:
    """A session to act on. Raises `SessionNotFound`, or `WrongState` once it has ended."""
    session = await find_session(session_id, user)
    if not session.is_open or session.state == State.CLOSING:
        why = EndReason(session.end_reason).label if session.end_reason else "closed"
        raise WrongState(f"This session has ended: {why}. Open a new one.")
    return session


async def own_session(session_id: uuid.UUID, user: User) -> Session:
    """A session to sit in: the caller's own, in any state. Raises `SessionNotFound`."""
    mine = Session.objects.filter(owner=user, pk=session_id)
    # With its relations, since it is used where the database must not be asked.
    found = await mine.select_related(
        "owner", "persona", "continues", "replays"
    ).afirst()
    if found is None:
        raise SessionNotFound(f"session_id: you have no session {session_id}.")
    return found


async def session_for_call(session_id: uuid.UUID, user: User) -> Session:
    """`get_open_session` for a REST call, which is a sign of life when its owner calls.

    It counts for longer than a heartbeat does, since such callers do not beat.
    """
    session = await get_open_session(session_id, user)
    if session.owner_id == user.pk:
        await sync_to_async(session.renew_lease)(settings.LEASE_REST_S)
    return session
