"""Sounds become shapes: whatever the speech engine emits has a mouth."""

import unicodedata
from collections.abc import Iterable

import pytest

from streaming.engine.face import MouthKey, Viseme, mouth_keys, viseme_for_ipa
from streaming.engine.face.visemes import is_known, visemes_for_ipa
from streaming.engine.speech import espeak, find_voice

# One or two sentences each that use much of the language's sound system.
SPOKEN = {
    "en-gb": "The quick brown fox jumps over the lazy dog. Thin measure, church, judge, toy.",
    "en-us": "Water, butter, bird, cure, mirror, little sudden button, vision, thought.",
    "de": "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. Ich auch.",
    "fr-fr": "Portez ce vieux whisky au juge blond qui fume. Un bon vin, huit oignons.",
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
    "ar": "أبجد هوز حطي كلمن. صباح الخير، شكرا جزيلا، قطة، غرفة، ظل.",
    "ja": "いろはにほへと ちりぬるを。 ありがとう、東京、ふじさん、きょう。",
    "ko": "안녕하세요 감사합니다. 키스의 고유조건은 입술끼리 만나야 한다.",
    "fi": "Törkylempijävongahdus. Hyvää päivää, äiti, yö, kenkä.",
    "uk": "Щастя, ґанок, їжак, європейський джміль. Дякую, хліб, цукор.",
    "cy": "Llan, ddoe, rhaid, chwech, ysgol.",
}

#: every voice can count, and so says most of its sounds
NUMBERS = (*range(21), 30, 40, 50, 60, 70, 80, 90, 100, 1000, 1_000_000)


def unknown(phonemes: Iterable[tuple[float, str]]) -> set[str]:
    """The phonemes with letters that would be shown as the neutral vowel, or as none."""
    return {
        ipa
        for _, ipa in phonemes
        for letter in ipa
        if unicodedata.category(letter) in {"Ll", "Lo", "Lu"} and not is_known(letter)
    }


@pytest.mark.parametrize("language", SPOKEN)
def test_every_letter_of_every_phoneme_of_a_language_is_known(language):
    phonemes = espeak.speak(SPOKEN[language], voice=find_voice(language).path).phonemes

    assert len({ipa for _, ipa in phonemes}) > 12
    assert unknown(phonemes) == set()


def test_every_voice_of_the_library_counts_in_known_letters():
    text = " ".join(map(str, NUMBERS))

    heard = {
        language.code: espeak.speak(text, voice=language.path, rate=3.0).phonemes
        for language in espeak.languages()
    }

    assert len(heard) > 100
    assert {code: odd for code in heard if (odd := unknown(heard[code]))} == {}


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
        ("ʦ", Viseme.SZ),
        ("dZ", Viseme.CH),
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
