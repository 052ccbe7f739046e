"""Requests that arrive at the same moment, each on a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from personas.models import Persona
from tests.personas.conftest import api_of

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run all calls in threads that start together, and return what they returned."""
    start = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        start.wait(timeout=10)
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def change(user, **body) -> Callable[[], int]:
    api = api_of(user)
    return lambda: api.post("/persona", body, format="json").status_code


def test_simultaneous_changes_of_different_parts_all_stay(nora, alice):
    statuses = at_once(
        change(alice, title="arbiter"),
        change(alice, education={"year": "2001"}),
        change(alice, education={"degree": "MA"}),
        change(alice, traits=["fair"]),
    )

    assert statuses == [200] * 4
    nora.refresh_from_db()
    assert nora.title == "arbiter"
    assert (nora.education_year, nora.education_degree) == ("2001", "MA")
    assert nora.traits == ["fair"]


def test_simultaneous_first_changes_make_one_copy_with_all_of_them(iris, bob):
    statuses = at_once(
        change(bob, title="gardener"),
        change(bob, education={"year": "2010"}),
        change(bob, traits=["muddy"]),
    )

    assert statuses == [200] * 3
    copy = Persona.objects.get(owner=bob)
    assert (copy.title, copy.education_year) == ("gardener", "2010")
    assert copy.traits == ["muddy"]


def test_simultaneous_namesakes_all_get_a_slug(db):
    create = lambda: Persona.objects.create(name="Otto").slug  # noqa: E731

    slugs = at_once(create, create, create, create)

    assert len(set(slugs)) == 4


def test_two_simultaneous_new_defaults_leave_exactly_one(iris):
    ada, ben = (
        Persona.objects.create(name=name, visibility="public")
        for name in ("Ada", "Ben")
    )

    at_once(ada.become_site_default, ben.become_site_default)

    assert Persona.objects.filter(is_default=True).count() == 1
