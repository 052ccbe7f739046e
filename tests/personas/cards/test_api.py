"""The documented endpoints of personas as files."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from personas import limits
from personas.cards.reading import read
from personas.models import CardOrigin, Persona, make_current
from tests.conftest import client_of
from tests.personas.cards.made import as_file, card2, png_card


def sent(api, content: bytes, name: str = "card.json"):
    body = {"file": SimpleUploadedFile(name, content)}
    return api.post("/persona/import", body, format="multipart")


def test_a_card_becomes_a_private_persona_and_what_was_changed_is_said(api, alice):
    answer = sent(api, as_file(card2(first_mes="Hello. " * 200)))

    assert answer.status_code == 201
    data = answer.json()["data"]
    persona = Persona.objects.get(slug=data["persona"])
    assert (persona.owner, persona.visibility) == (alice, "private")
    assert any("Greeting: shortened" in one for one in data["warnings"])


def test_what_is_no_card_is_refused_with_the_documented_body(api):
    answer = sent(api, b"Dear diary")

    assert answer.status_code == 400
    body = answer.json()
    assert body["code"] == "card_refused"
    assert body["message"].startswith("file: It is not JSON")


def test_a_call_without_a_file_names_the_field(api):
    answer = api.post("/persona/import", {}, format="multipart")

    assert answer.status_code == 400
    assert answer.json()["message"] == "file: is required."


def test_a_file_that_is_far_too_large_is_refused_by_its_length(api):
    answer = sent(api, b"x" * (limits.CARD_FILE_MAX_BYTES + 200_000))

    assert answer.status_code == 413


@pytest.mark.parametrize("name", ["json", "card2", "card3", "png"])
def test_an_export_is_imported_as_the_same_persona(api, name):
    slug = sent(api, png_card(card2()), "ada.png").json()["data"]["persona"]
    original = Persona.objects.get(slug=slug)
    original.change(title="surgeon", greeting="Welcome.", answers=False)

    answer = api.get(f"/persona/export?format={name}&persona={slug}")
    again = Persona.objects.get(
        slug=sent(api, answer.content).json()["data"]["persona"]
    )

    assert answer["Content-Disposition"].startswith(f'attachment; filename="{slug}.')
    assert answer["Cache-Control"] == "no-store"
    assert again.content() == original.content()


def test_without_words_it_is_ones_current_persona_in_our_own_format(api, alice):
    mine = Persona.objects.create(name="Ada", owner=alice)
    make_current(alice, mine)

    answer = api.get("/persona/export")

    value = json.loads(answer.content)
    assert (value["format"], value["version"]) == ("greenroom-persona", 1)
    assert value["persona"] == mine.content()
    assert value["left_out"] == {"documents": 0, "pictures": 0}


def test_links_that_a_persona_shows_come_along_and_pictures_are_counted(api, alice):
    mine = Persona.objects.create(name="Ada", owner=alice)
    link = {"title": "Map", "alt": "A map", "address": "https://example.com/"}
    mine.exhibits.create(name="map", kind="link", **link)
    mine.exhibits.create(name="plan", kind="image", title="Plan", alt="Rooms")

    file = api.get("/persona/export?persona=ada").content
    data = sent(api, file).json()["data"]

    [again] = Persona.objects.get(slug=data["persona"]).exhibits.all()
    assert (again.name, again.address) == ("map", "https://example.com/")
    assert any(
        "pictures that it shows are not in the file" in w for w in data["warnings"]
    )


def test_a_link_that_would_mislead_is_left_out(api):
    value = {
        "format": "greenroom-persona",
        "version": 1,
        "persona": {"name": "Ada"},
        "exhibits": [{"kind": "link", "name": "x", "address": "javascript:alert(1)"}],
    }

    data = sent(api, as_file(value)).json()["data"]

    assert not Persona.objects.get(slug=data["persona"]).exhibits.exists()
    assert "The link “x” is not good and is left out." in data["warnings"]


def test_an_unknown_format_is_refused_with_those_known(api, alice):
    Persona.objects.create(name="Ada", owner=alice)

    answer = api.get("/persona/export?format=docx&persona=ada")

    assert answer.status_code == 400
    assert "must be one of json, card2, card3, png" in answer.json()["message"]


def test_only_who_may_edit_a_persona_exports_it(alice, bob, carol, anna):
    Persona.objects.create(name="Ulla", owner=bob, visibility="public")

    assert client_of(alice).get("/persona/export?persona=ulla").status_code == 404
    assert client_of(alice).get("/persona/export?persona=anna").status_code == 404
    assert client_of(carol).get("/persona/export?persona=ulla").status_code == 200
    assert client_of(None).get("/persona/export?persona=ulla").status_code == 401


def test_a_copy_comes_from_the_same_card(api, alice):
    slug = sent(api, png_card(card2())).json()["data"]["persona"]

    copy = Persona.objects.get(slug=slug).copy_for(alice)

    assert copy.card.picture == CardOrigin.objects.get(persona__slug=slug).picture
    card = json.loads(
        api.get(f"/persona/export?format=card2&persona={copy.slug}").content
    )
    assert card["data"]["alternate_greetings"] == ["Ahoy, {{user}}!"]


def test_the_still_of_an_avatar_is_the_picture_where_the_card_has_none(api, alice):
    Persona.objects.create(name="Ada", owner=alice, avatar_name="june")
    Persona.objects.create(name="Bo", owner=alice, avatar_name="../../settings")

    ada = read(api.get("/persona/export?format=png&persona=ada").content)
    bo = read(api.get("/persona/export?format=png&persona=bo").content)

    assert ada.picture is not None
    assert bo.picture is not None
    assert (ada.picture.width_px, bo.picture.width_px) == (640, 512)
