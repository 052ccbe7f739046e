"""Making pictures before anybody asks for them."""

import threading
from collections.abc import Sequence

from streaming.engine.face import Mood, MouthKey, Performer
from streaming.engine.packets.reel import Reel

_STEP_S = 0.04
_RUN_S = 60.0
_MOST_RUNS = 500


def rehearse(
    reel: Reel,
    keys: Sequence[MouthKey],
    *,
    pictures: int,
    rest_s: float,
    stop: threading.Event,
) -> None:
    """Perform a text over and over, each time otherwise, until so many are made.

    `rest_s` is waited after each picture, to leave the processor to others. Blocks,
    and returns early when `stop` is set.
    """
    made = 0
    for seed in range(_MOST_RUNS):
        performer = talker(reel.avatar_id, keys, seed)
        for step in range(round(_RUN_S / _STEP_S)):
            pose = performer.pose_at((step + 0.5) * _STEP_S)
            if reel.find(pose) is not None:
                continue
            reel.make(pose)
            made += 1
            if made >= pictures or stop.wait(rest_s):
                return


def talker(avatar_id: str, keys: Sequence[MouthKey], seed: int) -> Performer:
    """Somebody who says the text again and again, and is quiet at last."""
    performer = Performer(avatar_id, seed=seed)
    performer.set_mood(Mood.SPEAKING, 0.0)
    at_s = 0.0
    while at_s < _RUN_S * 3 / 4:
        performer.say(at_s, keys, at_s + keys[-1].at_s)
        at_s += keys[-1].at_s + 0.1
    performer.set_mood(Mood.IDLE, at_s)
    return performer
