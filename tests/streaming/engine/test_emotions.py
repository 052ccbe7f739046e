"""Emotions and voice settings are heard: all of it is measured from the sound."""

from typing import Any

import pytest

from streaming.engine.orders import read_order
from streaming.engine.speech.sound import Samples
from streaming.engine.speech.synthesis import synthesise
from tests.streaming.engine.hearing import liveliness, loudness, pitch_hz

TEXT = (
    "The weather will stay mild for the rest of the week, with some rain in the north "
    "on Friday. Shall we go for a walk?"
)
VOICES = ("en-gb", "en-us+f3")


def heard(voice_id: str, **settings: Any) -> Samples:
    order = read_order({"voice": {"voice_id": voice_id, **settings}})
    return synthesise(TEXT, order.voice, order.delivery).pcm


@pytest.fixture(scope="module", params=VOICES)
def emotions(request: pytest.FixtureRequest) -> dict[str, Samples]:
    """The text in one voice, as it sounds in every emotion."""
    names = ("", "Excited", "Serious", "Friendly", "Soothing", "Broadcaster")
    return {name: heard(request.param, emotion=name) for name in names}


def test_excitement_is_fast_high_loud_and_lively(emotions: dict[str, Samples]):
    plain, excited = emotions[""], emotions["Excited"]

    assert len(excited) < 0.93 * len(plain)
    assert pitch_hz(excited) > 1.1 * pitch_hz(plain)
    assert loudness(excited) > 1.1 * loudness(plain)
    assert liveliness(excited) > 1.2 * liveliness(plain)


def test_seriousness_is_low_slow_and_even(emotions: dict[str, Samples]):
    plain, serious = emotions[""], emotions["Serious"]

    assert len(serious) > 1.04 * len(plain)
    assert pitch_hz(serious) < 0.93 * pitch_hz(plain)
    assert liveliness(serious) < 0.75 * liveliness(plain)


def test_friendliness_is_lively_but_no_hurry(emotions: dict[str, Samples]):
    plain, friendly = emotions[""], emotions["Friendly"]

    assert len(friendly) == pytest.approx(len(plain), rel=0.05)
    assert pitch_hz(friendly) > pitch_hz(plain)
    assert liveliness(friendly) > 1.15 * liveliness(plain)


def test_soothing_is_slow_soft_and_low(emotions: dict[str, Samples]):
    plain, soothing = emotions[""], emotions["Soothing"]

    assert len(soothing) > 1.1 * len(plain)
    assert pitch_hz(soothing) < pitch_hz(plain)
    assert loudness(soothing) < 0.85 * loudness(plain)


def test_a_broadcaster_is_clear_and_steady(emotions: dict[str, Samples]):
    plain, broadcaster = emotions[""], emotions["Broadcaster"]

    assert loudness(broadcaster) > 1.05 * loudness(plain)
    assert liveliness(broadcaster) < 0.97 * liveliness(plain)
    assert len(broadcaster) == pytest.approx(len(plain), rel=0.06)


def test_an_emotion_leaves_nothing_to_the_next_speaker():
    before = heard("en-gb")
    heard("en-us+f3", emotion="Excited", rate=0.5, pitch=40)
    after = heard("en-gb")

    assert len(after) == pytest.approx(len(before), rel=0.01)
    assert pitch_hz(after) == pytest.approx(pitch_hz(before), rel=0.02)
    assert loudness(after) == pytest.approx(loudness(before), rel=0.02)
    assert liveliness(after) == pytest.approx(liveliness(before), rel=0.1)


@pytest.mark.parametrize("voice_id", VOICES)
@pytest.mark.parametrize(
    ("rate", "longer"), [(0.5, 2.0), (0.75, 4 / 3), (1.25, 0.8), (1.5, 2 / 3)]
)
def test_the_rate_is_what_a_stopwatch_shows(voice_id: str, rate: float, longer: float):
    lasts = len(heard(voice_id, rate=rate)) / len(heard(voice_id))

    assert lasts == pytest.approx(longer, rel=0.06)


def test_the_slowest_emotion_at_the_slowest_rate_is_still_speech():
    slowest = heard("en-gb", rate=0.5, emotion="Soothing")

    assert len(slowest) / len(heard("en-gb")) == pytest.approx(2.0, rel=0.06)


@pytest.mark.parametrize("voice_id", VOICES)
def test_the_pitch_goes_both_ways(voice_id: str):
    low, plain, high = (pitch_hz(heard(voice_id, pitch=by)) for by in (-30, 0, 30))

    assert low < 0.85 * plain
    assert high > 1.2 * plain
