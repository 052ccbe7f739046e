"""The admin's persona pages, as somebody who does not program uses them."""

import re
from html import unescape

import pytest
from django.test import Client

from personas.models import Persona
from tests.admin_forms import filled_in

LIST = "/admin/personas/persona/"


@pytest.fixture
def office(client: Client, carol) -> Client:
    """Carol's browser."""
    client.force_login(carol)
    return client


def change_page(persona: Persona) -> str:
    return f"{LIST}{persona.pk}/change/"


def problems(response) -> dict[str, list[str]]:
    return dict(response.context["adminform"].form.errors)


def messages(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# The form -----------------------------------------------------------------------------


def test_lists_are_shown_one_per_line(office, iris):
    page = office.get(change_page(iris)).content.decode()

    shown = re.search(r'<textarea name="technical_projects"[^>]*>([^<]*)<', page)

    assert shown
    assert unescape(shown[1]).split() == [
        "a",
        "herbarium",
        "for",
        "phones",
        "moss",
        "map",
    ]
    assert unescape(shown[1]).strip().splitlines() == iris.technical_projects
    assert "[&quot;" not in page


def test_lists_are_saved_one_item_per_line_without_the_blank_ones(office, iris):
    form = filled_in(office.get(change_page(iris)))
    form["traits"] = "  brave \r\n\r\nexact\r\n\r\n"

    answer = office.post(change_page(iris), form, follow=True)

    assert answer.redirect_chain
    iris.refresh_from_db()
    assert iris.traits == ["brave", "exact"]


def test_saving_an_untouched_form_changes_no_content(office, iris):
    before = iris.profile(), iris.greeting, iris.knowledge, iris.slug

    answer = office.post(change_page(iris), filled_in(office.get(change_page(iris))))

    assert answer.status_code == 302
    iris.refresh_from_db()
    assert (iris.profile(), iris.greeting, iris.knowledge, iris.slug) == before


def test_an_emptied_list_is_empty(office, iris):
    form = filled_in(office.get(change_page(iris))) | {"technical_languages": ""}

    office.post(change_page(iris), form)

    iris.refresh_from_db()
    assert iris.technical_languages == []


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("name", "", "required"),
        ("traits", "fine\n" + "x" * 301, "item 2 must have at most 300"),
        ("traits", "x\n" * 51, "at most 50 items"),
        ("speaking_rate", "2", "less than or equal to 1.5"),
        ("speaking_rate", "fast", "Enter a number"),
        ("language", "English please", "language tag"),
        ("knowledge", "k" * 20_001, "at most 20000"),
        ("background", "red; top: 0", "Write one CSS background"),
        ("key_colour", "green", "such as #00b140"),
        ("key_spill", "1.5", "less than or equal to 1"),
        ("visibility", "secret", "not one of the available choices"),
        ("slug", "two words", "valid “slug”"),
        ("title", "bell\x07", "control characters"),
    ],
)
def test_a_mistake_is_explained_at_its_field_and_saves_nothing(
    office, iris, field, value, complaint
):
    form = filled_in(office.get(change_page(iris))) | {"greeting": "New.", field: value}

    answer = office.post(change_page(iris), form)

    assert answer.status_code == 200
    assert complaint in " ".join(problems(answer)[field])
    iris.refresh_from_db()
    assert iris.greeting == "Mind the ferns."


@pytest.mark.parametrize(
    "change", [{"visibility": "private"}, {"owner": "carol"}], ids=str
)
def test_the_site_default_must_stay_public_and_the_sites(office, iris, carol, change):
    change = {"owner": carol.pk} if "owner" in change else change
    form = filled_in(office.get(change_page(iris))) | change

    answer = office.post(change_page(iris), form)

    assert "Make another persona the default first" in answer.content.decode()
    iris.refresh_from_db()
    assert (iris.visibility, iris.owner) == ("public", None)


def test_a_new_persona_needs_no_more_than_a_name(office):
    form = filled_in(office.get(f"{LIST}add/")) | {"name": "Otto"}

    office.post(f"{LIST}add/", form)

    otto = Persona.objects.get()
    assert (otto.name, otto.slug, otto.owner) == ("Otto", "otto", None)
    assert otto.visibility == Persona.Visibility.PRIVATE


def test_a_form_left_open_does_not_undo_what_was_changed_meanwhile(office, iris):
    stale = filled_in(office.get(change_page(iris)))
    iris.change(title="mycologist", traits=["damp"])

    office.post(change_page(iris), stale | {"name": "Iris B."})

    iris.refresh_from_db()
    assert iris.name == "Iris B."
    assert (iris.title, iris.traits) == ("mycologist", ["damp"])


