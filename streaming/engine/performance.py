"""One avatar performing: its queue of words, its sound and its picture, on one clock."""

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from streaming.engine.clock import MediaClock
from streaming.engine.face import Mood, Performer, Pose
from streaming.engine.speech import Delivery, Speech, Synthesiser, Voice
from streaming.engine.speech.line import Line, Piece
from streaming.engine.speech.sound import RATE_HZ, Samples

MAX_QUEUED_S = 300.0  # thirty megabytes of sound
MAX_QUEUED_UTTERANCES = 100

Announce = Callable[[dict[str, object]], None]


@dataclass(slots=True)
class Utterance:
    """A text on its way to being heard.

    `ended` carries how many seconds of it were heard, once it is over for any reason.
    """

    task_id: str
    duration_s: float = 0.0
    ended: asyncio.Future[float] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Performance:
    """What one session's viewer hears and sees.

    `announce` is handed the protocol's events as they become true for the listener.
    """

    def __init__(
        self,
        *,
        performer: Performer,
        synthesiser: Synthesiser,
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
        """Queue `text`; returns when it is known how long it takes.

        An utterance that is interrupted before that comes back already ended.
        """
        utterance = Utterance(str(uuid.uuid4()))
        self._utterances[utterance.task_id] = utterance
        try:
            speech = await self._synthesiser.say(text, self._voice, self._delivery)
        except BaseException:
            self._finish(utterance.task_id, 0.0)
            raise
        utterance.duration_s = speech.duration_s
        if not utterance.ended.done():
            self._queue(utterance, speech)
        return utterance

    def hush(self) -> None:
        """Forget what is queued and fall silent, within one packet of sound."""
        self._line.cut()
        self._performer.hush(self._now_s())
        for task_id in list(self._utterances):
            self._finish(task_id, 0.0)
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

    def sound(self, count: int) -> Samples:
        """The next `count` samples; this is what moves the performance on."""
        return self._line.read(count)

    def pose_at(self, at_s: float) -> Pose:
        return self._performer.pose_at(at_s)

    def _queue(self, utterance: Utterance, speech: Speech) -> None:
        piece = self._line.add(utterance.task_id, speech.pcm)
        self._performer.say(piece.starts_at / RATE_HZ, speech.lips, piece.ends_at / RATE_HZ)

    def _started(self, piece: Piece) -> None:
        self._performer.set_mood(Mood.SPEAKING, piece.starts_at / RATE_HZ)
        self._announce({"type": "avatar_start_talking", "task_id": piece.id})

    def _ended(self, piece: Piece, at: int) -> None:
        heard_s = (at - piece.starts_at) / RATE_HZ
        self._announce(
            {
                "type": "avatar_stop_talking",
                "task_id": piece.id,
                "duration_ms": round(heard_s * 1000, 1),
            }
        )
        self._finish(piece.id, heard_s)
        if not self._utterances:
            self._settle()

    def _finish(self, task_id: str, heard_s: float) -> None:
        utterance = self._utterances.pop(task_id, None)
        if utterance is not None and not utterance.ended.done():
            utterance.ended.set_result(heard_s)

    def _settle(self) -> None:
        mood = Mood.LISTENING if self._is_listening else Mood.IDLE
        self._performer.set_mood(mood, self._now_s())

    def _now_s(self) -> float:
        return self._line.position / RATE_HZ
