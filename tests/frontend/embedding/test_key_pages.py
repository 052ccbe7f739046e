"""The pages on which keys are made: who may, what is refused, what comes of it."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontend.embedding.forms import MAX_KEYS
from personas.models import Membership, Persona, Role, Team
from streaming.models import EmbedKey, Visitor
from tests.frontend.embedding.conftest import SITE, visit

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


def test_it_is_deleted_and_its_visitors_are_left_without(page, key, come_in):
    guest = come_in()

    page.post(f"/personas/anna/embed/{key.pk}/delete")

    assert not EmbedKey.objects.exists()
    assert Visitor.objects.get().key is None  # which the worker forgets
    assert guest.call("session/create").status_code == 401


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


def test_an_editor_of_the_team_may_where_everybody_hears_it_anyway(bob, key):
    Persona.objects.update(team=_team_of(bob, Role.EDITOR))

    assert make(browser_of(bob)).status_code == 302


@pytest.mark.parametrize("visibility", ["private", "unlisted"])
def test_an_editor_does_not_put_on_public_sites_what_is_not_public(
    bob, key, visibility
):
    Persona.objects.update(team=_team_of(bob, Role.EDITOR), visibility=visibility)
    browser = browser_of(bob)

    looked, refused = browser.get("/personas/anna/embed"), make(browser)

    assert (looked.status_code, refused.status_code) == (200, 403)
    for answer in (looked, refused):
        shown = answer.content.decode()
        assert "is not public" in shown
        assert 'name="origins"' not in shown
    assert EmbedKey.objects.count() == 1


@pytest.mark.parametrize("address", ADDRESSES[1:])
def test_nor_by_a_key_that_somebody_else_made(bob, key, address):
    Persona.objects.update(team=_team_of(bob, Role.EDITOR), visibility="private")

    path = "/personas/anna/embed" + address.format(pk=key.pk)

    assert browser_of(bob).post(path, GOOD).status_code == 404


def test_an_owner_of_the_team_may_whoever_hears_it(bob, key):
    Persona.objects.update(team=_team_of(bob, Role.OWNER), visibility="private")

    assert make(browser_of(bob)).status_code == 302


def test_staff_may_whoever_hears_it(carol, key):
    Persona.objects.update(visibility="private")

    assert make(browser_of(carol)).status_code == 302


def test_an_editors_key_works_while_the_persona_is_public(bob, key):
    Persona.objects.update(team=_team_of(bob, Role.EDITOR))
    make(browser_of(bob))
    made = EmbedKey.objects.get(name="Blog")
    assert visit(made).status_code == 200

    Persona.objects.update(visibility="private")

    assert visit(made).status_code == 403
    assert visit(key).status_code == 200
    page = f"/personas/anna/embed/{made.pk}"
    assert browser_of(bob).get(f"{page}/").status_code == 200
    assert browser_of(bob).post(f"{page}/delete").status_code == 302


def test_one_has_so_many_keys_and_is_told_the_way_out(page, key, alice):
    for nth in range(MAX_KEYS - 1):
        EmbedKey.objects.create(
            name=f"Site {nth}", persona=key.persona, owner=alice, origins=[SITE]
        )

    answer = make(page)

    assert answer.status_code == 200
    assert "You have 20 keys already" in answer.content.decode()
    assert not EmbedKey.objects.filter(name="Blog").exists()
    changed = page.post(f"/personas/anna/embed/{key.pk}/", GOOD)
    assert changed.status_code == 302


@pytest.mark.parametrize("address", ["/account/embeds/", "/personas/anna/embed"])
def test_a_list_of_keys_asks_no_more_for_each(
    page, key, alice, address, django_assert_max_num_queries
):
    with CaptureQueriesContext(connection) as few:
        page.get(address)
    for nth in range(5):
        EmbedKey.objects.create(
            name=f"Site {nth}", persona=key.persona, owner=alice, origins=[SITE]
        )

    with django_assert_max_num_queries(len(few)):
        page.get(address)


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
