"""Another persona on the stage: the same session and seat, a new face and voice."""

from dataclasses import asdict, replace
from datetime import datetime

from asgiref.sync import sync_to_async
from django.db import transaction
from django.utils.timezone import now

from personas.models import Persona
from streaming import background, limits
from streaming.errors import WrongState
from streaming.models import EndReason, Session
from streaming.providers.base import OpenedStream, Rejected, StreamWish
from streaming.publishing import send_message
from streaming.services.opening import Opened
from streaming.services.resuming import opening_until, renew_stream
from streaming.services.upstream import provider_of
from streaming.signals import avatar_silenced, persona_swapped


async def swap_persona(
    session: Session,
    persona: Persona,
    *,
    avatar_name: str = "",
    voice_id: str = "",
    quality: str = "",
) -> Opened:
    """An offer of a stream of `persona`, on the seat that the session has.

    Left empty, face and voice are the persona's own, and the quality is as it was. What is
    being said is cut off; the time limit stays, or gets shorter by the persona's limits.
    Where the account does not have the avatar, its own choice stands in.

    Raises `WrongState` when the session is not in use, `TimeIsUp` when its avatar says
    goodbye already, `TooManySessions` or `QuotaUsedUp` for the persona's limits: then
    nothing has changed. A `ProviderError`, when there is no new stream, ends the session.

    Swapping to who is on stage already changes their face and voice. Safe to cancel: it
    goes on.
    """
    if not session.is_usable:
        raise WrongState(f"This session is {session.state}; nobody can take its stage.")
    if session.is_replay:
        raise WrongState("A replay shows who was there then; nobody takes their place.")
    await sync_to_async(session.require_time)()
    before = StreamWish(**session.wish)
    wish = replace(
        before,
        avatar_name=avatar_name or persona.avatar_name,
        voice_id=voice_id or persona.voice_id,
        speaking_rate=float(persona.speaking_rate),
        language=persona.language,
        quality=quality or before.quality,
    )
    return await background.finish(background.start(_swap(session, persona, wish)))


async def _swap(session: Session, persona: Persona, wish: StreamWish) -> Opened:
    is_other = session.persona_id != persona.pk
    await sync_to_async(_exchange)(session, persona, wish, opening_until())
    message = {"type": "turn.interrupt", "before_turn": None}
    await send_message(session.group, message)
    # Now, while what was said is that of the one who leaves.
    await avatar_silenced.asend(Session, session=session, at=now(), before_turn=None)
    if is_other:
        await persona_swapped.asend(Session, session=session)
    return await renew_stream(session, _their_stream)


def _exchange(
    session: Session, persona: Persona, wish: StreamWish, until: datetime
) -> None:
    because = EndReason(session.ends_because)
    with transaction.atomic():
        granted = limits.Grant(ends_at=session.ends_at, because=because)
        if session.persona_id != persona.pk:
            granted = limits.grant_swap(
                persona, at=now(), until=session.ends_at, because=because
            )
        session.swap_persona(
            persona,
            wish=asdict(wish),
            until=until,
            ends_at=granted.ends_at,
            ends_because=granted.because,
        )


async def _their_stream(session: Session) -> OpenedStream:
    """A stream as wished for; without the face that this account does not have."""
    wish = StreamWish(**session.wish)
    try:
        async with await provider_of(session) as provider:
            return await provider.open_stream(wish)
    except Rejected:
        if not (wish.avatar_name or wish.voice_id):
            raise
    anybody = replace(wish, avatar_name="", voice_id="")
    async with await provider_of(session) as provider:
        stream = await provider.open_stream(anybody)
    await sync_to_async(session.replace_avatar)()
    return stream
