"""Known answers are found: measured, on whichever database this runs."""

import pytest
from asgiref.sync import sync_to_async

from personas.knowledge import vectors
from tests.personas.knowledge import recall
from tests.personas.knowledge.embedding_server import embedding_server
from tests.personas.knowledge.shelves import fill


def test_the_questions_have_answers_in_the_library():
    recall.check()


@pytest.mark.django_db(transaction=True)
async def test_answers_are_among_the_first_five_that_are_found(iris, settings):
    await sync_to_async(fill)(iris)

    by_words = await recall.measure(iris)
    async with embedding_server() as server:
        settings.EMBEDDINGS_BASE_URL = server.base_url
        settings.EMBEDDINGS_MODEL = "letters"
        settings.EMBEDDINGS_TIMEOUT_S = 5.0
        while await sync_to_async(vectors.make_some)():
            pass
        by_both = await recall.measure(iris)

    print(f"words: {by_words}, missed {by_words.missed}")  # noqa: T201
    print(f"words and vectors: {by_both}, missed {by_both.missed}")  # noqa: T201
    assert by_words.within_5 >= 0.85
    assert by_both.within_5 >= 0.9
