"""What a persona is allowed to be, who sees whose, and who talks to whom."""

import pytest
from django.contrib.auth.models import AnonymousUser, Permission, User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import now
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from personas import limits
from personas.models import (
    CurrentPersona,
    NotFitAsDefault,
    Persona,
    PersonaNotFound,
    make_current,
    own_copy,
    persona_to_edit,
)

PUBLIC = Persona.Visibility.PUBLIC
UNLISTED = Persona.Visibility.UNLISTED


# What the database itself refuses -----------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"visibility": "secret"},
        {"speaking_rate": 0.49},
        {"speaking_rate": 1.51},
        {"key_threshold": -0.01},
        {"key_softness": 1.01},
        {"key_spill": 2.0},
        {"is_default": True, "visibility": "private"},
    ],
    ids=str,
)
def test_the_database_refuses(db, wrong):
    with pytest.raises(IntegrityError):
        Persona.objects.create(**{"name": "Otto", **wrong})


def test_the_database_refuses_a_default_that_a_user_owns(alice):
    with pytest.raises(IntegrityError):
        Persona.objects.create(
            name="Otto", owner=alice, visibility=PUBLIC, is_default=True
        )


def test_the_database_refuses_a_second_default(iris):
    with pytest.raises(IntegrityError, match="is_default"):
        Persona.objects.create(name="Otto", visibility=PUBLIC, is_default=True)


def test_the_database_refuses_a_taken_slug(iris):
    with pytest.raises(IntegrityError, match="slug"):
        Persona.objects.create(name="Otto", slug=iris.slug)


# What validation refuses --------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("name", "n" * (limits.NAME_MAX_CHARS + 1), "at most 120"),
        ("name", "two\nlines", "line breaks"),
        ("title", "nul\x00", "control characters"),
        ("title", "lone \ud800 surrogate", "control characters"),
        ("title", "separated\u2028lines", "line breaks"),
        ("greeting", "g" * (limits.GREETING_MAX_CHARS + 1), "at most 600"),
        ("knowledge", "k" * (limits.KNOWLEDGE_MAX_CHARS + 1), "at most 20000"),
        ("knowledge", "bell\x07", "control characters"),
        ("traits", ["calm", ""], "item 2 must not be blank"),
        ("traits", ["calm", 7], "item 2 must be a string"),
        ("traits", ["t" * (limits.ITEM_MAX_CHARS + 1)], "item 1 must have at most 300"),
        ("traits", ["a\nb"], "item 1 must not contain line breaks"),
        ("traits", ["t"] * (limits.LIST_MAX_ITEMS + 1), "at most 50 items"),
        ("traits", "calm", "must be a list"),
        ("traits", {"calm": True}, "must be a list"),
        ("traits", None, "cannot be null"),
        ("traits", {}, "must be a list"),
        ("language", "English please", "language tag"),
        ("speaking_rate", 3.0, "less than or equal to 1.5"),
        ("key_threshold", 1.5, "less than or equal to 1"),
        ("key_colour", "green", "such as #00b140"),
        ("background", "x" * (limits.BACKGROUND_MAX_CHARS + 1), "at most 4000"),
    ],
)
def test_validation_names_what_is_wrong(db, field, value, complaint):
    persona = Persona(**{"name": "Otto", "slug": "otto", field: value})

    with pytest.raises(ValidationError) as refusal:
        persona.full_clean()

    assert complaint in " ".join(refusal.value.messages)


@pytest.mark.parametrize("tag", ["de", "en-GB", "pt-br", "es-419", "en-gb-x-rp", "cmn"])
def test_languages_are_given_by_their_tags(db, tag):
    Persona(name="Otto", slug="otto", language=tag).full_clean()


def test_lists_keep_their_order_and_repetitions(db):
    traits = ["zealous", "calm", "zealous"]
    Persona.objects.create(name="Otto", traits=traits)

    assert Persona.objects.get().traits == traits


