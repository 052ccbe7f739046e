"""Who speaks: the engine's own voices, or a service's with ours to stand in."""

import logging
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace

from streaming.engine.speech.reading import is_sayable
from streaming.engine.speech.sentences import cut
from streaming.engine.speech.service import ServiceFailed, SpeechService
from streaming.engine.speech.synthesis import Delivery, Speech, Synthesiser
from streaming.engine.speech.voices import Voice

log = logging.getLogger(__name__)


class ServedSpeaker:
    """Says texts with the voice that is asked for, wherever that one is at home.

    A service's voice is asked sentence by sentence, so that the first is heard while
    the others are made. What the service fails to say is said by the voice that stands
    in; then the service rests for a while, and nobody waits for it.
    """

    def __init__(
        self,
        synthesiser: Synthesiser,
        service: SpeechService,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._synthesiser = synthesiser
        self._service = service
        self._monotonic = monotonic
        self._rests_until = float("-inf")

    async def pieces(
        self, text: str, voice: Voice, delivery: Delivery
    ) -> AsyncGenerator[Speech]:
        if voice.stand_in is None:
            yield await self._synthesiser.say(text, voice, delivery)
            return
        for start, end in cut(text):
            speech = await self._say(text[start:end], voice, voice.stand_in, delivery)
            yield replace(
                speech,
                words=tuple((at_s, start + at, n) for at_s, at, n in speech.words),
                told=end / len(text),
            )

    async def _say(
        self, text: str, voice: Voice, stand_in: Voice, delivery: Delivery
    ) -> Speech:
        if self._monotonic() >= self._rests_until and is_sayable(text):
            try:
                return await self._service.say(text, voice, delivery)
            except ServiceFailed as exc:
                self._rests_until = self._monotonic() + exc.rest_s
                log.warning(
                    "The speech service failed; the engine's own voice speaks.",
                    extra={"why": str(exc), "rest_s": exc.rest_s},
                )
        return await self._synthesiser.say(text, stand_in, delivery)
