"""Emotions show: in how a face moves, at rest and in speech, and in how it is drawn."""

import itertools
from statistics import fmean, pstdev

import numpy as np
import pytest

from streaming.engine.emotions import Emotion
from streaming.engine.face import (
    Mood,
    MouthKey,
    Performer,
    Pose,
    Viseme,
    stage,
)
from streaming.engine.face.expressions import EXPRESSIONS, drawn_as
from streaming.engine.packets.shots import shot

NEUTRAL, EXCITED, SERIOUS = Emotion.NEUTRAL, Emotion.EXCITED, Emotion.SERIOUS
FRIENDLY, SOOTHING = Emotion.FRIENDLY, Emotion.SOOTHING
BROADCASTER = Emotion.BROADCASTER
SEEDS = range(4)
RUN_S = 30
SYLLABLES = [Viseme.TDN, Viseme.AA, Viseme.MBP, Viseme.EH, Viseme.SZ, Viseme.UU]


def idle(emotion: Emotion, seed: int) -> list[Pose]:
    performer = Performer("june", seed=seed, emotion=emotion)
    return [performer.pose_at(frame / 25) for frame in range(25 * RUN_S)]


def talking(emotion: Emotion, seed: int) -> list[Pose]:
    """Every third vowel is stressed."""
    performer = Performer("june", seed=seed, emotion=emotion)
    performer.set_mood(Mood.SPEAKING, 0.0)
    keys = [
        MouthKey(0.11 * at, viseme, 1.25 if at % 6 == 1 else 1.0)
        for at, viseme in enumerate(
            itertools.islice(itertools.cycle(SYLLABLES), 9 * RUN_S)
        )
    ]
    performer.say(0.0, keys, float(RUN_S))
    return [performer.pose_at(frame / 25) for frame in range(25 * RUN_S)]


@pytest.fixture(scope="module")
def seen() -> dict[tuple[Emotion, str], list[list[Pose]]]:
    """What each emotion does, some times over."""
    return {
        (emotion, act.__name__): [act(emotion, seed) for seed in SEEDS]
        for emotion in Emotion
        for act in (idle, talking)
    }


def moved(runs: list[list[Pose]]) -> float:
    """How far the head goes in a second, on average."""
    return fmean(
        abs(b.sway - a.sway) + abs(b.nod - a.nod)
        for poses in runs
        for a, b in itertools.pairwise(poses)
    )


def brows(runs: list[list[Pose]]) -> float:
    return fmean(pose.brows for poses in runs for pose in poses)


def nodded(runs: list[list[Pose]]) -> float:
    """How unlike the height of the head is."""
    return fmean(pstdev(pose.nod for pose in poses) for poses in runs)


def opened(runs: list[list[Pose]]) -> float:
    return fmean(pose.mouth.open for poses in runs for pose in poses)


def away(runs: list[list[Pose]]) -> float:
    """The share of the time in which the eyes are not on the viewer."""
    return fmean(
        (pose.gaze_x, pose.gaze_y) != (0, 0) for poses in runs for pose in poses
    )


@pytest.mark.parametrize("act", ["idle", "talking"])
def test_the_excited_move_more_and_the_serious_and_soothing_less(seen, act):
    usual = moved(seen[NEUTRAL, act])

    assert moved(seen[EXCITED, act]) > 1.25 * usual
    assert moved(seen[SERIOUS, act]) < 0.8 * usual
    assert moved(seen[SOOTHING, act]) < 0.8 * usual


@pytest.mark.parametrize("act", ["idle", "talking"])
def test_brows_are_raised_by_excitement_and_drawn_down_by_seriousness(seen, act):
    usual = brows(seen[NEUTRAL, act])

    assert brows(seen[EXCITED, act]) > usual + 0.5
    assert usual < brows(seen[FRIENDLY, act]) < brows(seen[EXCITED, act])
    assert brows(seen[SERIOUS, act]) < usual - 0.5


def test_the_excited_nod_deeper_and_open_their_mouths_further(seen):
    assert nodded(seen[EXCITED, "talking"]) > 1.3 * nodded(seen[NEUTRAL, "talking"])
    assert opened(seen[EXCITED, "talking"]) > 1.1 * opened(seen[NEUTRAL, "talking"])
    assert opened(seen[SOOTHING, "talking"]) < 0.95 * opened(seen[NEUTRAL, "talking"])


@pytest.mark.parametrize("act", ["idle", "talking"])
def test_a_broadcaster_sits_upright_and_looks_at_the_viewer(seen, act):
    def leaning(emotion: Emotion) -> float:
        return fmean(abs(pose.sway) for poses in seen[emotion, act] for pose in poses)

    assert leaning(BROADCASTER) < 0.5 * leaning(NEUTRAL)
    assert away(seen[BROADCASTER, act]) < 0.35 * away(seen[NEUTRAL, act])


def test_a_broadcaster_nods_to_each_stressed_syllable_alike(seen):
    def depths(emotion: Emotion) -> float:
        """How unlike the nods are that go with the stressed syllables."""
        every = round(25 * 0.66)
        return fmean(
            pstdev(
                max(pose.nod for pose in poses[at : at + every])
                - min(pose.nod for pose in poses[at : at + every])
                for at in range(50, len(poses) - every, every)
            )
            for poses in seen[emotion, "talking"]
        )

    assert depths(BROADCASTER) < 0.7 * depths(NEUTRAL)


@pytest.mark.parametrize("emotion", [FRIENDLY, SOOTHING])
def test_the_kind_hold_their_heads_a_little_to_the_side(seen, emotion):
    def tilt(emotion: Emotion) -> float:
        return fmean(pose.sway for poses in seen[emotion, "talking"] for pose in poses)

    assert tilt(NEUTRAL) + 1 < tilt(emotion) < tilt(NEUTRAL) + 4


@pytest.mark.parametrize("emotion", Emotion)
def test_an_emotion_takes_about_as_many_pictures_as_none(seen, emotion):
    def pictures(emotion: Emotion) -> float:
        return fmean(
            len({shot(pose) for pose in poses}) for poses in seen[emotion, "talking"]
        )

    assert pictures(emotion) < 1.2 * pictures(NEUTRAL)


def test_the_same_drawings_go_by_one_name():
    kept = {drawn_as(emotion) for emotion in Emotion}

    assert len(kept) == len({EXPRESSIONS[emotion] for emotion in Emotion})
    assert shot(Pose(emotion=BROADCASTER)) == shot(Pose())


@pytest.mark.parametrize("avatar_id", ["june", "pixel"])
def test_an_emotion_is_drawn_around_mouth_and_eyes_alone(avatar_id):
    on = stage(avatar_id, width=640, height=360)
    usual = on.picture(Pose()).to_ndarray(format="gray").astype(int)

    picture = on.picture(Pose(emotion=EXCITED)).to_ndarray(format="gray")

    changed = np.abs(picture - usual) > 12
    assert changed.sum() > 250
    changed[90:270, 230:410] = False
    assert not changed.any()
