"""Drafts and versions: nothing is published by accident, and nobody's work is lost."""

import pytest
from django.contrib.auth.models import User

from personas.models import (
    Credit,
    Edit,
    EditedMeanwhile,
    How,
    NoDraft,
    Persona,
    PersonaDraft,
    bring_up_to_date,
    discard_draft,
    draft_of,
    publish,
    roll_back,
    save_draft,
)
from personas.models.content import merge
from personas.prompt import system_prompt
from tests.personas.conftest import api_of
from tests.personas.test_races import at_once


def edit(persona: Persona, user: User, **values):
    """Save values as a page would that shows the draft as it is."""
    draft = draft_of(persona)
    shown = draft.full_content() if draft else persona.content()
    edits = {name: Edit(shown[name], value) for name, value in values.items()}
    return save_draft(persona, user, edits)


def draft_in(persona: Persona) -> PersonaDraft:
    """The draft that must be there."""
    draft = draft_of(persona)
    assert draft is not None
    return draft


def numbers(persona: Persona) -> list[tuple[int, str]]:
    """Versions, oldest first, each with the door that it came by."""
    found = persona.versions.order_by("number")
    return [(version.number, version.how) for version in found]


def test_a_draft_changes_nothing_that_visitors_meet(nora, alice):
    edit(nora, alice, title="arbiter", traits=["fair"])

    nora.refresh_from_db()
    assert (nora.title, nora.traits) == ("chess coach", ["blunt"])
    drafted = Persona.objects.get(pk=nora.pk).as_drafted()
    assert (drafted.title, drafted.traits) == ("arbiter", ["fair"])
    assert "arbiter" in system_prompt(drafted)


def test_what_a_draft_says_cannot_be_saved_past_publishing(nora, alice):
    edit(nora, alice, title="arbiter")

    with pytest.raises(TypeError):
        nora.as_drafted().save()


def test_publishing_makes_the_draft_a_version_with_author_and_note(nora, alice):
    edit(nora, alice, title="arbiter")

    published = publish(nora, alice, "New job")

    assert published.title == "arbiter"
    assert draft_of(nora) is None
    version = nora.versions.first()
    assert (version.number, version.how) == (2, How.PUBLISHED)
    assert (version.author, version.note) == (alice, "New job")
    assert version.content["title"] == "arbiter"


def test_there_is_nothing_to_publish_twice(nora, alice):
    edit(nora, alice, title="arbiter")
    publish(nora, alice)

    with pytest.raises(NoDraft):
        publish(nora, alice)


def test_a_draft_that_says_the_same_again_is_gone(nora, alice):
    edit(nora, alice, title="arbiter")
    edit(nora, alice, title="chess coach")

    assert draft_of(nora) is None


def test_a_discarded_draft_leaves_no_trace(nora, alice):
    edit(nora, alice, title="arbiter")

    discard_draft(nora)
    discard_draft(nora)

    assert nora.as_drafted().title == "chess coach"
    assert numbers(nora) == [(1, How.MADE)]


def test_two_editors_of_different_fields_keep_both_works(nora, alice, bob):
    shown = nora.content()
    save_draft(nora, alice, {"title": Edit(shown["title"], "arbiter")})
    save_draft(nora, bob, {"traits": Edit(shown["traits"], ["fair"])})

    content = draft_in(nora).content
    assert (content["title"], content["traits"]) == ("arbiter", ["fair"])


def test_two_editors_of_one_field_are_told_and_nothing_is_overwritten(nora, alice, bob):
    shown = nora.content()
    save_draft(nora, alice, {"title": Edit(shown["title"], "arbiter")})

    theirs = {"title": Edit(shown["title"], "trainer"), "greeting": Edit("", "Hi.")}
    with pytest.raises(EditedMeanwhile) as raised:
        save_draft(nora, bob, theirs)

    assert raised.value.fields == ("title",)
    draft = draft_in(nora)
    assert (draft.content["title"], draft.content["greeting"]) == ("arbiter", "")
    save_draft(nora, bob, theirs, anyway=True)
    assert draft_in(nora).content["title"] == "trainer"


def test_the_same_edit_twice_is_no_conflict(nora, alice, bob):
    same = {"title": Edit("chess coach", "arbiter")}

    save_draft(nora, alice, same)
    save_draft(nora, bob, same)

    assert draft_in(nora).content["title"] == "arbiter"


