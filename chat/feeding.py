"""One turn: the avatar is fed with a reply until it is complete, or until it is not wanted."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Coroutine, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils.timezone import now

from chat import metrics
from chat.citing import cite
from chat.context import Context, context_for
from chat.fillers import Filler, filler_text
from chat.letting_go import older_turns_let_go
from chat.minds import mind_for
from chat.minds.base import Tool
from chat.models import Piece, Turn
from chat.replies import PacedVoice, Spoken, Written, speak_pieces, speak_reply
from chat.sentences import SOFT_LIMIT_CHARS, pieces
from chat.tools import close_when_heard, tools_for
from config.errors import DomainError
from personas.knowledge.source import Source
from personas.models import Persona
from streaming import background, events, services
from streaming.models import Session
from streaming.providers.base import Utterance

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Interrupted(Exception):
    """A newer turn has begun, here or in another process; this one says no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeding:
    """A turn on its way. `began_s` is when its prompt had come in, on the monotonic clock;
    `takes_over` means that the avatar must first be silenced."""

    session: Session
    turn: Turn
    began_s: float
    takes_over: bool
    max_pieces_ahead: int | None
    #: Whether also a text to repeat is handed over bit by bit, as answers are.
    is_paced: bool = False
    #: Set when the session should end behind this turn.
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    #: What the answer is made from, as soon as that is known.
    contexts: list[Context] = field(default_factory=list)
    #: What the model has looked up beyond that.
    found: list[Source] = field(default_factory=list)

    async def run(self) -> None:
        """Feed the avatar until the reply is complete. Cancel it to interrupt."""
        try:
            await unbroken(self._open())
            await self._feed()
        except (asyncio.CancelledError, Interrupted):
            await unbroken(self._finish(interrupted=True))
        except Exception as exc:
            code = exc.code if isinstance(exc, DomainError) else "internal"
            await unbroken(self._finish(failed=code))
            raise
        else:
            await unbroken(self._finish())
            if self.ending.is_set():
                background.hold(close_when_heard(self.session, self.turn))

    async def report(self, exc: Exception) -> None:
        """Tell everybody who watches why the turn ended early."""
        if isinstance(exc, DomainError):
            data = exc.body()
            del data["success"]
        else:
            logger.error("A turn failed.", exc_info=exc)
            message = "Something went wrong on our side."
            data = {
                "message": message,
                "error": type(exc).__name__,
                "code": "internal",
            }
        await self._record("error", data)

    async def _open(self) -> None:
        turn = self.turn
        await self._record("turn.started", {"kind": turn.kind, "prompt": turn.prompt})
        if self.takes_over:
            await services.interrupt(self.session, before_turn=turn.number)
            await unbroken(older_turns_let_go(self.session, turn))

    async def _feed(self) -> None:
        turn = self.turn
        async with aclosing(self._stream()) as stream:
            async for event in stream:
                if isinstance(event, Written):
                    if turn.first_delta_ms is None:
                        turn.first_delta_ms = self._clock_ms()
                    data = {"turn": turn.number, "text": event.text}
                    await events.publish(self.session, "chat.delta", data)
                    continue
                if turn.accepted_ms is None and not event.is_filler:
                    turn.accepted_ms = self._clock_ms()
                    waited_ms = event.accepted_at_ms - event.complete_at_ms
                    turn.first_piece_ms = turn.accepted_ms - waited_ms
                await unbroken(self._note(event))

    def _repetition(
        self, voice: "SessionVoice"
    ) -> AsyncGenerator[Written | Spoken, None]:
        if not self.is_paced:
            return speak_pieces(voice, pieces(self.turn.prompt))
        paced = PacedVoice(voice, max_pieces_ahead=self.max_pieces_ahead)
        return speak_pieces(paced, pieces(self.turn.prompt, max_chars=SOFT_LIMIT_CHARS))

    async def _stream(self) -> AsyncGenerator[Written | Spoken, None]:
        voice = SessionVoice(self.session, self.turn)
        if self.turn.kind == Turn.Kind.SAY:
            source = self._repetition(voice)
        else:
            source = await unbroken(self._answer(voice))
        async with aclosing(source):
            async for event in source:
                yield event

    async def _answer(
        self, voice: "SessionVoice"
    ) -> AsyncGenerator[Written | Spoken, None]:
        context = await context_for(self.session, self.turn.prompt)
        self.contexts.append(context)
        mind = mind_for(context.persona)
        number = self.turn.number
        tools: Sequence[Tool] = ()
        if mind.knows_tools:
            tools = await tools_for(
                self.session,
                context.persona,
                turn=number,
                ending=self.ending,
                found=self.found,
            )
        return speak_reply(
            mind,
            PacedVoice(voice, max_pieces_ahead=self.max_pieces_ahead),
            context.messages,
            tools=tools,
            filler=self._filler(context.persona),
        )

    def _filler(self, persona: Persona) -> Filler | None:
        if not settings.FILLER_AFTER_S:
            return None
        text = filler_text(persona.language, self.turn.number)
        return Filler(text, settings.FILLER_AFTER_S)

    async def _note(self, spoken: Spoken) -> None:
        """Keep what the avatar has accepted. Raises `Interrupted` when it was too late."""
        is_ours = await sync_to_async(self.turn.hear)(
            spoken.text,
            duration_s=spoken.duration_s,
            task_id=spoken.task_id,
            is_filler=spoken.is_filler,
        )
        if not is_ours:
            await SessionVoice(self.session, self.turn).hush()
            raise Interrupted
        await self._record(
            "chat.sentence",
            {
                "index": spoken.index,
                "text": spoken.text,
                "task_id": spoken.task_id,
                "duration_s": spoken.duration_s,
            },
        )

    async def _finish(self, *, interrupted: bool = False, failed: str = "") -> None:
        turn = self.turn
        turn.finished_ms = self._clock_ms()
        if not await sync_to_async(turn.end)(interrupted=interrupted, failed=failed):
            return
        metrics.observe_end(turn)
        for context in self.contexts:
            sources = (*context.sources, *self.found)
            await cite(self.session, turn, replace(context, sources=sources))
        said = {"reply": turn.reply, "interrupted": turn.interrupted}
        await self._record("turn.finished", said)
        await self._record("turn.timings", turn.timings())

    async def _record(self, kind: str, data: dict[str, Any]) -> None:
        await events.record(self.session, kind, {"turn": self.turn.number} | data)

    def _clock_ms(self) -> float:
        return (time.monotonic() - self.began_s) * 1000


async def tell_talk(session: Session, task_id: str) -> None:
    """The viewer hears the piece `task_id`: when a turn begins to be heard, say so."""
    turn = await sync_to_async(Turn.objects.heard_by_viewer)(session, task_id, now())
    if turn is None:
        return
    metrics.observe_talk(turn)
    if turn.ended_at is not None:
        told = {"turn": turn.number} | turn.timings()
        await events.record(session, "turn.timings", told)


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
                await self.hush()
            raise

    async def hush(self) -> None:
        """Silence a piece that came after the interruption that it should have obeyed.

        Not when the newer turn is being spoken already: its words would be lost as well.
        Best effort: when the avatar is gone meanwhile, it is silent too.
        """
        newer = self._turn.number + 1
        is_spoken = Piece.objects.of_session(self._session).filter(
            turn__number__gte=newer
        )
        if await unbroken(sync_to_async(is_spoken.exists)()):
            return
        with suppress(DomainError):
            await services.interrupt(self._session, before_turn=newer)


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
        if not task.cancelled():
            task.exception()  # looked at: we leave for another reason than that
        raise
