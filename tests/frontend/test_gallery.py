"""The gallery: who sees which persona there, finds it, copies it and puts it away."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.timezone import now

from personas.models import Edit, Persona, Role, Team, save_draft
from streaming.models import EmbedKey, Session
from tests.chat.conversations import new_session
from tests.streaming.visitors import visitor_of


@pytest.fixture
def page(client: Client, alice: User) -> Client:
    """Alice's browser."""
    client.force_login(alice)
    return client


@pytest.fixture
def cast(alice: User, bob: User, anna: Persona) -> dict[str, Persona]:
    """Anna of the site, one of Alice's, one of a team of hers, and a public one of Bob's."""
    team = Team.found("Crew", bob)
    team.memberships.create(user=alice, role=Role.EDITOR)
    make = Persona.objects.create
    return {
        "anna": anna,
        "mine": make(
            name="Émile", title="café owner", owner=alice, tags=["French", "Food"]
        ),
        "team": make(name="Tove", owner=bob, team=team, tags=["french"]),
        "others": make(name="Ulla", owner=bob, visibility="public"),
        "hidden": make(name="Secret", owner=bob),
    }


def names_on(page: Client, address: str = "/") -> list[str]:
    """Whose cards the page shows, in order."""
    text = page.get(address).content.decode()
    return re.findall(r'<div class="persona-words">\s*<h2>(.*?)</h2>', text)


def test_it_shows_everybody_whom_one_may_see_by_name(page, cast):
    assert names_on(page) == ["Anna", "Émile", "Tove", "Ulla"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=emile", ["Émile"]),
        ("q=CAFE", ["Émile"]),
        ("q=owner+cafe", ["Émile"]),
        ("q=owner+tea", []),
        ("q=french", ["Émile", "Tove"]),
        ("q=hello", []),
        ("tag=FRENCH", ["Émile", "Tove"]),
        ("tag=fren", []),
        ("tag=french&q=tove", ["Tove"]),
        ("whose=mine", ["Émile"]),
        ("whose=team", ["Tove"]),
        ("whose=site", ["Anna"]),
        ("whose=others", ["Ulla"]),
        ("whose=nobody&sort=backwards&page=x", ["Anna", "Émile", "Tove", "Ulla"]),
        ("sort=new", ["Ulla", "Tove", "Émile", "Anna"]),
    ],
)
def test_it_is_searched_and_narrowed_by_its_address(page, cast, query, found):
    assert names_on(page, f"/?{query}") == found


def test_what_a_persona_is_told_in_private_is_not_searched(page, cast):
    cast["others"].change(knowledge="The treasure lies below the pier.")

    assert names_on(page, "/?q=treasure") == []


def test_last_changed_first_is_an_order(page, cast):
    Persona.objects.filter(pk=cast["mine"].pk).update(
        updated_at=now() + timedelta(hours=1)
    )

    assert names_on(page, "/?sort=changed")[0] == "Émile"


def test_a_search_without_a_result_leads_back_to_all(page, cast):
    text = page.get("/?q=xyz").content.decode()

    assert "Nobody like that is here" in text
    assert '<a class="button button-action" href="/">' in text


def test_hundreds_of_personas_come_in_pages_that_keep_the_search(page, alice, anna):
    Persona.objects.bulk_create(
        Persona(name=f"Number {n:03}", slug=f"n{n}", owner=alice, tags=["many"])
        for n in range(300)
    )

    first = page.get("/?tag=many").content.decode()
    second = names_on(page, "/?tag=many&page=2")

    assert "Page 1 of 13" in first
    assert 'href="?tag=many&amp;page=2"' in first
    assert second[0] == "Number 024"


def test_a_page_of_hundreds_takes_no_more_questions_than_one_of_few(
    page, alice, anna, django_assert_max_num_queries
):
    Persona.objects.bulk_create(
        Persona(name=f"Number {n:03}", slug=f"n{n}", owner=alice) for n in range(300)
    )

    with django_assert_max_num_queries(14):
        page.get("/")


