"""A text is read out as a person would, and never taken for commands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streaming.engine.speech import Delivery, espeak, find_voice
from streaming.engine.speech.reading import read_out
from streaming.engine.speech.sentences import cut
from streaming.engine.speech.synthesis import Speech, synthesise
from tests.budget import examples

AS_READ = {
    "en-gb": {
        # money
        "$5.20": "5 dollars and 20 cents",
        "£1,250": "1,250 pounds",
        "$1": "1 dollar",
        "€0.50": "50 cents",
        "$1.5 million": "1.5 million dollars",
        "£3.01": "3 pounds and 1 penny",
        # times and dates
        "3:45 pm": "3 45 pm",
        "14:05": "14 oh 5",
        "10:00": "10 o'clock",
        "10:00 am": "10 am",
        "99:99": "99:99",
        "2026-11-21": "21 November 2026",
        "2026-13-41": "2026-13-41",
        "in 1984 and the 1990s": "in 19 84 and the 19 90s",
        # measures and numbers
        "5 km": "5 kilometres",
        "1 kg": "1 kilogram",
        "100km/h": "100 kilometres per hour",
        "20°C": "20 degrees Celsius",
        "5m people": "5m people",
        "1/2 cup": "½ cup",
        "5-10 or 5–10": "5 to 10 or 5 to 10",
        "call 1234567": "call 1 2 3 4 5 6 7",
        "10000000": "10000000",
        "v1.2.3": "v1.2.3",
        "5*3": "5 × 3",
        # short for something
        "e.g. this": "for example this",
        "No. 5, #6": "number 5, number 6",
        "St. James St.": "St. James Street",
        "C#": "C sharp",
        # addresses
        "https://www.example.com/docs/the-start?b=1#c.": (
            "example dot com slash docs slash the start."
        ),
        "me@mail.example.org": "me at mail dot example dot org",
        # capitals
        "NASA and the USA": "NASA and the USA",
        "DO IT NOW, IT IS LATE": "do it now, it is late",
        # written for the eye
        "<b>bold</b><br/>text": "bold text",
        "<speak><break time='1s'/>Hi</speak>": "Hi",
        "1 < 2 & 3 > 2": "1 less than 2 & 3 greater than 2",
        "a &lt; b &amp; c": "a less than b & c",
        "**bold**, _soft_ and `code`": "bold, soft and code",
        "snake_case": "snake_case",
        "# Head\n- one\n- two": "Head; one; two",
        "[the page](https://example.com)": "the page",
        "Hello 😀👍🏽, you ❤️ 🇩🇪": "Hello , you",
        "1️⃣ first :-)": "1 first",
        "#news": "news",
    },
    "de": {
        "z. B. 3,50 €": "zum Beispiel 3 Euro 50",
        "um 14:30 Uhr": "um 14 Uhr 30",
        "Dr. Müller, Nr. 5": "Doktor Müller, Nummer 5",
        "5-10 km": "5 bis 10 Kilometer",
        "1984": "1984",
    },
    "fr-fr": {
        "3,50 € à 14:30": "3 euros 50 à 14 heures 30",
        "M. Dupont, 20 km/h": "monsieur Dupont, 20 kilomètres heure",
    },
    "es": {"$1 y 3,50 €": "1 dólar y 3 euros con 50"},
    "ru": {"$5 <b>кг</b>": "5 $ кг", "5-10": "5-10"},
}
CASES = [
    pytest.param(language, text, words, id=f"{language}: {text!r}")
    for language, table in AS_READ.items()
    for text, words in table.items()
]


def said(text: str, voice: str = "en-gb") -> str:
    """The sounds of `text`."""
    return "".join(ipa for _, ipa in speech(text, voice).phonemes)


def speech(text: str, voice: str = "en-gb") -> Speech:
    return synthesise(text, find_voice(voice), Delivery())


@pytest.mark.parametrize(("language", "text", "words"), CASES)
def test_it_is_read_as_people_say_it(language: str, text: str, words: str):
    assert " ".join(read_out(text, language).text.split()) == words


@pytest.mark.parametrize("text", ["[[h@l'@U]]", "a [[ b", "]] [["])
def test_the_librarys_own_phonemes_are_only_text(text: str):
    letters = text.replace("[", " ").replace("]", " ")

    assert said(text) == said(letters)


def test_tags_and_entities_change_nothing_but_the_words():
    raw = espeak.speak("one <break time='9s'/> two", voice="gmw/en")
    tagged = speech("one <break time='9s'/> two &amp; three")

    assert len(raw.pcm) > 0
    assert tagged.duration_s < 2 * speech("one two and three").duration_s
    assert said("one <break time='9s'/> two &amp; three") == said("one two & three")


def test_control_characters_command_nothing():
    assert said("one \x0150P\x01+90S two") == said("one  50P +90S two")


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Smith paid $5.20 for **two** 😀 teas — at https://example.com/a?b, OK?",
        "It’s 10 km/h, “really”: 2026-11-21.",
        "Gestern saß der Bär über dem Fluß.",
        "  leading and trailing  ",
    ],
)
def test_words_are_where_they_are_in_the_original(text: str):
    words = [text[at : at + length] for _, at, length in speech(text).words]

    assert [w for w in text.split() if w not in ("😀", "—")] == words


def test_words_come_in_order_and_within_the_sound():
    told = speech("It costs $1,250.50 at 14:30, i.e. too much, on 2026-11-21.")
    times = [at_s for at_s, _, _ in told.words]
    places = [at for _, at, _ in told.words]

    assert times == sorted(times)
    assert places == sorted(set(places))
    assert times[0] < 0.1
    assert times[-1] < told.duration_s


def test_a_script_without_spaces_has_words_too():
    text = "今天天气很好，我们去公园玩吧。"
    words = [text[at : at + length] for _, at, length in speech(text, "cmn").words]

    assert "".join(words) == text
    assert len(words) > 10


@pytest.mark.parametrize(
    "text", ["*" * 1000, "<" * 1000, "1," * 500, "A " * 500, "[" * 1000, "@." * 500]
)
def test_no_text_is_read_for_ever(text: str):
    assert len(read_out(text, "en").text) < 10_000


def test_an_origin_is_never_outside_of_the_text():
    reading = read_out("Pay $5.20", "en")

    assert reading.origin(999, 5) == (4, 5)
    assert reading.origin(-1, 0) == (0, 1)
    assert read_out("", "en").origin(0, 4) == (0, 0)


SNAGS = [
    "$5.20",
    "14:30",
    "5 km",
    "<b>",
    "&lt;",
    "**",
    "[a](http://x.y)",
    "\n- ",
    "3-4",
]
SNAGS += [
    "http://a.b/c?d",
    "me@a.b",
    "2026-11-21",
    "1984",
    "IT IS LATE",
    "e.g.",
    "\u200d",
]
TEXTS = st.lists(st.text(max_size=12) | st.sampled_from(SNAGS), max_size=25).map(
    "".join
)


@settings(max_examples=examples(60), deadline=None)
@given(TEXTS, st.sampled_from(["en-gb", "de", "ja"]))
def test_any_text_is_said_with_its_words_in_order(text: str, voice: str):
    told = speech(text, voice)

    behind, before_s = 0, 0.0
    for at_s, first, length in told.words:
        assert behind <= first < first + length <= len(text)
        assert at_s >= before_s
        behind, before_s = first + length, at_s
    assert "".join(text[start:end] for start, end in cut(text)) == text
