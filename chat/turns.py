"""Turns: one at a time in a session, beside whoever started it, and interruptible."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import sync_to_async
from channels.layers import BaseChannelLayer, get_channel_layer

from chat.errors import DoesNotAnswer, OnlyReplays
from chat.feeding import Feeding, unbroken
from chat.memory import upkeep
from chat.models import Turn
from personas.models import Persona
from streaming import services
from streaming.models import Session


class Turns:
    """At most one turn at a time; a new one interrupts the one before.

    Turns run beside whoever starts them, in a task that this object holds on to, since a
    consumer handles its messages in order and "interrupt" must not wait behind a reply.
    `max_pieces_ahead` as for `PacedVoice`.
    """

    def __init__(self, *, max_pieces_ahead: int | None = None) -> None:
        self.turn: Turn | None = None
        self.error: Exception | None = None
        self._max_pieces_ahead = max_pieces_ahead
        self._task: asyncio.Task[None] | None = None
        self._cancelled = False

    @property
    def is_busy(self) -> bool:
        """Whether the current turn is still being handed over."""
        return self._task is not None and not self._task.done()

    async def start(
        self,
        session: Session,
        kind: Turn.Kind,
        prompt: str,
        *,
        interrupts: bool = False,
    ) -> Turn:
        """Begin a turn; what the avatar still says of another one gives way to an answer.

        Texts to repeat line up, one behind the other. An answer that is still being
        written is interrupted by either kind. With `interrupts` everything gives way.
        """
        began_s = time.monotonic()
        lines_up = kind == Turn.Kind.SAY and not interrupts
        if lines_up and self.turn and self.turn.kind == Turn.Kind.SAY:
            await self.wait()
        await self.stop()
        turn, takes_over = await sync_to_async(_begin)(session, kind, prompt)
        return await self.feed(
            session, turn, began_s=began_s, takes_over=takes_over or interrupts
        )

    async def feed(
        self,
        session: Session,
        turn: Turn,
        *,
        began_s: float,
        takes_over: bool = False,
        is_paced: bool = False,
    ) -> Turn:
        """Hand a turn over that was begun already; for whoever has reasons to begin it.

        `is_paced` as for `Feeding`.
        """
        self.turn, self.error, self._cancelled = turn, None, False
        feeding = Feeding(
            session=session,
            turn=turn,
            began_s=began_s,
            takes_over=takes_over,
            max_pieces_ahead=self._max_pieces_ahead,
            is_paced=is_paced,
        )
        self._task = asyncio.create_task(self._run(feeding))
        await asyncio.sleep(0)  # cancelled before its first step, it would end nothing
        return turn

    def cancel(self) -> None:
        """Tell the current turn to let go, without waiting for it.

        Only once: a second time would hit it while it puts its things away.
        """
        if self._task is not None and not self._cancelled:
            self._cancelled = True
            self._task.cancel()

    async def stop(self) -> None:
        """Interrupt the current turn, and return when it has let go of its streams."""
        self.cancel()
        await self.wait()

    async def wait(self) -> None:
        """Return when the current turn is over, however it ends."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def heed(self, message: dict[str, Any]) -> None:
        """Obey a `turn.interrupt` from the group, unless our turn is newer than it."""
        before = message.get("before_turn")
        if before is None or (self.turn is not None and self.turn.number < before):
            await self.stop()

    async def _run(self, feeding: Feeding) -> None:
        upkeep.give_way(feeding.session)
        try:
            await feeding.run()
        except Exception as exc:  # the edge of a task: report it, or it vanishes
            self.error = exc
            await feeding.report(exc)
        upkeep.after_turn(feeding.session)


async def take_turn(
    session: Session, kind: Turn.Kind, prompt: str, *, interrupts: bool = False
) -> Turn:
    """Run one turn to its end, for callers that have no socket; `interrupts` as above.

    Raises what ended it early, if that was an error; an interruption is not one.
    Cancelling it interrupts the turn.
    """
    turns = Turns()
    async with _heeding_interrupts(session, turns):
        try:
            starting = turns.start(session, kind, prompt, interrupts=interrupts)
            turn = await unbroken(starting)
            await turns.wait()
        except asyncio.CancelledError:
            await turns.stop()
            raise
    if turns.error:
        raise turns.error
    return turn


async def interrupt(session: Session, turns: Turns) -> None:
    """Silence the avatar first, then wait for the turn to put its things away."""
    turns.cancel()
    await services.interrupt(session)
    await turns.wait()


def _begin(session: Session, kind: Turn.Kind, prompt: str) -> tuple[Turn, bool]:
    """The next turn, and whether the avatar must be silenced for it.

    Raises `TimeIsUp` once the avatar says goodbye, `OnlyReplays`, and `DoesNotAnswer`.
    """
    session.require_time()
    if session.is_replay:
        raise OnlyReplays
    if kind == Turn.Kind.ASK:
        require_answers(session.speaker_now())
    is_being_fed = Turn.objects.open().filter(session=session).exists()
    is_speaking = Turn.objects.speaking(session).exists()
    turn = Turn.objects.begin(session, kind=kind, prompt=prompt)
    return turn, is_being_fed or (is_speaking and kind == Turn.Kind.ASK)


def require_answers(persona: Persona | None) -> None:
    """Raises `DoesNotAnswer` for one who says only what they are given."""
    if persona is not None and not persona.answers:
        raise DoesNotAnswer(persona.name)


# Interruptions from elsewhere ------------------------------------------------------------


@asynccontextmanager
async def _heeding_interrupts(
    session: Session, turns: Turns
) -> AsyncGenerator[None, None]:
    """Let whoever interrupts the session, in any process, stop these turns."""
    layer = _layer()
    channel = await layer.new_channel()
    await layer.group_add(session.group, channel)
    listening = asyncio.create_task(_listen(channel, turns))
    try:
        yield
    finally:
        listening.cancel()
        await asyncio.wait([listening])
        await layer.group_discard(session.group, channel)


async def _listen(channel: str, turns: Turns) -> None:
    layer = _layer()
    while True:
        message = await layer.receive(channel)
        if message["type"] == "turn.interrupt":
            await turns.heed(message)


def _layer() -> BaseChannelLayer:
    layer = get_channel_layer()
    assert layer is not None  # noqa: S101  (settings always have one)
    return layer