def test_only_who_may_edit_finds_what_changes_a_persona(page, cast):
    text = page.get("/").content.decode()

    assert "/personas/emile/archive" in text
    assert "/personas/tove/archive" in text
    assert "/personas/ulla/archive" not in text
    assert "/personas/ulla/presentations/" not in text
    assert "/personas/ulla/duplicate" in text


def test_the_site_default_offers_no_archive_even_to_staff(client, carol, anna):
    client.force_login(carol)

    assert "/personas/anna/archive" not in client.get("/").content.decode()


def test_strangers_see_public_personas_on_the_start_page(client, cast):
    text = client.get("/").content.decode()

    assert "Anna" in text
    assert "Ulla" in text
    assert "Émile" not in text
    assert "Tove" not in text


# Copies -----------------------------------------------------------------------------------


def test_a_duplicate_is_ones_own_and_private(page, alice, cast):
    answer = page.post("/personas/anna/duplicate", follow=True)

    [copy] = Persona.objects.filter(owner=alice, copied_from=cast["anna"])
    assert copy.visibility == "private"
    assert "A private copy of Anna is yours now." in answer.content.decode()


def test_nobody_copies_whom_they_may_not_open(page, cast):
    assert page.post(f"/personas/{cast['hidden'].slug}/duplicate").status_code == 404


@pytest.fixture
def talked_to(alice: User, bob: User, cast: dict[str, Persona]) -> Persona:
    """A private persona of a team in which Alice may only talk."""
    quiet = Team.found("Guests", bob)
    quiet.memberships.create(user=alice, role=Role.TALKER)
    return Persona.objects.create(name="Hush", owner=bob, team=quiet)


def test_who_may_only_talk_does_not_copy_what_a_team_keeps_private(page, talked_to):
    assert page.get("/studio/?persona=hush").status_code == 200

    assert page.post("/personas/hush/duplicate").status_code == 404
    assert not Persona.objects.filter(copied_from=talked_to).exists()
    text = page.get("/").content.decode()
    assert "/personas/hush/duplicate" not in text
    assert "/personas/tove/duplicate" in text


def test_who_may_only_talk_copies_what_a_team_has_made_public(page, talked_to):
    talked_to.change(visibility="public")

    assert page.post("/personas/hush/duplicate").status_code == 302
    assert Persona.objects.filter(copied_from=talked_to).exists()
    assert "/personas/hush/duplicate" in page.get("/").content.decode()


def test_an_unlisted_persona_is_copied_only_by_who_may_edit_it(page, alice, cast):
    cast["hidden"].change(visibility="unlisted")
    cast["mine"].change(visibility="unlisted")

    assert page.post("/personas/secret/duplicate").status_code == 404
    assert page.post("/personas/emile/duplicate").status_code == 302


def test_what_is_archived_is_not_copied(page, cast):
    cast["mine"].archive()

    assert page.post("/personas/emile/duplicate").status_code == 404


# The archive ------------------------------------------------------------------------------


def test_archiving_takes_a_persona_out_of_the_gallery_and_offers_to_undo_it(page, cast):
    answer = page.post("/personas/emile/archive", follow=True)

    text = answer.content.decode()
    assert "Émile is in the archive" in text
    assert '"/personas/emile/restore"' in text
    assert "Émile" not in names_on(page)
    assert page.get("/studio/?persona=emile").status_code == 404
    assert "Émile" in page.get("/archive/").content.decode()


def test_bringing_it_back_leaves_no_trace(page, cast):
    page.post("/personas/emile/archive")

    answer = page.post("/personas/emile/restore", follow=True)

    assert "Émile is back." in answer.content.decode()
    assert "Émile" in names_on(page)
    assert "The archive is empty" in page.get("/archive/").content.decode()


def test_a_notice_about_somebody_elses_persona_cannot_be_made_up(page, cast):
    cast["hidden"].archive()

    text = page.get(f"/?did=archived&persona={cast['hidden'].slug}").content.decode()

    assert "Secret" not in text


def test_a_letter_that_databases_refuse_does_not_hide_what_was_done(page, cast):
    cast["mine"].archive()

    text = page.get("/?did=archived&persona=emile%00").content.decode()

    assert "Émile is in the archive" in text


