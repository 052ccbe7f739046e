"""The last words of a session, where its time is up."""

import pytest
from django.core.exceptions import ValidationError

from personas.models import Persona


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en-gb", "Goodbye!"),
        ("DE-at", "Auf Wiedersehen!"),
        ("pt-br", "Adeus!"),
        ("tlh", "Goodbye!"),
    ],
)
def test_a_plain_goodbye_is_in_the_personas_language(language, words):
    assert Persona(name="Anna", language=language).goodbye().endswith(words)


def test_who_has_a_farewell_says_that():
    assert Persona(name="Anna", farewell="Mind the step.").goodbye() == "Mind the step."


def test_a_farewell_fits_into_the_last_seconds(anna):
    anna.farewell = "f" * 121

    with pytest.raises(ValidationError, match="120"):
        anna.full_clean()
