"""How a mouth moves through what is really said, picture by picture."""

import itertools

import pytest

from streaming.engine.face import Mouth, Viseme
from streaming.engine.face.articulation import quantised, shape_at
from streaming.engine.face.looks import passing_mouth
from streaming.engine.speech import Delivery, Speech, find_voice
from streaming.engine.speech.synthesis import synthesise

FRAME_S = 0.04
SAID = {
    "en-us": "Hello and welcome to the studio! Five people have very firm opinions.",
    "en-gb": "Please bring a bottle of vanilla milk for my family before seven.",
    "de": "Wie viele Pfannkuchen möchten Sie? Fünf Schwäne schwimmen im Abendrot.",
    "fr-fr": "Je voudrais une baguette bien cuite et deux pains au chocolat.",
    "es": "Me gustaría probar el famoso vino de la bodega de mi vecino.",
    "pl": "Chciałbym zamówić filiżankę kawy i pączka z marmoladą.",
    "ru": "Я бы хотел купить билет на последний поезд.",
    "cmn": "今天天气很好，我们一起去公园散步吧。",
    "ja": "こんにちは、今日はとてもいい天気ですね。",
    "ar": "مرحبا، كيف حالك اليوم؟ أتمنى لك يوما سعيدا.",
}
EACH = pytest.mark.parametrize(
    "said", list(itertools.product(SAID, (1.0, 1.5))), ids="{0[0]} at {0[1]}".format
)


def frames(speech: Speech, phase_s: float) -> list[tuple[float, Mouth]]:
    """The mouths that are shown, with their times."""
    count = round((speech.duration_s + 0.4) / FRAME_S)
    times = [phase_s - 0.2 + index * FRAME_S for index in range(count)]
    return [(t, quantised(shape_at(speech.lips, t))) for t in times]


@pytest.fixture
def speech(said) -> Speech:
    language, rate = said
    return synthesise(SAID[language], find_voice(language), Delivery(rate=rate))


@EACH
def test_no_mouth_pops_open_or_shut_between_two_pictures(speech):
    for phase_s in (0.0, 0.01, 0.02, 0.03):
        mouths = [mouth for _, mouth in frames(speech, phase_s)]
        for one, next_one in itertools.pairwise(mouths):
            assert abs(next_one.open - one.open) <= 4
            shown, then = passing_mouth(one), passing_mouth(next_one)
            assert abs(then.open - shown.open) <= 5


@EACH
def test_no_mouth_gapes_or_shuts_for_a_single_picture(speech):
    """What a mouth does in one picture alone looks like a fault and not like speech."""
    for phase_s in (0.0, 0.02):
        shown = [mouth.open for _, mouth in frames(speech, phase_s)]
        for before, here, after in zip(shown, shown[1:], shown[2:], strict=False):
            assert here - max(before, after) <= 4
            assert here == 0 or min(before, after) - here <= 2


@EACH
def test_lips_meet_for_each_p_b_and_m_and_are_tucked_for_each_f_and_v(speech):
    for phase_s in (0.0, 0.01, 0.02, 0.03):
        shown = frames(speech, phase_s)
        for key, after in itertools.pairwise(speech.lips):
            until_s = max(after.at_s, key.at_s + 0.06)
            near = [mouth for t, mouth in shown if key.at_s - 0.05 <= t <= until_s]
            if key.viseme is Viseme.MBP:
                assert any(mouth.open == 0 and mouth.tuck < 0 for mouth in near)
            # A shorter one need not be in any picture.
            if key.viseme is Viseme.FV and after.at_s - key.at_s >= FRAME_S:
                assert any(mouth.tuck > 0 for mouth in near)
