"""Texts and questions become terms that meet, and that no database can misread."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas.knowledge.terms import asked_terms, index_terms, matched_by


def meets(question: str, text: str, language: str = "en") -> bool:
    return bool(matched_by(asked_terms(question, language), index_terms(text)))


@pytest.mark.parametrize(
    ("question", "text", "language"),
    [
        ("Is the café OPEN?", "The CAFE opens at nine.", "en"),
        ("opening times", "We are open.", "en"),
        ("stories?", "A story of the sea.", "en"),
        ("a cat", "Cats welcome.", "en"),
        ("dogs", "One dog only.", "en"),
        ("Wie hoch sind die Häuser?", "Das Haus ist hoch.", "de"),
        ("Wann ist geöffnet?", "Wir öffnen um neun.", "de"),
        ("Größe", "die groesse? nein, die Größe", "de"),
        ("Où sont les chevaux arabes ?", "un cheval arabe", "fr"),
        ("¿Cuánto cuestan las entradas?", "La entrada cuesta dos euros.", "es"),
        ("Сколько стоят билеты?", "Билет стоит два рубля.", "ru"),
        ("Πότε ανοίγει;", "Ανοίγουμε στις εννέα.", "el"),
        ("博物馆几点开门？", "本馆早上九点开门。", "zh"),
        ("茶はありますか", "静岡の茶です。", "ja"),
        ("박물관은 언제 열어요?", "박물관이 아홉 시에 열립니다", "ko"),
        ("พิพิธภัณฑ์เปิดกี่โมง", "เปิดเก้าโมง", "th"),
        ("संग्रहालय कब खुलता है", "संग्रहालय नौ बजे", "hi"),
        ("Room 12?", "It is in room 12.", "en"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_question_meets_the_text_that_answers_it(question, text, language):
    assert meets(question, text, language)


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("How are you?", "en-gb"),
        ("And why is that?", "en"),
        ("Und was ist das?", "de-AT"),
        ("Qui êtes-vous ?", "fr"),
        ("?!… “”", "en"),
        ("", "xx"),
    ],
    ids=str,
)
def test_a_question_that_says_nothing_asks_for_nothing(question, language):
    assert asked_terms(question, language) == []


def test_a_word_of_grammar_in_one_language_counts_in_another():
    assert asked_terms("the war", "en") == ["wwar", "wwars"]
    assert asked_terms("es war", "de") == []


def test_numbers_match_as_a_whole():
    assert not meets("1782?", "In 17820.")


@given(text=st.text(max_size=200), language=st.sampled_from(["en", "ja", "xx"]))
def test_terms_are_plain_words_whatever_was_asked(text, language):
    for term in [*index_terms(text).split(), *asked_terms(text, language)]:
        assert re.fullmatch(r"[wn][a-z0-9]+\*?", term)


def test_a_very_long_question_asks_for_a_bounded_number_of_terms():
    assert len(asked_terms(" ".join(f"word{n}x" for n in range(500)), "en")) == 48
