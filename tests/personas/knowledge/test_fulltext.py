"""Passages are found by a question's words, on whichever database this runs."""

import pytest
from django.db import connection

from personas.knowledge import filing
from personas.knowledge.fulltext import search
from personas.models import Document, Passage, Persona
from tests.personas.knowledge.shelves import add_and_read, read_here

MILL = b"""# The mill

## Opening

The mill is open on Sundays.

## History

The guild of the bakers built the mill in 1782.

## Prices

Children pay nothing, others two euros.
"""


@pytest.fixture
def mill(iris) -> Document:
    return add_and_read(iris, "mill.md", MILL)


def found(persona: Persona, question: str) -> list[str]:
    return [hit.passage.text for hit in search(persona, question, 5)]


def test_the_passage_that_fits_best_comes_first(mill, iris):
    hits = search(iris, "Who built the mill?", 5)

    assert hits[0].passage.text == "The guild of the bakers built the mill in 1782."
    assert hits[0].score > hits[1].score


def test_a_word_in_a_heading_finds_what_stands_below_it(mill, iris):
    assert found(iris, "price?") == ["Children pay nothing, others two euros."]


def test_a_rare_word_counts_for_more_than_a_common_one(mill, iris):
    add_and_read(iris, "more.txt", b"The mill, the mill, the mill!\n\nThe mill.")

    assert found(iris, "mill guild")[0].startswith("The guild")


@pytest.mark.parametrize(
    "question",
    [
        '"',
        "' OR 1=1 --",
        "mill AND (",
        "NEAR(mill, 2)",
        "scope:p1 mill*",
        "heading:mill ^mill -mill",
        "mill' & !mill | (mill):*",
        "\x00 \ud7ff %s %(terms)s {0}",
        "a" * 10_000,
        "mill " * 2_000,
    ],
    ids=range(10),
)
def test_nothing_that_a_visitor_types_is_an_error_or_a_command(mill, iris, question):
    assert len(search(iris, question, 5)) <= 5


@pytest.mark.parametrize("question", ["How are you?", "zeppelin", "", "👋"])
def test_a_question_about_something_else_finds_nothing(mill, iris, question):
    assert search(iris, question, 5) == []


def test_no_persona_finds_what_another_one_has(mill, iris, nora):
    add_and_read(nora, "nora.md", MILL.replace(b"bakers", b"smiths"))

    assert "smiths" in found(nora, "guild")[0]
    assert len(found(nora, "guild")) == 1
    assert "bakers" in found(iris, "guild")[0]


def test_passages_that_are_deleted_are_not_found(mill, iris, nora):
    add_and_read(nora, "nora.md", MILL)
    mill.delete()
    assert found(iris, "guild") == []

    nora.delete()
    assert _indexed() == 0


def test_a_passage_that_is_changed_is_found_by_its_new_words_alone(mill, iris):
    passage = search(iris, "guild", 1)[0].passage
    passage.text_terms = "wwindmill"
    passage.save(update_fields=["text_terms"])

    assert found(iris, "guild") == []
    assert len(found(iris, "windmill")) == 1


def test_reading_again_leaves_nothing_of_the_first_time(mill, iris):
    filing.read(mill.pk, read_here)
    filing.read(mill.pk, read_here)

    assert len(found(iris, "guild")) == 1
    assert Passage.objects.count() == _indexed() == 3


def test_accents_and_capitals_make_no_difference(iris):
    add_and_read(iris, "cafe.txt", "Das Café in der GROẞEN Straße.".encode())

    assert found(iris, "cafe") == found(iris, "große STRASSE") != []


def _indexed() -> int:
    """How many passages the index holds, asked of the index alone."""
    if connection.vendor == "sqlite":
        sql = "SELECT count(*) FROM personas_passage_index_docsize"
    else:
        sql = "SELECT count(*) FROM personas_passage WHERE search <> ''"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        (count,) = cursor.fetchone()
    return int(count)