def test_the_site_default_cannot_be_archived(client, carol, anna):
    client.force_login(carol)

    answer = client.post("/personas/anna/archive", follow=True)

    anna.refresh_from_db()
    assert anna.archived_at is None
    assert "cannot be archived" in answer.content.decode()


def test_deleting_for_good_asks_for_the_name_and_takes_everything(page, cast):
    page.post("/personas/emile/archive")

    refused = page.post("/personas/emile/delete", {"name": "Emile"}, follow=True)
    assert Persona.objects.filter(slug="emile").exists()
    assert "Nothing was deleted" in refused.content.decode()

    answer = page.post("/personas/emile/delete", {"name": "Émile"}, follow=True)
    assert not Persona.objects.filter(slug="emile").exists()
    assert "deleted for good" in answer.content.decode()


def open_ones_with(persona: Persona, bob: User) -> list[Session]:
    """One of Bob's, and one of a visitor's on another site."""
    key = EmbedKey.objects.create(
        name="Shop", persona=persona, owner=bob, origins=["https://shop.example"]
    )
    return [new_session(bob, persona), new_session(visitor_of(key), persona)]


@pytest.mark.parametrize("verb", ["archive", "delete"])
def test_nobody_goes_on_talking_to_whom_is_put_away(page, bob, cast, verb):
    if verb == "delete":
        cast["mine"].archive()
    sessions = open_ones_with(cast["mine"], bob)
    other = new_session(bob, cast["anna"])

    page.post(f"/personas/emile/{verb}", {"name": "Émile"})

    for session in sessions:
        session.reread()
        assert session.state in ("closing", "closed")
        assert session.end_reason == "persona_ended"
    other.reread()
    assert other.is_open


def test_only_what_is_archived_can_be_deleted(page, cast):
    answer = page.post("/personas/emile/delete", {"name": "Émile"})

    assert answer.status_code == 404
    assert Persona.objects.filter(slug="emile").exists()


def test_the_archive_says_what_would_be_lost(page, cast):
    cast["mine"].exhibits.create(name="map", kind="link", address="https://example.com")
    page.post("/personas/emile/archive")

    text = page.get("/archive/").content.decode()

    assert "1 picture or link that it shows" in text
    assert "document" not in text.split("archive-losses")[1].split("</ul>")[0]


def test_editors_of_a_team_archive_but_do_not_delete(page, cast):
    page.post("/personas/tove/archive")
    cast["team"].refresh_from_db()
    assert cast["team"].archived_at is not None

    assert "/personas/tove/delete" not in page.get("/archive/").content.decode()
    assert page.post("/personas/tove/delete", {"name": "Tove"}).status_code == 404


@pytest.mark.parametrize("verb", ["archive", "restore", "delete"])
def test_strangers_neither_archive_nor_delete(page, cast, verb):
    assert page.post("/personas/ulla/" + verb, {"name": "Ulla"}).status_code == 404


@pytest.mark.parametrize("verb", ["archive", "restore", "delete", "duplicate"])
def test_nothing_changes_without_signing_in(client, cast, verb):
    answer = client.post("/personas/ulla/" + verb, {"name": "Ulla"})

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("verb", ["archive", "restore", "delete", "duplicate"])
def test_looking_at_an_address_changes_nothing(page, cast, verb):
    assert page.get("/personas/emile/" + verb).status_code == 405


def test_each_users_archive_is_their_own(client, page, bob, carol, cast):
    page.post("/personas/emile/archive")

    for user in (bob, carol):
        client.force_login(user)
        assert "Émile" not in client.get("/archive/").content.decode()


def test_only_the_owner_shares_and_editors_edit(page, cast):
    text = page.get("/").content.decode()

    assert "/personas/emile/share" in text
    assert "/personas/tove/share" not in text
    assert "/personas/tove/edit" in text
    assert "/personas/ulla/edit" not in text


def test_a_draft_that_is_not_published_is_marked_for_who_may_edit(page, bob, cast):
    assert "Draft not published" not in page.get("/").content.decode()
    save_draft(cast["team"], bob, {"title": Edit("", "baker")})

    assert "Draft not published" in page.get("/").content.decode()