def test_what_programs_publish_meanwhile_survives_publishing_the_draft(nora, alice):
    edit(nora, alice, title="arbiter")
    api_of(alice).post("/persona", {"traits": ["fair"]}, format="json")

    published = publish(nora, alice)

    assert (published.title, published.traits) == ("arbiter", ["fair"])
    assert numbers(nora) == [(1, How.MADE), (2, How.REST), (3, How.PUBLISHED)]


def test_a_field_that_was_published_meanwhile_is_asked_about(nora, alice):
    edit(nora, alice, title="arbiter")
    nora.change(title="trainer")

    with pytest.raises(EditedMeanwhile) as raised:
        publish(nora, alice)

    assert raised.value.fields == ("title",)
    assert draft_of(nora) is not None
    assert publish(nora, alice, anyway=True).title == "arbiter"
    assert nora.versions.get(number=2).content["title"] == "trainer", "it is kept"


def test_a_draft_is_brought_up_to_date_without_losing_its_edits(nora, alice):
    edit(nora, alice, title="arbiter", greeting="Hi.")
    nora.change(title="trainer", traits=["fair"])

    bring_up_to_date(nora)

    draft = draft_in(nora)
    assert draft.content["traits"] == ["fair"]
    assert draft.changed_fields() == ["title", "greeting"]
    assert not draft.merged().clashes


def test_rolling_back_makes_a_new_version_and_loses_none(nora, alice, bob):
    nora.change(title="arbiter")
    nora.change(title="trainer")

    rolled = roll_back(nora, nora.versions.get(number=1), bob)

    assert rolled.title == "chess coach"
    assert [how for _, how in numbers(nora)][-1] == How.ROLLED_BACK
    last = nora.versions.first()
    assert (last.number, last.restores, last.author) == (4, 1, bob)
    assert nora.versions.get(number=3).content["title"] == "trainer"


def test_every_door_leaves_a_version_and_nothing_else_does(nora, alice):
    nora.change(visibility="unlisted")
    nora.change(title="chess coach")
    assert numbers(nora) == [(1, How.MADE)], "nothing that is spoken has changed"

    api = api_of(alice)
    api.post("/persona", {"title": "arbiter"}, format="json")
    api.post("/persona/update", {"name": "Nora", "title": "trainer"}, format="json")

    assert numbers(nora) == [(1, How.MADE), (2, How.REST), (3, How.REST)]
    assert {version.author for version in nora.versions.filter(number__gt=1)} == {alice}


def test_a_copy_begins_a_history_of_its_own(nora, bob):
    nora.change(title="arbiter")

    copy = nora.copy_for(bob)

    assert numbers(copy) == [(1, How.COPIED)]
    assert copy.versions.get().author == bob


def test_a_version_that_does_not_know_a_field_leaves_it_alone(nora, alice):
    old = nora.versions.get()
    del old.content["greeting"]
    old.save()
    nora.change(greeting="Hi.", title="arbiter")

    rolled = roll_back(nora, old, alice)

    assert (rolled.title, rolled.greeting) == ("chess coach", "Hi.")


def test_credit_is_for_one_change_only(nora, alice):
    nora.credited(Credit(alice, How.ADMIN)).change(title="arbiter")
    nora.change(title="trainer")

    assert numbers(nora)[1:] == [(2, How.ADMIN), (3, How.CHANGED)]


def test_merging_tells_who_changed_what():
    base = {"a": 1, "b": 1, "c": 1, "d": 1}
    ours = {"a": 2, "b": 1, "c": 3, "d": 9}
    theirs = {"a": 1, "b": 4, "c": 5, "d": 9}

    merged = merge(base, ours, theirs)

    assert merged.content == {"a": 2, "b": 4, "c": 3, "d": 9}
    assert merged.clashes == ("c",)


@pytest.mark.django_db(transaction=True)
def test_changes_at_the_same_moment_get_numbers_of_their_own(nora, alice, bob):
    at_once(
        lambda: Persona.objects.get(pk=nora.pk).change(title="arbiter"),
        lambda: Persona.objects.get(pk=nora.pk).change(traits=["fair"]),
        lambda: save_draft(nora, alice, {"greeting": Edit("", "Hi.")}),
        lambda: save_draft(nora, bob, {"farewell": Edit("", "Bye.")}),
    )

    assert [number for number, _ in numbers(nora)] == [1, 2, 3]
    newest = nora.versions.first().content
    assert (newest["title"], newest["traits"]) == ("arbiter", ["fair"])
    content = draft_in(nora).content
    assert (content["greeting"], content["farewell"]) == ("Hi.", "Bye.")
