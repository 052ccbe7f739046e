"""What all sessions of one engine share: the voice's thread and the painters' pool."""

import asyncio
import logging
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum

from streaming.engine import face, packets
from streaming.engine.face.stage import KEPT_STAGES
from streaming.engine.orders import DEFAULT_QUALITY, QUALITIES, Order, Quality
from streaming.engine.speech import (
    Delivery,
    ServedSpeaker,
    ServiceSettings,
    Speaker,
    SpeechService,
    Synthesiser,
    Voice,
    find_voice,
)

log = logging.getLogger(__name__)

_PAINTERS = max(2, os.cpu_count() or 1)
_REHEARSED = 2000  # pictures; three in four of a minute of talk
_REHEARSING_REST_S = 0.02
_REHEARSAL = (
    "The quick brown fox jumps over the lazy dog. Would you like me to show you how "
    "this works, or shall we begin with your question about the measure of joy?"
)
_BUILDERS = 2  # one for what is drawn in advance, one for who waits


class Warming(StrEnum):
    """What is drawn before anybody asks; some seconds of a core for each avatar."""

    NONE = "none"
    DEFAULT = "default"  # the default avatar at the usual size
    # that one, then the others at the usual size, as many as are kept; and then what
    # it looks like when the default avatar talks
    ALL = "all"


class Studio:
    """Owns the threads in which speech is made and pictures are drawn."""

    def __init__(self, speech: ServiceSettings | None = None) -> None:
        self.synthesiser = Synthesiser()
        self._service = SpeechService(speech) if speech else None
        self.speaker: Speaker = self.synthesiser
        if self._service is not None:
            self.speaker = ServedSpeaker(self.synthesiser, self._service)
        self.painters = ThreadPoolExecutor(_PAINTERS, thread_name_prefix="painter")
        self._builders = ThreadPoolExecutor(_BUILDERS, thread_name_prefix="builder")
        self._warming: asyncio.Task[None] | None = None
        self._closing = threading.Event()

    def start_warming(self, extent: Warming) -> None:
        """Draw in the background what most will ask for."""
        self._warming = asyncio.create_task(self._warm(extent))

    async def stage_for(self, order: Order) -> face.Stage:
        """The stage that `order` asks for, drawn if need be."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._builders, _drawn_stage, order)

    async def close(self) -> None:
        self._closing.set()
        if self._warming is not None:
            self._warming.cancel()
            await asyncio.gather(self._warming, return_exceptions=True)
        if self._service is not None:
            await self._service.close()
        self.synthesiser.close()
        for pool in (self.painters, self._builders):
            pool.shutdown(wait=False, cancel_futures=True)

    async def _warm(self, extent: Warming) -> None:
        loop = asyncio.get_running_loop()
        try:
            await self.synthesiser.say("Hello.", _default_voice(), Delivery())
            for avatar_id, quality in _drawn_in_advance(extent):
                await loop.run_in_executor(
                    self._builders, _warm_stage, avatar_id, quality
                )
            if extent is Warming.ALL:
                await self._rehearse()
        except Exception as exc:
            # Sessions draw what they need; they will meet this error and report it.
            log.warning("Warming up failed.", extra={"why": type(exc).__name__})

    async def _rehearse(self) -> None:
        speech = await self.synthesiser.say(_REHEARSAL, _default_voice(), Delivery())
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(
            self._builders, _rehearse_default, speech.lips, self._closing
        )


def _default_voice() -> Voice:
    return find_voice(face.AVATARS[face.DEFAULT_AVATAR].default_voice)


def _drawn_in_advance(extent: Warming) -> list[tuple[str, Quality]]:
    usual = QUALITIES[DEFAULT_QUALITY]
    first = (face.DEFAULT_AVATAR, usual)
    match extent:
        case Warming.NONE:
            return []
        case Warming.DEFAULT:
            return [first]
        case Warming.ALL:
            small = (face.DEFAULT_AVATAR, QUALITIES["low"])
            others = [(avatar_id, usual) for avatar_id in face.AVATARS]
            return list(dict.fromkeys([first, small, *others]))[:KEPT_STAGES]


def _drawn_stage(order: Order) -> face.Stage:
    stage = face.stage(
        order.avatar.id,
        width=order.quality.width,
        height=order.quality.height,
        background=order.background,
    )
    stage.prepare()
    return stage


def _rehearse_default(keys: Sequence[face.MouthKey], stop: threading.Event) -> None:
    quality = QUALITIES[DEFAULT_QUALITY]
    stage = face.stage(face.DEFAULT_AVATAR, width=quality.width, height=quality.height)
    packets.rehearse(
        packets.reel_of(stage),
        keys,
        pictures=_REHEARSED,
        rest_s=_REHEARSING_REST_S,
        stop=stop,
    )


def _warm_stage(avatar_id: str, quality: Quality) -> None:
    face.warm(avatar_id, width=quality.width, height=quality.height)
