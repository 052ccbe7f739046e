"""What all sessions of one engine share: voice, painters, and the timer they send by."""

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
from streaming.engine.pacer import Pacer
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
    """Owns the threads and the process in which speech and pictures are made."""

    def __init__(self, speech: ServiceSettings | None = None) -> None:
        self.synthesiser = Synthesiser()
        self._service = SpeechService(speech) if speech else None
        self.speaker: Speaker = self.synthesiser
        if self._service is not None:
            self.speaker = ServedSpeaker(self.synthesiser, self._service)
        self.pacer = Pacer()
        self.painters = ThreadPoolExecutor(_PAINTERS, thread_name_prefix="painter")
        self._builders = ThreadPoolExecutor(_BUILDERS, thread_name_prefix="builder")
        self._warming: asyncio.Task[None] | None = None
        self._closing = threading.Event()

    def start_warming(self, extent: Warming) -> None:
        """Draw in the background what most will ask for."""
        self._warming = asyncio.create_task(self._warm(extent))

    async def stage_for(self, order: Order) -> face.Stage:
        """What `order` is drawn on for a viewer of live pictures."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._builders, _drawn_stage, order)

    async def reel_for(self, order: Order) -> packets.Reel:
        """The packets of what `order` asks for."""
        return await packets.reels.open(
            _scene(order.avatar.id, order.quality, order.background)
        )

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
        try:
            await self.synthesiser.say("Hello.", _default_voice(), Delivery())
            for avatar_id, quality in _drawn_in_advance(extent):
                await packets.reels.warm(_scene(avatar_id, quality))
            if extent is Warming.ALL:
                await self._rehearse()
        except Exception as exc:
            # Sessions draw what they need; they will meet this error and report it.
            log.warning("Warming up failed.", extra={"why": type(exc).__name__})
        else:
            log.info("Warmed up.")

    async def _rehearse(self) -> None:
        speech = await self.synthesiser.say(_REHEARSAL, _default_voice(), Delivery())
        reel = await packets.reels.open(
            _scene(face.DEFAULT_AVATAR, QUALITIES[DEFAULT_QUALITY])
        )
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(
            self._builders, _rehearsed, reel, speech.lips, self._closing
        )


class Scenery:
    """What one session is shown from, by its order."""

    def __init__(self, studio: Studio, order: Order) -> None:
        self._studio = studio
        self._order = order
        self.painters = studio.painters

    async def build(self) -> None:
        """Have ready what a viewer of the codec asked for will need."""
        if self._order.codec == "VP8":
            reel = await self.reel()
            await reel.prepare(face.Pose(emotion=self._order.emotion))
        else:
            await self.stage()

    async def reel(self) -> packets.Reel:
        return await self._studio.reel_for(self._order)

    async def stage(self) -> face.Stage:
        return await self._studio.stage_for(self._order)


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
    stage.prepare(order.emotion)
    return stage


def _scene(
    avatar_id: str, quality: Quality, background: str = "scene"
) -> packets.Scene:
    return packets.Scene(avatar_id, quality.width, quality.height, background)


def _rehearsed(
    reel: packets.Reel, keys: Sequence[face.MouthKey], stop: threading.Event
) -> None:
    packets.rehearse(
        reel, keys, pictures=_REHEARSED, rest_s=_REHEARSING_REST_S, stop=stop
    )
