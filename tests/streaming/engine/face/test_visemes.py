"""Sounds become shapes: whatever the speech engine emits has a mouth."""

import json
import subprocess
import sys
import unicodedata

import espeakng_loader
import pytest

from streaming.engine.face import MouthKey, Viseme, mouth_keys, viseme_for_ipa
from streaming.engine.face.visemes import visemes_for_ipa

# One or two sentences each that use much of the language's sound system.
SPOKEN = {
    "en": "The quick brown fox jumps over the lazy dog. Thin measure, church, judge, toy.",
    "en-us": "Water, butter, bird, cure, mirror, little sudden button, vision, thought.",
    "de": "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. Ich auch.",
    "fr": "Portez ce vieux whisky au juge blond qui fume. Un bon vin, huit oignons.",
    "es": "El veloz murciélago hindú comía cardillo. La cigüeña, perro, niño, lluvia.",
    "it": "Pranzo d'acqua fa volti sghembi. Gnocchi, famiglia, zucchero, sciare.",
    "pl": "Pchnąć w tę łódź jeża lub ośm skrzyń fig. Źdźbło, szczęście.",
    "ru": "Съешь же ещё этих мягких французских булок. Жизнь, щука, хорошо.",
    "sv": "Flygande bäckasiner söka hwila på mjuka tuvor. Sjuk, skjorta.",
    "nl": "Pa's wijze lynx bezag vroom het fikse aquaduct. Goed, huis, leuk.",
    "pt-br": "Luís argüia à Júlia que brações, fé, chá. Não, mãe, filho, manhã.",
    "cmn": "你好 世界 中国 人 吃饭 学习 四 十 去 女",
    "hi": "नमस्ते दुनिया धन्यवाद भारत घर छाता झील ढोल ज्ञान",
    "tr": "Pijamalı hasta yağız şoföre çabucak güvendi.",
    "hu": "Árvíztűrő tükörfúrógép. Gyerek, nyúl, tyúk.",
    "el": "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία. Γεια, χέρι, θεός.",
    "cs": "Příliš žluťoučký kůň úpěl ďábelské ódy. Řeka.",
    "vi": "Xin chào thế giới, tiếng Việt, người đường nghe phở.",
    "is": "Þetta er það, hvað, rjómi, hnífur.",
    "cy": "Llan, ddoe, rhaid, chwech, ysgol.",
}

# The library keeps its state for the whole process, so it is asked in another one.
ASK = """
import ctypes, json, sys
library, data, spoken = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
espeak = ctypes.CDLL(library)
espeak.espeak_Initialize(2, 0, data.encode(), 0)
espeak.espeak_TextToPhonemes.restype = ctypes.c_char_p
heard = {}
for voice, text in spoken.items():
    assert espeak.espeak_SetVoiceByName(voice.encode()) == 0, voice
    rest, sounds = ctypes.c_char_p(text.encode()), ""
    while rest.value:
        some = espeak.espeak_TextToPhonemes(ctypes.byref(rest), 1, 0x5F02)
        sounds += some.decode() + "_"
    heard[voice] = sorted(set(sounds.replace(" ", "_").split("_")) - {""})
print(json.dumps(heard))
"""


@pytest.fixture(scope="module")
def heard() -> dict[str, list[str]]:
    """The phonemes, in IPA, with which espeak-ng says the sentences."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and text
        [
            sys.executable,
            "-c",
            ASK,
            str(espeakng_loader.get_library_path()),
            str(espeakng_loader.get_data_path()),
            json.dumps(SPOKEN),
        ],
        capture_output=True,
        check=True,
    )
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("voice", SPOKEN)
def test_every_letter_of_every_phoneme_of_a_language_is_known(heard, voice):
    assert len(heard[voice]) > 12

    for ipa in heard[voice]:
        for letter in ipa:
            if unicodedata.category(letter) in {"Ll", "Lo"}:
                # A letter that is not known counts as the neutral vowel.
                assert viseme_for_ipa(letter) is not Viseme.UH or letter in "əɚɝɤᵊɿ", (
                    f"{letter!r} in {ipa!r}"
                )


@pytest.mark.parametrize(
    ("ipa", "viseme"),
    [
        ("p", Viseme.MBP),
        ("bʰ", Viseme.MBP),
        ("m̩", Viseme.MBP),
        ("f", Viseme.FV),
        ("θ", Viseme.TH),
        ("n̩", Viseme.TDN),
        ("tʃ", Viseme.CH),
        ("ts", Viseme.SZ),
        ("dʒ", Viseme.CH),
        ("ŋ", Viseme.KG),
        ("ˈaɪ", Viseme.AA),
        ("ɛ̃", Viseme.EH),
        ("iː", Viseme.IH),
        ("ˌɔ̃", Viseme.OH),
        ("w", Viseme.UU),
        ("ə", Viseme.UH),
        ("", Viseme.SIL),
        ("ˈ", Viseme.SIL),
        ("Ω", Viseme.UH),
    ],
)
def test_a_phoneme_has_the_shape_it_begins_with(ipa, viseme):
    assert viseme_for_ipa(ipa) is viseme


def test_diphthongs_have_both_their_shapes():
    assert visemes_for_ipa("ˈaɪ") == (Viseme.AA, Viseme.IH)
    assert visemes_for_ipa("oʊ") == (Viseme.OH, Viseme.UU)
    assert visemes_for_ipa("ju") == (Viseme.KG, Viseme.UU)


def test_keys_split_diphthongs_mark_stress_and_end_shut():
    keys = mouth_keys([(0.0, "m"), (0.25, "ˈaɪ"), (0.75, "n")], 1.0)

    assert keys == [
        MouthKey(0.0, Viseme.MBP),
        MouthKey(0.25, Viseme.AA, 1.25),
        MouthKey(0.5, Viseme.IH),
        MouthKey(0.75, Viseme.TDN),
        MouthKey(1.0, Viseme.SIL),
    ]


def test_a_stress_mark_before_a_consonant_counts_for_the_vowel():
    keys = mouth_keys([(0.0, "ˈb"), (0.1, "ɪ"), (0.2, "ɡ"), (0.3, "ɪ")], 0.4)

    assert [key.strength for key in keys] == [1.0, 1.25, 1.0, 1.0, 1.0]


def test_silence_has_a_key_of_its_own():
    assert mouth_keys([], 0.5) == [MouthKey(0.5, Viseme.SIL)]
    assert mouth_keys([(0.0, ""), (0.2, "a")], 0.4)[0] == MouthKey(0.0, Viseme.SIL)