def test_knowledge_has_plain_line_ends_whatever_the_browser_sent(db):
    persona = Persona(
        name="Otto", slug="otto", knowledge="One.\r\n\r\nTwo.\rThree.\r\n"
    )

    persona.full_clean()

    assert persona.knowledge == "One.\n\nTwo.\nThree."


# Slugs --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Ada Lovelace", "ada-lovelace"),
        ("Zoë O'Neil", "zoe-oneil"),
        ("李小龍", "persona"),
        ("x" * 120, "x" * 72),
    ],
)
def test_a_slug_is_made_from_the_name(db, name, slug):
    assert Persona.objects.create(name=name).slug == slug


def test_namesakes_get_slugs_of_their_own(db):
    slugs = {Persona.objects.create(name="Otto").slug for _ in range(5)}

    assert len(slugs) == 5
    assert all(slug.startswith("otto") for slug in slugs)


def test_renaming_keeps_the_slug(iris):
    iris.change(name="Iris the Elder")

    iris.refresh_from_db()
    assert (iris.name, iris.slug) == ("Iris the Elder", "iris")


def test_losing_the_race_for_a_slug_finds_another(iris, monkeypatch):
    """The look before the leap sees nothing when the other one has not committed yet."""
    looks = iter([False, True, False])
    monkeypatch.setattr(
        "django.db.models.query.QuerySet.exists", lambda queryset: next(looks)
    )

    late = Persona.objects.create(name="Iris")

    assert late.slug != iris.slug
    assert late.pk is not None


class AnyNameGetsASlug(HypothesisTestCase):
    @given(st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1))
    def test_any_name_gets_a_slug(self, name: str) -> None:
        with transaction.atomic():
            persona = Persona.objects.create(name=name[: limits.NAME_MAX_CHARS])
            Persona._meta.get_field("slug").clean(persona.slug, persona)


# Who sees whose -----------------------------------------------------------------------


@pytest.fixture
def gallery(iris, nora, bob):
    """Iris is the site's and public, Nora is Alice's; Bob has one of each kind."""
    for visibility in Persona.Visibility:
        Persona.objects.create(
            name=f"Bob's {visibility}", owner=bob, visibility=visibility
        )
    Persona.objects.create(name="Draft")


def names(personas) -> set[str]:
    return {persona.name for persona in personas}


@pytest.mark.usefixtures("gallery")
def test_everybody_sees_public_personas_and_their_own(alice):
    assert names(Persona.objects.visible_to(alice)) == {"Iris", "Nora", "Bob's public"}


@pytest.mark.usefixtures("gallery")
def test_who_knows_the_slug_may_also_open_an_unlisted_one(alice):
    opened = names(Persona.objects.open_to(alice))

    assert opened == {"Iris", "Nora", "Bob's public", "Bob's unlisted"}


@pytest.mark.usefixtures("gallery")
def test_a_visitor_who_is_not_signed_in_sees_only_public_ones():
    nobody = AnonymousUser()

    assert names(Persona.objects.visible_to(nobody)) == {"Iris", "Bob's public"}
    assert names(Persona.objects.editable_by(nobody)) == set()


@pytest.mark.usefixtures("gallery")
def test_staff_see_the_sites_drafts_but_not_what_users_keep_private(carol):
    assert names(Persona.objects.visible_to(carol)) == {"Iris", "Bob's public", "Draft"}


@pytest.mark.usefixtures("gallery")
def test_users_edit_their_own_and_superusers_edit_all(alice, carol):
    assert names(Persona.objects.editable_by(alice)) == {"Nora"}
    assert Persona.objects.editable_by(carol).count() == Persona.objects.count()


def staff_who_may(*verbs: str) -> User:
    """Staff with these permissions about personas, and no others."""
    user = User.objects.create_user("hal", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=verbs))
    return user


