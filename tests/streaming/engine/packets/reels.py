"""Reels whose pictures are made in this process."""

from concurrent.futures import Executor

from streaming.engine.face import Stage
from streaming.engine.packets import Reel
from streaming.engine.packets.cache import Cache
from streaming.engine.packets.scenes import Drawing


def reel_on(stage: Stage, pool: Executor, cache: Cache) -> Reel:
    drawing = Drawing(stage)
    return Reel(
        stage.avatar_id,
        drawing.whole(),
        lambda pose: pool.submit(drawing.picture, pose),
        cache,
    )
