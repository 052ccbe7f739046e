"""Turns: one at a time in a session, beside whoever started it, and interruptible."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from channels.layers import BaseChannelLayer, get_channel_layer

from chat.context import context_for
from chat.minds import mind_for
from chat.models import Turn
from chat.replies import PacedVoice, Spoken, Written, speak_pieces, speak_reply
from chat.sentences import pieces
from config.errors import DomainError
from streaming import events, services
from streaming.models import Session
from streaming.providers.base import Utterance

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Interrupted(Exception):
    """A newer turn has begun, here or in another process; this one says no more."""


class Turns:
    """At most one turn at a time; a new one interrupts the one before.

    Turns run beside whoever starts them, in a task that this object holds on to, since a
    consumer handles its messages in order and "interrupt" must not wait behind a reply.
    """

    def __init__(self) -> None:
        self.turn: Turn | None = None
        self.error: Exception | None = None
        self._task: asyncio.Task[None] | None = None
        self._cancelled = False

    async def start(self, session: Session, kind: Turn.Kind, prompt: str) -> Turn:
        """Begin a turn; what the avatar still says of another one gives way to an answer.

        Texts to repeat line up, one behind the other. An answer that is still being
        written is interrupted by either kind.
        """
        began_s = time.monotonic()
        if kind == Turn.Kind.SAY and self.turn and self.turn.kind == Turn.Kind.SAY:
            await self.wait()
        await self.stop()
        turn, takes_over = await sync_to_async(_begin)(session, kind, prompt)
        self.turn, self.error, self._cancelled = turn, None, False
        self._task = asyncio.create_task(
            self._run(session, turn, began_s, takes_over=takes_over)
        )
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

    async def _run(
        self, session: Session, turn: Turn, began_s: float, *, takes_over: bool
    ) -> None:
        try:
            await _take(session, turn, began_s, takes_over=takes_over)
        except Exception as exc:  # the edge of a task: report it, or it vanishes
            self.error = exc
            await _report(session, turn, exc)


async def take_turn(session: Session, kind: Turn.Kind, prompt: str) -> Turn:
    """Run one turn to its end, for callers that have no socket.

    Raises what ended it early, if that was an error; an interruption is not one.
    Cancelling it interrupts the turn.
    """
    turns = Turns()
    async with _heeding_interrupts(session, turns):
        try:
            turn = await unbroken(turns.start(session, kind, prompt))
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
    await sync_to_async(Turn.objects.silence)(session)


# One turn -----------------------------------------------------------------------------


def _begin(session: Session, kind: Turn.Kind, prompt: str) -> tuple[Turn, bool]:
    """The next turn, and whether the avatar must be silenced for it.

    Raises `TimeIsUp` once the avatar says goodbye.
    """
    session.require_time()
    is_being_fed = Turn.objects.open().filter(session=session).exists()
    is_speaking = Turn.objects.speaking(session).exists()
    turn = Turn.objects.begin(session, kind=kind, prompt=prompt)
    return turn, is_being_fed or (is_speaking and kind == Turn.Kind.ASK)


async def _take(
    session: Session, turn: Turn, began_s: float, *, takes_over: bool
) -> None:
    """Feed the avatar until the reply is complete. Cancel it to interrupt."""
    try:
        await unbroken(_open(session, turn, takes_over=takes_over))
        await _feed(session, turn, began_s)
    except (asyncio.CancelledError, Interrupted):
        await _finish(session, turn, began_s, interrupted=True)
    except Exception as exc:
        code = exc.code if isinstance(exc, DomainError) else "internal"
        await _finish(session, turn, began_s, failed=code)
        raise
    else:
        await _finish(session, turn, began_s)


async def _open(session: Session, turn: Turn, *, takes_over: bool) -> None:
    data = {"turn": turn.number, "kind": turn.kind, "prompt": turn.prompt}
    await events.record(session, "turn.started", data)
    if takes_over:
        await services.interrupt(session, before_turn=turn.number)
        await sync_to_async(Turn.objects.silence)(session)


async def _feed(session: Session, turn: Turn, began_s: float) -> None:
    def clock() -> float:
        return time.monotonic() - began_s

    async with aclosing(_stream(session, turn)) as stream:
        async for event in stream:
            if isinstance(event, Written):
                if turn.first_delta_ms is None:
                    turn.first_delta_ms = clock() * 1000
                data = {"turn": turn.number, "text": event.text}
                await events.publish(session, "chat.delta", data)
                continue
            if turn.accepted_ms is None:
                turn.accepted_ms = clock() * 1000
                waited_ms = event.accepted_at_ms - event.complete_at_ms
                turn.first_piece_ms = turn.accepted_ms - waited_ms
            await unbroken(_note(session, turn, event))


async def _stream(
    session: Session, turn: Turn
) -> AsyncGenerator[Written | Spoken, None]:
    voice = SessionVoice(session, turn)
    if turn.kind == Turn.Kind.SAY:
        source = speak_pieces(voice, pieces(turn.prompt))
    else:
        context = await unbroken(context_for(session, turn.prompt))
        mind = mind_for(context.persona)
        source = speak_reply(mind, PacedVoice(voice), context.messages)
    async with aclosing(source):
        async for event in source:
            yield event


async def _note(session: Session, turn: Turn, spoken: Spoken) -> None:
    await sync_to_async(turn.hear)(spoken.text, duration_s=spoken.duration_s)
    await events.record(
        session,
        "chat.sentence",
        {
            "turn": turn.number,
            "index": spoken.index,
            "text": spoken.text,
            "task_id": spoken.task_id,
            "duration_s": spoken.duration_s,
        },
    )


async def _finish(
    session: Session,
    turn: Turn,
    began_s: float,
    *,
    interrupted: bool = False,
    failed: str = "",
) -> None:
    turn.finished_ms = (time.monotonic() - began_s) * 1000
    await sync_to_async(turn.end)(interrupted=interrupted, failed=failed)
    number = {"turn": turn.number}
    await events.record(
        session,
        "turn.finished",
        number | {"reply": turn.reply, "interrupted": turn.interrupted},
    )
    await events.record(session, "turn.timings", number | turn.timings())


async def _report(session: Session, turn: Turn, exc: Exception) -> None:
    """Tell everybody who watches why the turn ended early."""
    if isinstance(exc, DomainError):
        data = exc.body()
        del data["success"]
    else:
        logger.error("A turn failed.", exc_info=exc)
        message = "Something went wrong on our side."
        data = {"message": message, "error": type(exc).__name__, "code": "internal"}
    await events.record(session, "error", data | {"turn": turn.number})


class SessionVoice:
    """The session's avatar as a `Voice`, for as long as the turn is the current one."""

    def __init__(self, session: Session, turn: Turn) -> None:
        self._session = session
        self._turn = turn

    async def say(self, text: str) -> Utterance:
        """Hand over one piece. Raises `Interrupted` when a newer turn has begun.

        A piece that is under way when we are cancelled may reach the avatar after the
        interruption that cancelled us; so we see it arrive, and silence it as well.
        """
        if not await unbroken(sync_to_async(self._turn.is_current)()):
            raise Interrupted
        saying = asyncio.create_task(services.speak(self._session, text))
        try:
            return await unbroken(saying)
        except asyncio.CancelledError:
            if not saying.exception():
                await self._hush()
            raise

    async def _hush(self) -> None:
        """Best effort: when the avatar is gone meanwhile, it is silent too."""
        with suppress(DomainError):
            await services.interrupt(self._session, before_turn=self._turn.number + 1)


async def unbroken(work: Coroutine[Any, Any, T] | asyncio.Task[T]) -> T:
    """The result of `work`, which ends even when we are cancelled; then so do we.

    Cancelling a look into the database half-way stops no query, but it leaves the thread
    that the next one needs in an undefined state (asgiref 3.13).
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


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
