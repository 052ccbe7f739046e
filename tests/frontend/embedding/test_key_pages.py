"""The pages on which keys are made: who may, what is refused, what comes of it."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from personas.models import Membership, Persona, Role, Team
from streaming.models import EmbedKey, Visitor
from tests.frontend.embedding.conftest import SITE

GOOD = {
    "name": "Blog",
    "origins": f"{SITE}\nhttp://localhost:*",
    "max_sessions": "2",
    "max_waiting": "5",
    "visitor_minutes_per_day": "10",
    "minutes_per_day": "120",
    "visits_per_hour": "20",
}


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture
def page(alice, key) -> Client:
    return browser_of(alice)


def make(page: Client, **changes: str):
    return page.post("/personas/anna/embed", GOOD | changes)


def test_a_key_is_made_for_a_persona_of_ones_own(page, alice, key):
    answer = make(page)

    made = EmbedKey.objects.get(name="Blog")
    assert answer.headers["Location"] == f"/personas/anna/embed/{made.pk}/"
    assert (made.owner, made.persona) == (alice, key.persona)
    assert made.origins == [SITE, "http://localhost:*"]
    assert made.key.startswith("pk_")
    assert made.key != key.key


def test_its_page_shows_the_lines_to_copy_and_a_preview_that_may_be_framed(page, key):
    answer = page.get(f"/personas/anna/embed/{key.pk}/")

    shown = answer.content.decode()
    lines = (
        "&lt;script type=&quot;module&quot; "
        "src=&quot;http://testserver/embed.js&quot;&gt;&lt;/script&gt;\n"
        f"&lt;greenroom-persona slug=&quot;anna&quot; key=&quot;{key.key}&quot;&gt;"
    )
    assert lines in shown
    assert f'<greenroom-persona slug="anna" key="{key.key}"' in shown
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("HTTPS://Shop.Example/", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("https://shop.example:8443", "https://shop.example:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://127.0.0.1:*", "http://127.0.0.1:*"),
        ("http://localhost:3000", "http://localhost:3000"),
    ],
)
def test_origins_are_kept_as_browsers_name_them(page, written, kept):
    make(page, origins=f"{written}\n{written}")

    assert EmbedKey.objects.get(name="Blog").origins == [kept]


@pytest.mark.parametrize(
    "written",
    [
        "",
        "*",
        "shop.example",
        "https://",
        "https://*.example",
        "https://shop.example/page",
        "https://shop.example?x",
        "https://user@shop.example",
        "https://shop.example; script-src *",
        "https://shop.example, *",
        "https://shop.example:*",
        "https://localhost:*",
        "https://shop.example:99999",
        "ftp://shop.example",
        "javascript:alert(1)",
        "null",
        "https://[::1]",
        "\n".join(f"https://{nth}.example" for nth in range(21)),
    ],
)
def test_what_is_no_origin_is_refused_and_nothing_is_lost(page, written):
    answer = make(page, origins=written)

    assert answer.status_code == 200
    assert not EmbedKey.objects.filter(name="Blog").exists()
    assert answer.context["form"].errors.keys() == {"origins"}
    assert 'value="Blog"' in answer.content.decode()


@pytest.mark.parametrize(
    "field",
    ["max_sessions", "visitor_minutes_per_day", "minutes_per_day", "visits_per_hour"],
)
@pytest.mark.parametrize("value", ["0", "-1", "", "1000000000"])
def test_there_is_no_key_without_a_limit(page, field, value):
    answer = make(page, **{field: value})

    assert answer.context["form"].errors.keys() == {field}


def test_a_key_is_changed_on_its_page(page, key):
    page.post(f"/personas/anna/embed/{key.pk}/", GOOD | {"says": "on"})

    key.refresh_from_db()
    assert (key.name, key.says) == ("Blog", True)


def test_a_refused_change_leaves_lines_and_name_as_they_are(page, key):
    answer = page.post(f"/personas/anna/embed/{key.pk}/", GOOD | {"origins": "*"})

    assert "<h1>Shop</h1>" in answer.content.decode()
    key.refresh_from_db()
    assert key.name == "Shop"


def test_it_is_switched_off_and_on(page, key):
    page.post(f"/personas/anna/embed/{key.pk}/switch", {"on": "no"})
    key.refresh_from_db()
    assert not key.is_on

    page.post(f"/personas/anna/embed/{key.pk}/switch", {"on": "yes"})
    key.refresh_from_db()
    assert key.is_on


def test_it_gets_another_key(page, key):
    page.post(f"/personas/anna/embed/{key.pk}/rotate")

    assert EmbedKey.objects.get().key != key.key


def test_it_is_deleted_with_its_visitors(page, key, come_in):
    come_in()

    page.post(f"/personas/anna/embed/{key.pk}/delete")

    assert not EmbedKey.objects.exists()
    assert not Visitor.objects.exists()
    assert not User.objects.filter(username__startswith="Visitor").exists()


def test_ones_own_keys_are_listed_with_what_became_of_them(page, key, bob):
    EmbedKey.objects.create(
        name="Bob's", persona=key.persona, owner=bob, origins=[SITE]
    )

    shown = page.get("/account/embeds/").content.decode()

    assert "Shop" in shown
    assert "Bob&#x27;s" not in shown


ADDRESSES = ["", "/{pk}/", "/{pk}/switch", "/{pk}/rotate", "/{pk}/delete"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_may_not_edit_the_persona_finds_nothing(bob, key, address):
    path = "/personas/anna/embed" + address.format(pk=key.pk)
    Persona.objects.update(team=_team_of(bob, Role.TALKER))

    answer = browser_of(bob).post(path, GOOD)

    assert answer.status_code == 404
    assert EmbedKey.objects.get().key == key.key


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_has_not_signed_in_is_asked_to(client, key, address):
    answer = client.post("/personas/anna/embed" + address.format(pk=key.pk))

    assert answer.status_code == 302
    assert EmbedKey.objects.get().is_on


def test_an_editor_of_the_team_may(bob, key):
    Persona.objects.update(team=_team_of(bob, Role.EDITOR))

    assert make(browser_of(bob)).status_code == 302


@pytest.mark.parametrize("verb", ["switch", "rotate", "delete"])
def test_nothing_changes_by_looking(page, key, verb):
    assert page.get(f"/personas/anna/embed/{key.pk}/{verb}").status_code == 405


@pytest.mark.parametrize("verb", ["switch", "rotate", "delete"])
def test_nothing_changes_from_another_site(alice, key, verb):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)

    assert browser.post(f"/personas/anna/embed/{key.pk}/{verb}").status_code == 403


def test_staff_see_every_key_in_the_admin_and_switch_it_off(carol, key):
    browser = browser_of(carol)
    listed = browser.get("/admin/streaming/embedkey/").content.decode()

    browser.post(
        "/admin/streaming/embedkey/",
        {"action": "switch_off", "_selected_action": [key.pk]},
    )

    assert "Shop" in listed
    key.refresh_from_db()
    assert not key.is_on


def _team_of(user: User, role: Role) -> Team:
    team = Team.objects.create(name="Shop team")
    Membership.objects.create(team=team, user=user, role=role)
    return team