@pytest.mark.usefixtures("gallery")
def test_being_staff_alone_opens_nobodys_personas():
    hal = staff_who_may()
    Persona.objects.filter(name="Draft").update(archived_at=now())

    assert names(Persona.objects.visible_to(hal)) == {"Iris", "Bob's public"}
    assert names(Persona.objects.editable_by(hal)) == set()
    assert names(Persona.objects.deletable_by(hal)) == set()
    assert names(Persona.objects.put_away_by(hal)) == set()


@pytest.mark.usefixtures("gallery")
def test_the_sites_editors_edit_the_sites_own_and_delete_it_if_they_may():
    hal = staff_who_may("change_persona")

    assert names(Persona.objects.visible_to(hal)) == {"Iris", "Bob's public", "Draft"}
    assert names(Persona.objects.editable_by(hal)) == {"Iris", "Draft"}
    assert names(Persona.objects.deletable_by(hal)) == set()


@pytest.mark.usefixtures("gallery")
def test_who_may_delete_deletes_the_sites_own_and_nobody_elses():
    hal = staff_who_may("delete_persona")

    assert names(Persona.objects.deletable_by(hal)) == {"Iris", "Draft"}


@pytest.mark.usefixtures("gallery")
def test_peoples_personas_are_edited_by_whoever_may_change_and_reach_them():
    reaching = staff_who_may("reach_peoples_personas")
    assert names(Persona.objects.editable_by(reaching)) == set()
    reaching.delete()

    both = staff_who_may("reach_peoples_personas", "change_persona")

    assert Persona.objects.editable_by(both).count() == Persona.objects.count()


# Whom a user talks to -----------------------------------------------------------------


def test_who_has_chosen_nobody_talks_to_the_default(iris, bob):
    assert Persona.objects.current_for(bob) == iris
    assert Persona.objects.current_for(AnonymousUser()) == iris


def test_a_choice_replaces_the_one_before(iris, nora, alice):
    make_current(alice, iris)

    assert Persona.objects.current_for(alice) == iris
    assert CurrentPersona.objects.count() == 1


def test_nobody_can_choose_a_persona_they_may_not_open(iris, nora, bob):
    with pytest.raises(PersonaNotFound):
        make_current(bob, nora)

    assert Persona.objects.current_for(bob) == iris


def test_a_persona_that_becomes_private_is_left_for_the_default(iris, nora, alice, bob):
    nora.change(visibility=UNLISTED)
    make_current(bob, nora)

    nora.change(visibility=Persona.Visibility.PRIVATE)

    assert Persona.objects.current_for(bob) == iris
    assert Persona.objects.current_for(alice) == nora


def test_deleting_a_persona_brings_its_users_back_to_the_default(iris, nora, alice):
    nora.delete()

    assert Persona.objects.current_for(alice) == iris


def test_deleting_an_original_leaves_its_copies(iris, bob):
    copy = own_copy(bob, iris)

    iris.delete()

    copy.refresh_from_db()
    assert (copy.name, copy.copied_from) == ("Iris", None)


def test_without_a_marked_default_the_oldest_public_one_of_the_site_stands_in(
    iris, bob
):
    Persona.objects.create(name="Aaron", visibility=PUBLIC)
    iris.change(is_default=False)

    assert Persona.objects.current_for(bob) == iris


def test_a_site_without_any_public_persona_says_what_to_do(nora, bob):
    with pytest.raises(PersonaNotFound) as refusal:
        Persona.objects.current_for(bob)

    assert "load_examples" in refusal.value.detail


# The site default ---------------------------------------------------------------------


def test_becoming_the_default_takes_it_from_the_other(iris):
    otto = Persona.objects.create(name="Otto", visibility=PUBLIC)

    otto.become_site_default()
    otto.become_site_default()

    assert Persona.objects.get(is_default=True) == otto