# The prompt ---------------------------------------------------------------------------


def test_the_prompt_is_shown_and_follows_a_save(office, iris):
    form = filled_in(office.get(change_page(iris))) | {"title": "<b>florist</b>"}

    before = office.get(change_page(iris)).content.decode()
    office.post(change_page(iris), form)
    after = office.get(change_page(iris)).content.decode()

    assert "You are Iris, botanist." in before
    assert "You are Iris, ‹b›florist‹/b›." in after


def test_a_new_persona_has_no_prompt_yet(office):
    assert "Save once to see it." in office.get(f"{LIST}add/").content.decode()


@pytest.mark.parametrize("path", [LIST, f"{LIST}add/", "change"])
def test_the_pages_need_no_inline_script_or_style(office, iris, path):
    page = office.get(change_page(iris) if path == "change" else path)

    body = page.content.decode()
    inline = [tag for tag in re.findall(r"<script[^>]*>", body) if "src=" not in tag]
    data_only = [tag for tag in inline if 'type="application/json"' in tag]
    assert inline == data_only
    assert "<style" not in body
    assert not re.search(r"<[^>]+\sstyle=", body)
    assert not re.search(r"<[^>]+\son[a-z]+=", body)
    assert "'unsafe-inline'" not in page["Content-Security-Policy"]


# The list -----------------------------------------------------------------------------


def listed(response) -> set[str]:
    return {persona.name for persona in response.context["cl"].result_list}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Iris", "Nora", "Carol's"}),
        ("?q=ferns+drink", set()),
        ("?q=leaves", {"Iris"}),
        ("?q=alice", {"Nora"}),
        ("?owned_by=site", {"Iris"}),
        ("?owned_by=me", {"Carol's"}),
        ("?owned_by=others", {"Nora"}),
        ("?visibility__exact=private", {"Nora", "Carol's"}),
        ("?is_default__exact=1", {"Iris"}),
    ],
)
def test_personas_can_be_searched_and_filtered(office, carol, iris, nora, query, found):
    Persona.objects.create(name="Carol's", owner=carol)

    assert listed(office.get(LIST + query)) == found


def act(office: Client, action: str, *personas: Persona):
    chosen = {
        "action": action,
        "_selected_action": [persona.pk for persona in personas],
    }
    return office.post(LIST, chosen, follow=True)


def test_making_a_persona_the_site_default(office, iris):
    otto = Persona.objects.create(name="Otto", visibility="public")

    answer = act(office, "make_site_default", otto)

    assert messages(answer) == ["Otto is the site default now."]
    assert Persona.objects.get(is_default=True) == otto


def test_a_private_persona_is_not_made_the_default(office, iris):
    answer = act(office, "make_site_default", Persona.objects.create(name="Otto"))

    assert "must be public" in messages(answer)[0]
    assert Persona.objects.get(is_default=True) == iris


def test_only_one_can_be_made_the_default(office, iris, nora):
    answer = act(office, "make_site_default", iris, nora)

    assert messages(answer) == ["Select exactly one persona."]


def test_making_personas_public_and_private(office, iris, nora):
    act(office, "make_public", nora)
    nora.refresh_from_db()
    assert nora.visibility == "public"

    answer = act(office, "make_private", iris, nora)

    nora.refresh_from_db()
    iris.refresh_from_db()
    assert (nora.visibility, iris.visibility) == ("private", "public")
    assert messages(answer) == [
        "Iris is the site default and stays public.",
        "1 made private.",
    ]


def test_duplicates_are_private_and_belong_to_the_same_owner(office, iris, nora, alice):
    act(office, "duplicate", iris, nora)

    copies = Persona.objects.exclude(copied_from=None)
    assert {(copy.name, copy.owner) for copy in copies} == {
        ("Iris", None),
        ("Nora", alice),
    }
    assert {copy.visibility for copy in copies} == {"private"}


def test_the_site_default_cannot_be_deleted(office, iris):
    page = office.post(f"{LIST}{iris.pk}/delete/", {"post": "yes"})
    act(office, "delete_selected", iris)

    assert "Iris (the site default)" in page.content.decode()
    assert Persona.objects.get() == iris


def test_another_persona_can_be_deleted(office, iris, nora):
    office.post(f"{LIST}{nora.pk}/delete/", {"post": "yes"})

    assert Persona.objects.get() == iris


def test_users_who_are_no_staff_do_not_get_in(client, iris, alice):
    client.force_login(alice)

    assert client.get(change_page(iris)).status_code == 302
