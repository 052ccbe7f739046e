"""The example personas, and loading them into a site."""

from io import StringIO

import pytest
from django.core.management import call_command

from personas.models import Persona
from streaming.engine.face import AVATARS
from streaming.engine.speech import VOICES


def load(*options: str) -> str:
    said = StringIO()
    call_command("load_examples", *options, stdout=said)
    return said.getvalue()


@pytest.fixture
def examples(db) -> list[Persona]:
    load()
    return list(Persona.objects.all())


def test_a_new_site_gets_three_public_personas_and_one_default(examples):
    assert len(examples) == 3
    assert {persona.visibility for persona in examples} == {"public"}
    assert {persona.owner for persona in examples} == {None}
    assert [persona.slug for persona in examples if persona.is_default] == ["mira"]


def test_the_examples_have_faces_of_their_own_and_plenty_to_say(examples):
    assert len({persona.avatar_name for persona in examples}) == 3
    for persona in examples:
        assert persona.greeting
        assert persona.farewell
        assert len(persona.knowledge) > 2_500
        assert persona.profile()["personality"]["style"]


def test_the_local_engine_has_their_faces_and_voices(examples):
    for persona in examples:
        assert persona.avatar_name in AVATARS
        assert not persona.voice_id or persona.voice_id in VOICES


def test_the_examples_still_fit_when_somebody_renames_them(examples):
    """What they say does not give a name, so it cannot give a wrong one."""
    for persona in examples:
        for name in persona.name.split():
            assert name not in persona.greeting
            assert name not in persona.knowledge


def test_loading_twice_changes_nothing(examples):
    before = list(Persona.objects.values())

    assert "no examples are needed" in load()

    assert list(Persona.objects.values()) == before


@pytest.mark.parametrize("options", [(), ("--missing",)])
def test_an_edited_example_stays_as_it_was_edited(examples, options):
    mira = Persona.objects.get(slug="mira")
    mira.change(name="Mirabel", traits=["loud"])

    load(*options)

    mira.refresh_from_db()
    assert (mira.name, mira.traits) == ("Mirabel", ["loud"])
    assert Persona.objects.count() == 3


def test_a_deleted_example_comes_back_only_when_asked_for(examples):
    Persona.objects.get(slug="pico").delete()

    load()
    assert not Persona.objects.filter(slug="pico").exists()

    load("--missing")
    assert Persona.objects.filter(slug="pico").exists()


def test_a_site_with_a_default_keeps_it(iris):
    load("--missing")

    assert Persona.objects.get(is_default=True) == iris


def test_users_personas_do_not_keep_the_examples_away(nora):
    load()

    assert Persona.objects.of_the_site().count() == 3
