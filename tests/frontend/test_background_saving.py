"""Saving what stands behind a persona: who may, and what it is made of."""

import json

import pytest

from personas.models import Membership, Persona, PersonaVersion, Role, Team

VALUES = {
    "removes_background": "on",
    "background": "linear-gradient(#123, #456)",
    "key_colour": "#00b140",
    "key_threshold": "0.6",
    "key_softness": "0.4",
    "key_spill": "1",
}


def saving(client, persona, **changes):
    return client.post(f"/personas/{persona.slug}/background", VALUES | changes)


@pytest.fixture
def nora(alice) -> Persona:
    """Alice's private persona."""
    return Persona.objects.create(name="Nora", owner=alice)


@pytest.fixture
def team(alice, bob, nora):
    """Alice's persona belongs to her team: Bob edits."""
    team = Team.objects.create(name="Guides")
    Membership.objects.create(team=team, user=bob, role=Role.EDITOR)
    nora.change(team=team)
    return team


@pytest.mark.parametrize("who", ["alice", "bob", "carol"])
def test_owners_editors_and_staff_save_for_everybody(client, request, team, nora, who):
    user = request.getfixturevalue(who)
    client.force_login(user)

    answer = saving(client, nora)

    assert answer.json()["keying"] == {
        "removes": True,
        "background": "linear-gradient(#123, #456)",
        "colour": "#00b140",
        "threshold": 0.6,
        "softness": 0.4,
        "spill": 1.0,
    }
    nora.refresh_from_db()
    assert (nora.removes_background, nora.key_threshold) == (True, 0.6)
    assert PersonaVersion.objects.filter(persona=nora, author=user).count() == 1


def test_who_only_talks_cannot_save(client, team, bob, nora):
    Membership.objects.filter(user=bob).update(role=Role.TALKER)
    nora.change(visibility=Persona.Visibility.PUBLIC)
    client.force_login(bob)

    assert saving(client, nora).status_code == 404
    nora.refresh_from_db()
    assert nora.background == ""


def test_strangers_find_nothing_to_save(client, bob, nora):
    client.force_login(bob)

    assert saving(client, nora).status_code == 404


def test_who_is_not_signed_in_is_told_so(client, nora):
    answer = saving(client, nora)

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")


def test_it_takes_a_post_and_a_token(client, alice, nora):
    client.force_login(alice)
    assert client.get(f"/personas/{nora.slug}/background").status_code == 405

    client.handler.enforce_csrf_checks = True
    assert saving(client, nora).status_code == 403


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("background", "red; position: fixed", "Background: Write one CSS"),
        ("background", "url(http://example.org/a.png)", "https://"),
        ("key_colour", "green", "Screen colour: Write a colour such as"),
        ("key_threshold", "2", "Threshold: Ensure this value is less"),
        ("key_spill", "much", "Spill removal: Enter a number"),
        ("key_softness", "nan", "Softness"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_saved(
    client, alice, nora, field, value, complaint
):
    client.force_login(alice)

    answer = saving(client, nora, **{field: value})

    assert answer.status_code == 400
    assert complaint in answer.json()["message"]
    nora.refresh_from_db()
    assert (nora.removes_background, nora.key_colour) == (False, "auto")


def test_what_is_not_sent_keeps_its_value_but_the_switch(client, alice, nora):
    nora.change(removes_background=True, background="#123456", key_spill=0.3)
    client.force_login(alice)

    client.post(f"/personas/{nora.slug}/background", {"key_threshold": "0.2"})

    nora.refresh_from_db()
    assert (nora.background, nora.key_spill, nora.key_threshold) == (
        "#123456",
        0.3,
        0.2,
    )
    assert nora.removes_background is False


def test_the_studio_knows_each_personas_values_and_who_may_save(
    client, alice, anna, nora
):
    nora.change(removes_background=True, key_spill=0.3)
    client.force_login(alice)

    page = client.get("/studio/?persona=nora")

    facts = json.loads(
        page.content.decode().split('id="facts"')[1].split(">", 1)[1].split("<", 1)[0]
    )
    known = {one["slug"]: one for one in facts["personas"]}
    assert known["nora"]["keying"]["spill"] == 0.3
    assert (known["nora"]["canEdit"], known[anna.slug]["canEdit"]) == (True, False)