def test_a_private_persona_cannot_become_the_default(iris):
    draft = Persona.objects.create(name="Draft")

    with pytest.raises(NotFitAsDefault):
        draft.become_site_default()

    assert Persona.objects.get(is_default=True) == iris


def test_a_users_persona_cannot_become_the_default(iris, nora):
    nora.change(visibility=PUBLIC)

    with pytest.raises(NotFitAsDefault):
        nora.become_site_default()

    assert Persona.objects.get(is_default=True) == iris


# Copies and changes -------------------------------------------------------------------


def test_a_copy_has_all_the_content_and_none_of_the_standing(iris, bob):
    copy = own_copy(bob, iris)

    assert copy.profile() == iris.profile()
    assert (copy.greeting, copy.knowledge) == (iris.greeting, iris.knowledge)
    assert (copy.owner, copy.visibility, copy.is_default) == (bob, "private", False)
    assert copy.slug != iris.slug
    assert Persona.objects.current_for(bob) == copy


def test_a_copy_takes_every_field_that_a_form_can_set(iris):
    about_standing = {"slug", "owner", "team", "visibility"}
    editable = {field.name for field in Persona._meta.fields if field.editable}

    assert set(Persona.CONTENT_FIELDS) == editable - about_standing - {"id"} - {
        "created_at",
        "updated_at",
    }


def test_editing_ones_own_persona_makes_no_copy(iris, nora, alice):
    with transaction.atomic():
        assert persona_to_edit(alice) == nora

    assert Persona.objects.count() == 2


@pytest.mark.parametrize("who", ["bob", "carol"])
def test_editing_the_default_makes_ones_own_copy_even_for_staff(iris, request, who):
    user = request.getfixturevalue(who)

    with transaction.atomic():
        copy = persona_to_edit(user)
        again = persona_to_edit(user)

    assert copy != iris
    assert copy == again
    assert copy.owner == user


def test_changes_of_different_fields_from_stale_copies_both_survive(iris):
    one, two = Persona.objects.get(pk=iris.pk), Persona.objects.get(pk=iris.pk)

    one.change(title="mycologist")
    two.change(education_year="2010")

    iris.refresh_from_db()
    assert (iris.title, iris.education_year) == ("mycologist", "2010")


def test_a_change_moves_updated_at(iris):
    before = iris.updated_at

    iris.change(title="mycologist")

    iris.refresh_from_db()
    assert iris.updated_at > before


def test_replacing_empties_what_is_not_given_and_keeps_what_is_no_profile(nora):
    nora.change(greeting="Your move.", avatar_name="june")

    nora.replace_profile(name="Nora", traits=["kind"])

    nora.refresh_from_db()
    assert nora.profile()["traits"] == ["kind"]
    assert (nora.title, nora.education_degree) == ("", "")
    assert (nora.greeting, nora.avatar_name) == ("Your move.", "june")


def test_a_replacement_with_another_name_drops_inherited_words(iris, bob):
    copy = own_copy(bob, iris)

    copy.replace_profile(name="Otto")

    assert (copy.greeting, copy.knowledge) == ("", "")
    assert copy.welcome() == "Hello, I am Otto. What shall we talk about?"


def test_a_replacement_with_another_name_keeps_words_written_for_the_copy(iris, bob):
    copy = own_copy(bob, iris)
    copy.change(greeting="Hi from Bob's garden.")

    copy.replace_profile(name="Otto")

    assert copy.greeting == "Hi from Bob's garden."
    assert copy.knowledge == ""


def test_a_replacement_under_the_same_name_keeps_inherited_words(iris, bob):
    copy = own_copy(bob, iris)

    copy.replace_profile(name="Iris")

    assert copy.greeting == iris.greeting
    assert copy.knowledge == iris.knowledge


def test_an_unchanged_original_survives_its_copys_replacement(iris, bob):
    before = iris.profile()

    own_copy(bob, iris).replace_profile(name="Otto")

    iris.refresh_from_db()
    assert iris.profile() == before
