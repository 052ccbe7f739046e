"""Lips that follow the sound alone, held against those whose phonemes are known."""

import numpy as np
import pytest

from streaming.engine.face import MouthKey, Viseme
from streaming.engine.face.articulation import SHAPES, shape_at
from streaming.engine.speech import Delivery, find_voice
from streaming.engine.speech.lips import lips_from_sound
from streaming.engine.speech.sound import RATE_HZ, Samples
from streaming.engine.speech.synthesis import synthesise

TEXT = (
    "The weather will stay mild for the rest of the week, with some rain in the north "
    "on Friday. My mother bought a big blue boat, and Peter saw the sheep on the shore."
)


def opening(keys: list[MouthKey], lasts_s: float) -> "np.ndarray":
    """How far the mouth is open, 25 times a second."""
    moments = np.arange(0.0, lasts_s, 0.04)
    return np.array([shape_at(keys, float(at_s))[0] for at_s in moments])


def tone(hz: float, seconds: float = 0.5, level: float = 0.3) -> Samples:
    at_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (level * 32767 * np.sin(2 * np.pi * hz * at_s)).astype(np.int16)


def noise(low_hz: float, high_hz: float, seconds: float = 0.3) -> Samples:
    random = np.random.default_rng(7)
    spectrum = np.fft.rfft(random.normal(0, 4000, round(seconds * RATE_HZ)))
    hz = np.fft.rfftfreq(round(seconds * RATE_HZ), 1 / RATE_HZ)
    spectrum[(hz < low_hz) | (hz > high_hz)] = 0
    return np.fft.irfft(spectrum).astype(np.int16)


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE_HZ), np.int16)


def vowel(seconds: float = 0.4) -> Samples:
    """An "ah": loud where its two first formants are."""
    return tone(700, seconds, 0.3) + tone(1150, seconds, 0.15) + tone(140, seconds, 0.1)


def shape_of(keys: list[MouthKey], at_s: float) -> Viseme:
    return [key.viseme for key in keys if key.at_s <= at_s][-1]


def shapes_between(keys: list[MouthKey], from_s: float, to_s: float) -> set[Viseme]:
    return {key.viseme for key in keys if from_s <= key.at_s < to_s}


@pytest.mark.parametrize(
    "voice_id", ["en-gb", "en-gb+m3", "en-us+f3", "de", "fr-fr+f2"]
)
def test_the_mouth_opens_when_it_should(voice_id: str):
    speech = synthesise(TEXT, find_voice(voice_id), Delivery())
    known = opening(list(speech.lips), speech.duration_s)
    guessed = opening(lips_from_sound(speech.pcm), speech.duration_s)

    assert np.corrcoef(known, guessed)[0, 1] > 0.4
    assert 0.5 < guessed.mean() / known.mean() < 1.3


def test_it_is_neither_early_nor_late():
    speech = synthesise(TEXT, find_voice("en-us+f3"), Delivery())
    known = opening(list(speech.lips), speech.duration_s)
    keys = lips_from_sound(speech.pcm)

    def alike(shift_s: float) -> float:
        moved = [MouthKey(k.at_s + shift_s, k.viseme, k.strength) for k in keys]
        return float(np.corrcoef(known, opening(moved, speech.duration_s))[0, 1])

    assert alike(0.0) > max(alike(-0.08), alike(0.08))


def test_silence_is_a_mouth_at_rest():
    assert {key.viseme for key in lips_from_sound(silence(1))} == {Viseme.SIL}
    assert lips_from_sound(silence(0)) == [MouthKey(0.0, Viseme.SIL)]
    pause = lips_from_sound(np.concatenate([vowel(), silence(0.6), vowel()]))

    assert opening(pause, 1.4)[round(0.6 / 0.04) : round(0.8 / 0.04)].max() < 0.3


def test_a_vowel_is_an_open_mouth():
    assert opening(lips_from_sound(vowel()), 0.4)[2:-3].min() > 4


def test_a_hum_is_not():
    hummed = lips_from_sound(np.concatenate([vowel(), tone(220, 0.4), vowel()]))

    assert opening(hummed, 1.2)[round(0.5 / 0.04) : round(0.7 / 0.04)].max() < 3


@pytest.mark.parametrize(
    ("low_hz", "high_hz", "shape"),
    [(5000, 10_000, Viseme.SZ), (2200, 4800, Viseme.CH)],
    ids=["s", "sh"],
)
def test_a_hiss_shows_teeth(low_hz: float, high_hz: float, shape: Viseme):
    sound = np.concatenate([vowel(), noise(low_hz, high_hz), vowel()])
    keys = lips_from_sound(sound)

    assert shape_of(keys, 0.45) is shape_of(keys, 0.6) is shape
    assert shape_of(keys, 0.3) is shape_of(keys, 0.9) is Viseme.AA
    assert SHAPES[shape][2] > 4


def test_a_short_stop_of_the_voice_shuts_the_lips():
    keys = lips_from_sound(np.concatenate([vowel(), silence(0.08), vowel()]))

    assert opening(keys, 0.88)[round(0.44 / 0.04)] < 0.5
    assert Viseme.MBP in shapes_between(keys, 0.35, 0.5)


def test_keys_are_in_order_and_calm_enough_to_be_seen():
    speech = synthesise(TEXT, find_voice("en-gb"), Delivery())
    keys = lips_from_sound(speech.pcm)
    times = [key.at_s for key in keys]

    assert times == sorted(times)
    assert times[-1] == pytest.approx(speech.duration_s)
    assert len(keys) / speech.duration_s < 25
    assert all(0 <= key.strength <= 1 for key in keys)


def test_loud_or_soft_is_the_same_mouth():
    speech = synthesise(TEXT, find_voice("en-us+f3"), Delivery())
    soft = (speech.pcm // 4).astype(np.int16)

    loud_mouth, soft_mouth = (
        opening(lips_from_sound(pcm), speech.duration_s) for pcm in (speech.pcm, soft)
    )
    assert np.corrcoef(loud_mouth, soft_mouth)[0, 1] > 0.95
