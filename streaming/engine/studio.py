"""What all sessions of one engine share: the voice's thread and the painters' pool."""

import asyncio
import logging
import os
from concurrent.futures import ThreadPoolExecutor

from streaming.engine import face
from streaming.engine.orders import DEFAULT_QUALITY, QUALITIES, Order, Quality
from streaming.engine.speech import Delivery, Synthesiser, find_voice
from streaming.engine.speech.synthesis import synthesise

log = logging.getLogger(__name__)

_PAINTERS = max(2, os.cpu_count() or 1)


class Studio:
    """Owns the threads in which speech is made and pictures are drawn."""

    def __init__(self) -> None:
        self.synthesiser = Synthesiser()
        self.painters = ThreadPoolExecutor(_PAINTERS, thread_name_prefix="painter")
        self._builders = ThreadPoolExecutor(1, thread_name_prefix="builder")
        self._warming: asyncio.Task[None] | None = None

    def start_warming(self) -> None:
        """Get the default avatar ready in the background, the usual size first."""
        self._warming = asyncio.create_task(self._warm())

    async def stage_for(self, order: Order) -> face.Stage:
        """The stage that `order` asks for, built if need be."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._builders,
            _build,
            order.avatar.id,
            order.quality,
            order.background,
        )

    async def warmed(self) -> None:
        """Return when what is drawn in advance is there."""
        if self._warming is not None:
            await asyncio.shield(self._warming)

    async def close(self) -> None:
        if self._warming is not None:
            self._warming.cancel()
            await asyncio.gather(self._warming, return_exceptions=True)
        self.synthesiser.close()
        for pool in (self.painters, self._builders):
            pool.shutdown(wait=False, cancel_futures=True)

    async def _warm(self) -> None:
        loop = asyncio.get_running_loop()
        voice = find_voice(face.AVATARS[face.DEFAULT_AVATAR].default_voice)
        try:
            await loop.run_in_executor(
                self._builders, synthesise, "Hello.", voice, Delivery()
            )
            for quality in _usual_first():
                await loop.run_in_executor(
                    self._builders, _build, face.DEFAULT_AVATAR, quality, "scene"
                )
        except Exception as exc:
            # Sessions build what they need; they will meet this error and report it.
            log.warning("Warming up failed.", extra={"why": type(exc).__name__})


def _build(avatar_id: str, quality: Quality, background: str) -> face.Stage:
    size = {"width": quality.width, "height": quality.height}
    face.warm(avatar_id, **size, background=background)
    return face.stage(avatar_id, **size, background=background)


def _usual_first() -> list[Quality]:
    return sorted(QUALITIES.values(), key=lambda each: each.name != DEFAULT_QUALITY)
