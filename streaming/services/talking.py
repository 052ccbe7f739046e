"""The calls of one session, each handed on to the avatar service that has it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils.timezone import now

from streaming import background
from streaming.errors import IllegalTransition, WrongState
from streaming.models import CONNECTED, EndReason, Session, State
from streaming.providers.base import AvatarProvider, Candidate, Gone, Utterance
from streaming.publishing import send_message
from streaming.services.ending import close_session
from streaming.services.upstream import provider_of
from streaming.signals import avatar_silenced

#: A page that goes away closes its media and its websocket; the news come within this.
_NEWS_TRAVEL_S = 1.0


async def start_session(session: Session, *, answer_sdp: str) -> None:
    """Hand the viewer's SDP answer on.

    Raises `WrongState` unless the session is ready: an answer counts once.
    """
    if session.state != State.READY:
        raise WrongState(
            f"This session is {session.state}; an answer is awaited once, when it is ready."
        )
    async with _upstream(session) as provider:
        await provider.answer(session.upstream_id, answer_sdp)
    await sync_to_async(_note_answer)(session)


def _note_answer(session: Session) -> None:
    """The media may have connected, and its viewer have said so, before we are told."""
    session.answered()
    if session.ice_state in CONNECTED:
        mark_live(session)


async def trickle(session: Session, *, candidate: Candidate) -> None:
    """Hand one of the viewer's ICE candidates on; before `start` is fine too."""
    async with _upstream(session) as provider:
        await provider.trickle(session.upstream_id, candidate)


async def speak(session: Session, text: str) -> Utterance:
    """Have the avatar say `text` after what it is saying; returns when it has accepted it.

    `text` has at most `MAX_UTTERANCE_CHARS` characters. Raises `TimeIsUp` once the avatar
    says goodbye.
    """
    await sync_to_async(session.require_time)()
    return await say_last(session, text)


async def say_last(session: Session, text: str) -> Utterance:
    """`speak` for the goodbye itself."""
    async with _upstream(session) as provider:
        utterance = await provider.speak(session.upstream_id, text)
    await sync_to_async(_note_speech)(session, utterance)
    return utterance


def _note_speech(session: Session, utterance: Utterance) -> None:
    """A stream that accepts speech is connected, whoever forgot to tell us so."""
    session.note_activity(speaks_s=utterance.duration_s)
    session.renew_lease(settings.LEASE_S + utterance.duration_s)
    if session.state == State.CONNECTING:
        mark_live(session)


def mark_live(session: Session) -> None:
    """From connecting to live; that it is live already is not an error."""
    try:
        session.go_live()
    except IllegalTransition:
        session.reread()


async def interrupt(session: Session, *, before_turn: int | None = None) -> None:
    """Silence the avatar: what it says, what it has queued, and the turn that feeds it.

    A turn that interrupts the ones before it gives its own number, lest it stop itself.
    """
    message = {"type": "turn.interrupt", "before_turn": before_turn}
    await send_message(session.group, message)
    async with _upstream(session) as provider:
        await provider.interrupt(session.upstream_id)
    await avatar_silenced.asend(
        Session, session=session, at=now(), before_turn=before_turn
    )
    await sync_to_async(session.note_activity)()


async def keep_alive(session: Session) -> None:
    """A sign that somebody still wants this session."""
    async with _upstream(session) as provider:
        await provider.keep_alive(session.upstream_id)
    await sync_to_async(session.note_activity)()


@asynccontextmanager
async def _upstream(session: Session) -> AsyncGenerator[AvatarProvider, None]:
    """A provider for one call on a session, which notices when upstream has ended it.

    Raises `WrongState` for a session that upstream does not have (yet, or any more).
    """
    if not session.is_usable:
        raise WrongState(f"This session is {session.state}, not in use.")
    stream = session.upstream_id
    async with await provider_of(session) as provider:
        try:
            yield provider
        except Gone:
            await sync_to_async(session.reread)()
            if session.upstream_id == stream and not session.is_in_grace(now()):
                background.hold(_end_unless_leaving(session, stream))
            raise


async def _end_unless_leaving(session: Session, stream: str) -> None:
    """Upstream has ended the stream, perhaps because its viewer's page is going away.

    Then we hear of that too, in a moment; and the viewer may be on the way back. A page
    that has just come may not even have beaten yet. Or the session has another stream.
    """
    await asyncio.sleep(_NEWS_TRAVEL_S)
    await sync_to_async(session.reread)()
    is_same = session.is_usable and session.upstream_id == stream
    if is_same and not session.is_in_grace(now()):
        await close_session(session, reason=EndReason.UPSTREAM_ENDED)
