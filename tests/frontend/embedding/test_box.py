"""What a browser gets that is to show a persona on another site."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.timezone import now

from personas.models import Persona
from streaming.models import EmbedKey
from tests.frontend.embedding.conftest import SITE


def ancestors(answer):
    policy = answer.headers["Content-Security-Policy"]
    [found] = [one for one in policy.split("; ") if one.startswith("frame-ancestors")]
    return found.removeprefix("frame-ancestors ")


def box(client: Client, key: EmbedKey, **headers: str):
    return client.get(f"/embed/{key.persona.slug}/?key={key.key}", headers=headers)


def test_only_the_keys_sites_and_the_portal_may_frame_the_box(client, key):
    key.origins = [SITE, "http://localhost:*"]
    key.save()

    answer = box(client, key, Referer=f"{SITE}/")

    assert answer.status_code == 200
    assert ancestors(answer) == f"'self' {SITE} http://localhost:*"
    assert "X-Frame-Options" not in answer.headers


def test_the_box_is_as_strict_as_every_page_otherwise(client, key):
    usual = client.get("/").headers["Content-Security-Policy"]
    here = box(client, key).headers["Content-Security-Policy"]

    def without_ancestors(policy):
        return {
            one.split("'nonce-")[0].strip()
            for one in policy.split("; ")
            if not one.startswith("frame-ancestors")
        }

    assert without_ancestors(here) == without_ancestors(usual)


def test_the_box_sets_no_cookie(client, key):
    assert not box(client, key).cookies


def test_other_pages_are_still_framed_by_nobody(client, key):
    answer = client.get("/")

    assert ancestors(answer) == "'none'"
    assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Referer": "https://evil.example/"}, "origin_not_allowed"),
        ({"Referer": "https://shop.example.evil.example/"}, "origin_not_allowed"),
        ({"Referer": "http://shop.example/"}, "origin_not_allowed"),
        ({"Sec-Fetch-Dest": "document"}, "not_embedded"),
    ],
)
def test_who_may_not_show_it_is_told_why_on_a_page_that_can_do_nothing(
    client, key, headers, code
):
    answer = box(client, key, **headers)

    assert answer.status_code == 403
    assert ancestors(answer) == "*"
    assert code in answer.content.decode()
    assert "frontend/js/embed.js" not in answer.content.decode()


def test_an_unknown_key_is_not_told_from_a_key_to_somebody_else(client, key, alice):
    other = Persona.objects.create(slug="otto", name="Otto", owner=alice)
    wrong = client.get(f"/embed/anna/?key={'pk_' + 'x' * 28}")
    others = client.get(f"/embed/{other.slug}/?key={key.key}")
    nobody = client.get(f"/embed/nobody/?key={key.key}")

    for answer in (wrong, others, nobody):
        assert answer.status_code == 404
        assert "There is no such persona here" in answer.content.decode()


def _switch_off(key: EmbedKey) -> None:
    EmbedKey.objects.update(is_on=False)


def _archive(key: EmbedKey) -> None:
    Persona.objects.update(archived_at=now())


def _give_away(key: EmbedKey) -> None:
    Persona.objects.update(owner=User.objects.create_user("else"))


def _lock_out(key: EmbedKey) -> None:
    User.objects.filter(pk=key.owner_id).update(is_active=False)


@pytest.mark.parametrize("change", [_switch_off, _archive, _give_away, _lock_out])
def test_a_key_opens_nothing_once_its_maker_could_not_make_it(client, key, change):
    change(key)

    answer = box(client, key)

    assert answer.status_code == 403
    assert "cannot be talked to here" in answer.content.decode()


def test_the_site_chooses_language_and_colours(client, key):
    answer = client.get(f"/embed/anna/?key={key.key}&lang=de-AT&theme=dark")

    assert (
        '<html class="embedded" lang="de" data-theme="dark">' in answer.content.decode()
    )


def test_it_knows_what_stands_behind_the_persona(client, key):
    Persona.objects.update(removes_background=True, background="#123456")

    facts = box(client, key).context["facts"]

    assert facts["keying"]["removes"] is True
    assert facts["keying"]["background"] == "#123456"


def test_nonsense_is_neither_language_nor_colours(client, key):
    answer = client.get(f'/embed/anna/?key={key.key}&lang="><b>&theme="><b>')

    assert '<html class="embedded" lang="en">' in answer.content.decode()


def test_any_site_can_load_the_element_and_keeps_it_for_minutes(client, db):
    answer = client.get("/embed.js", headers={"Origin": SITE})

    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert not answer.cookies
    again = client.get("/embed.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_element_is_small_and_has_its_words_in_it(client, db):
    source = client.get("/embed.js").content.decode()

    assert len(source) < 8_000
    assert '"@words"' not in source
    assert '"de": {"title"' in source
