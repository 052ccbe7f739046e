"""One avatar performing: its queue of words, its sound and its picture, on one clock."""

import asyncio
import logging
import uuid
from collections.abc import Callable
from contextlib import aclosing

from streaming.engine.clock import MediaClock
from streaming.engine.face import Mood, Performer, Pose
from streaming.engine.speech import Delivery, Speaker, Speech, Voice
from streaming.engine.speech.line import Line, Piece
from streaming.engine.speech.sound import RATE_HZ, Samples
from streaming.engine.utterances import Event, Utterance

log = logging.getLogger(__name__)

MAX_QUEUED_S = 300.0  # thirty megabytes of sound
MAX_QUEUED_UTTERANCES = 100

Announce = Callable[[Event], None]


class Performance:
    """What one session's viewer hears and sees.

    `announce` is handed the protocol's events as they become true for the listener.
    """

    def __init__(
        self,
        *,
        performer: Performer,
        synthesiser: Speaker,
        voice: Voice,
        delivery: Delivery,
        clock: MediaClock,
        announce: Announce,
    ) -> None:
        self.clock = clock
        self._performer = performer
        self._synthesiser = synthesiser
        self._voice = voice
        self._delivery = delivery
        self._announce = announce
        self._line = Line(on_start=self._started, on_end=self._ended)
        self._utterances: dict[str, Utterance] = {}
        self._making: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()  # texts are made, and heard, as they came
        self._is_listening = False
        self._is_over = False

    @property
    def is_talking(self) -> bool:
        return bool(self._utterances)

    @property
    def is_full(self) -> bool:
        """Whether so much waits to be said that more would only take memory."""
        return (
            self._line.queued_s > MAX_QUEUED_S
            or len(self._utterances) >= MAX_QUEUED_UTTERANCES
        )

    async def say(self, text: str) -> Utterance:
        """Queue `text`; returns when it is known, or can be guessed, how long it takes.

        An utterance that is interrupted before that comes back already ended.
        """
        utterance = Utterance(str(uuid.uuid4()))
        self._utterances[utterance.task_id] = utterance
        making = asyncio.create_task(self._make(utterance, text))
        self._making.add(making)
        making.add_done_callback(self._making.discard)
        making.add_done_callback(lambda _: utterance.is_known.set())
        try:
            await utterance.is_known.wait()
            if making.done() and not making.cancelled():
                making.result()
        except BaseException:
            if not utterance.has_pieces:
                making.cancel()
                self._finish(utterance)
            raise
        return utterance

    def hush(self) -> None:
        """Forget what is queued and fall silent, within one packet of sound."""
        for making in self._making:
            making.cancel()
        for utterance in self._utterances.values():
            utterance.is_whole = True
            utterance.unheard = 0
        self._line.cut()
        self._performer.hush(self._now_s())
        for utterance in list(self._utterances.values()):
            self._finish(utterance)
        self._settle()

    def listen(self, is_listening: bool) -> None:
        """Take, or leave, the pose of somebody who listens."""
        self._is_listening = is_listening
        if not self._line.is_busy:
            self._settle()

    def close(self) -> None:
        """Fall silent for good. Closing twice is harmless."""
        if not self._is_over:
            self._is_over = True
            self.hush()

    async def wait_closed(self) -> None:
        """Return once nothing is being made any more. Call after `close`."""
        await asyncio.gather(*self._making, return_exceptions=True)

    def sound(self, count: int) -> Samples:
        """The next `count` samples; this is what moves the performance on."""
        return self._line.read(count)

    def pose_at(self, at_s: float) -> Pose:
        return self._performer.pose_at(at_s)

    async def _make(self, utterance: Utterance, text: str) -> None:
        async with self._turn:
            pieces = self._synthesiser.pieces(text, self._voice, self._delivery)
            try:
                async with aclosing(pieces):
                    async for speech in pieces:
                        self._queue(utterance, speech)
            except Exception as exc:
                if not utterance.is_known.is_set():
                    raise  # to who asked for it
                log.warning("The rest is not said.", extra={"why": type(exc).__name__})
            utterance.is_whole = True
            if utterance.is_over:
                self._finish(utterance)

    def _queue(self, utterance: Utterance, speech: Speech) -> None:
        utterance.add(speech.duration_s, speech.told, speech.words)
        piece = self._line.add(utterance.task_id, speech.pcm)
        self._performer.say(
            piece.starts_at / RATE_HZ, speech.lips, piece.ends_at / RATE_HZ
        )

    def _started(self, piece: Piece) -> None:
        self._performer.set_mood(Mood.SPEAKING, piece.starts_at / RATE_HZ)
        for event in self._utterances[piece.id].piece_began(piece.starts_at):
            self._announce(event)

    def _ended(self, piece: Piece, at: int) -> None:
        utterance = self._utterances[piece.id]
        utterance.piece_ended(at)
        if utterance.is_over:
            self._finish(utterance)

    def _finish(self, utterance: Utterance) -> None:
        """An utterance is over, for whatever reason. Safe to repeat."""
        self._utterances.pop(utterance.task_id, None)
        event = utterance.end()
        if event is not None:
            self._announce(event)
        if not self._utterances:
            self._settle()

    def _settle(self) -> None:
        mood = Mood.LISTENING if self._is_listening else Mood.IDLE
        self._performer.set_mood(mood, self._now_s())

    def _now_s(self) -> float:
        return self._line.position / RATE_HZ
