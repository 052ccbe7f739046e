"""Editing personas in the portal, without any script in the browser."""

from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now

from frontend.editing.groups import GROUPS
from frontend.editing.pace import require_pace
from frontend.editing.previewing import SAMPLES_PER_MINUTE, first_words
from personas.models import (
    Edit,
    How,
    Persona,
    Role,
    Team,
    draft_of,
    publish,
    save_draft,
)
from streaming.models import Session
from tests.chat.conversations import exchange
from tests.conftest import client_of
from tests.personas.test_teams import join

EDIT = "/personas/rosa/edit"
HISTORY = "/personas/rosa/history"


@pytest.fixture
def rosa(alice):
    """Alice's own persona."""
    return Persona.objects.create(
        owner=alice, name="Rosa", slug="rosa", title="gardener", traits=["calm"]
    )


def browser_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def page(alice):
    """Alice's browser."""
    return browser_of(alice)


class _Fields(HTMLParser):
    """What a browser would send of the page's main form."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._inside = False
        self._area = ""
        self._select = ""

    def handle_starttag(self, tag, attrs):
        given: dict[str, Any] = dict(attrs)
        if tag == "form":
            self._inside = given.get("id") == "editor-form"
        if not self._inside:
            return
        name, kind = given.get("name"), given.get("type")
        if tag == "textarea":
            self._area = str(name)
            self.found[self._area] = ""
        elif tag == "select":
            self._select = str(name)
        elif tag == "option" and "selected" in given:
            self.found[self._select] = given["value"]
        elif tag == "input" and name:
            if kind not in ("radio", "checkbox"):
                self.found[name] = given.get("value", "")
            elif "checked" in given:
                self.found[name] = given.get("value", "on")

    def handle_endtag(self, tag):
        if tag == "form":
            self._inside = False
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data):
        if self._area:
            self.found[self._area] += data.removeprefix("\n")


def fields_of(reply) -> dict[str, str]:
    parser = _Fields()
    parser.feed(reply.content.decode())
    return parser.found


def write(page, **values):
    """Load the page, change some fields, and press a button."""
    return page.post(EDIT, fields_of(page.get(EDIT)) | values)


# Making one ------------------------------------------------------------------------------


def test_a_new_persona_begins_with_a_friendly_start_and_is_private(page, alice):
    reply = page.post("/personas/new", {"name": "Ida", "start": "guide"})

    persona = Persona.objects.get()
    assert reply.url == f"/personas/{persona.slug}/edit"
    assert (persona.owner, persona.visibility) == (alice, "private")
    assert "Ida" in persona.greeting
    assert persona.knowledge
    assert persona.versions.get().author == alice


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "", "start": "guide"}, "This field is required."),
        ({"name": "x" * 121, "start": "guide"}, "at most 120 characters"),
        ({"name": "Ida", "start": "nobody"}, "Select a valid choice."),
    ],
)
def test_a_persona_that_cannot_begin_says_why(page, db, fields, words):
    assert words in page.post("/personas/new", fields).content.decode()
    assert not Persona.objects.exists()


# The draft -------------------------------------------------------------------------------


def test_each_field_of_the_content_has_one_place_on_the_page():
    placed = [name for group in GROUPS for name in group.fields]

    assert sorted(placed) == sorted(Persona.CONTENT_FIELDS)


def test_a_page_that_is_sent_as_it_is_changes_nothing(page, rosa):
    rosa.change(knowledge="One.\n\nTwo.", tags=["plants", "green"], temperature=0.4)

    reply = write(page)

    assert reply.status_code == 302
    assert draft_of(rosa) is None


def test_saving_keeps_a_draft_and_the_published_persona_as_it_was(page, rosa):
    write(page, title="florist", traits="calm\r\n kind \r\n\r\n", answers="")

    rosa.refresh_from_db()
    assert (rosa.title, rosa.traits) == ("gardener", ["calm"])
    drafted = rosa.as_drafted()
    assert (drafted.title, drafted.traits) == ("florist", ["calm", "kind"])
    assert "florist" in page.get(EDIT).content.decode()


def test_publishing_saves_what_is_on_the_page_with_its_note(page, rosa, alice):
    write(page, title="florist", do="publish", note="A new\tjob")

    rosa.refresh_from_db()
    assert rosa.title == "florist"
    version = rosa.versions.first()
    assert (version.how, version.note) == (How.PUBLISHED, "A new job")
    assert version.author == alice


def test_nothing_is_published_without_a_change(page, rosa):
    write(page, do="publish")

    assert rosa.versions.count() == 1


def test_a_mistake_is_said_at_its_field_and_everything_else_is_saved(page, rosa):
    reply = write(page, name="", title="florist", speaking_rate="9", do="publish")

    text = reply.content.decode()
    assert 'href="#id_name"' in text, "the summary leads there"
    assert "less than or equal to 1.5" in text
    assert rosa.as_drafted().title == "florist"
    assert rosa.as_drafted().name == "Rosa"
    assert rosa.versions.count() == 1, "nothing is published with a mistake in it"
    assert reply.context["drafted"].title == "florist", "the side shows what is saved"
    assert "florist" in reply.context["prompt"]


def test_a_text_that_is_too_long_is_not_cut(page, rosa):
    reply = write(page, greeting="x" * 601)

    assert "at most 600 characters" in reply.content.decode()
    assert "x" * 601 in reply.content.decode()


def test_a_draft_is_discarded(page, rosa):
    write(page, title="florist")

    page.post("/personas/rosa/discard")

    assert draft_of(rosa) is None


# Two editors ------------------------------------------------------------------------------


def test_two_editors_of_different_fields_both_get_through(page, rosa, carol):
    other = browser_of(carol)
    mine, theirs = fields_of(page.get(EDIT)), fields_of(other.get(EDIT))

    page.post(EDIT, mine | {"title": "florist"})
    other.post(EDIT, theirs | {"greeting": "Hi."})

    drafted = rosa.as_drafted()
    assert (drafted.title, drafted.greeting) == ("florist", "Hi.")


@pytest.mark.parametrize(
    ("clash", "stands"), [("mine", "botanist"), ("theirs", "florist")]
)
def test_who_edits_the_same_is_told_and_chooses(page, rosa, carol, clash, stands):
    other = browser_of(carol)
    mine, theirs = fields_of(page.get(EDIT)), fields_of(other.get(EDIT))
    page.post(EDIT, mine | {"title": "florist"})
    late = theirs | {"title": "botanist", "greeting": "Hi."}

    told = other.post(EDIT, late)

    assert told.status_code == 409
    text = told.content.decode()
    assert "alice has changed the same" in text
    assert "florist" in text
    assert fields_of(told)["title"] == "botanist", "what was written is not lost"
    assert rosa.as_drafted().title == "florist"

    other.post(EDIT, fields_of(told) | {"clash": clash})
    drafted = Persona.objects.get(pk=rosa.pk).as_drafted()
    assert (drafted.title, drafted.greeting) == (stands, "Hi.")


def test_scripts_hear_what_others_wrote_and_what_is_wrong(page, rosa, alice, carol):
    sent = fields_of(page.get(EDIT)) | {"title": "florist", "language": "?"}
    save_draft(rosa, carol, {"greeting": Edit("", "Hi.")})

    told = page.post(EDIT, sent, headers={"accept": "application/json"}).json()

    assert told["values"]["greeting"] == "Hi."
    assert told["values"]["title"] == "florist"
    assert "must be a language tag" in told["errors"]["language"][0]
    assert told["unpublished"] == ["title", "greeting"]


def test_scripts_hear_of_a_clash(page, rosa, carol):
    sent = fields_of(page.get(EDIT)) | {"title": "florist"}
    save_draft(rosa, carol, {"title": Edit("gardener", "botanist")})

    reply = page.post(EDIT, sent, headers={"accept": "application/json"})

    assert reply.status_code == 409
    clash = reply.json()["clash"]
    assert (clash["who"], clash["theirs"]) == ("carol", [["Title", "botanist"]])


def test_what_was_published_meanwhile_is_shown_and_brought_in(page, rosa):
    write(page, title="florist")
    rosa.change(title="botanist", traits=["kind"])

    refused = page.post(
        EDIT, fields_of(page.get(EDIT)) | {"do": "publish"}, follow=True
    )
    text = refused.content.decode()
    assert "version 2 came to be" in text
    assert "Not published yet" in text

    page.post("/personas/rosa/refresh")
    assert b"came to be" not in page.get(EDIT).content
    publish(rosa, rosa.owner)
    rosa.refresh_from_db()
    assert (rosa.title, rosa.traits) == ("florist", ["kind"])


# Preview and voice --------------------------------------------------------------------------


def test_the_preview_follows_what_is_written_and_keeps_nothing(page, rosa):
    sent = fields_of(page.get(EDIT)) | {"title": "florist", "tags": "roses\nlilies"}

    told = page.post("/personas/rosa/preview", sent).json()

    assert told["title"] == "florist"
    assert told["tags"] == ["roses", "lilies"]
    assert "You are Rosa, florist." in told["prompt"]
    assert draft_of(rosa) is None


def test_a_preview_passes_over_what_is_not_valid(page, rosa):
    sent = fields_of(page.get(EDIT)) | {"name": "", "title": "florist"}

    told = page.post("/personas/rosa/preview", sent).json()

    assert (told["name"], told["title"]) == ("Rosa", "florist")


def test_the_voice_is_heard_before_it_is_chosen(page, rosa, account):
    sent = fields_of(page.get(EDIT)) | {"voice_id": "en-us+f3", "greeting": "Hello!"}

    reply = page.post("/personas/rosa/listen", sent)

    assert reply["Content-Type"] == "audio/wav"
    assert reply.content.startswith(b"RIFF")
    assert len(reply.content) > 10_000
    slower = page.post("/personas/rosa/listen", sent | {"speaking_rate": "0.5"})
    assert len(slower.content) > 1.5 * len(reply.content)


def test_a_voice_that_cannot_be_heard_says_why(page, rosa, account, alice):
    sent = fields_of(page.get(EDIT)) | {"voice_id": "nobody"}
    assert (
        page.post("/personas/rosa/listen", sent).json()["code"] == "upstream_rejected"
    )

    account.delete()
    assert page.post("/personas/rosa/listen", sent).json()["code"] == "no_seat"

    for _ in range(SAMPLES_PER_MINUTE - 2):
        require_pace(alice, "listen", per_minute=SAMPLES_PER_MINUTE)
    refused = page.post("/personas/rosa/listen", sent)
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert refused["Retry-After"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello.", "Hello."),
        ("One. Two three.", "One."),
        ("Four five six seven", "Four five…"),
        ("Incomprehensibilities", "Incomprehen…"),
    ],
)
def test_a_sample_is_of_whole_sentences_or_words(text, words):
    assert first_words(text, 12) == words


# Trying it out ----------------------------------------------------------------------------------


def test_a_session_speaks_the_draft_for_who_may_edit_it(rosa, alice, bob, account):
    save_draft(
        rosa,
        alice,
        {
            "title": Edit("gardener", "florist"),
            "avatar_name": Edit("", "marcus"),
            "farewell": Edit("", "So long!"),
        },
    )
    rosa.change(visibility="public")
    body = {"persona": "rosa", "draft": True}

    refused = client_of(bob).post("/persona/heygen/session/create", body, format="json")
    assert (refused.status_code, refused.json()["code"]) == (404, "persona_not_found")

    api = client_of(alice)
    opened = api.post("/persona/heygen/session/create", body, format="json").json()
    session = Session.objects.get(pk=opened["data"]["session_id"])
    assert session.speaks_draft
    assert session.wish["avatar_name"] == "marcus"
    speaker, later = session.speaker(), session.speaker_now()
    assert speaker is not None
    assert later is not None
    assert (speaker.goodbye(), later.title) == ("So long!", "florist")

    body = {"persona": "rosa"}
    opened = client_of(bob).post("/persona/heygen/session/create", body, format="json")
    session = Session.objects.get(pk=opened.json()["data"]["session_id"])
    met = session.speaker_now()
    assert met is not None
    assert met.title == "gardener", "visitors meet what is published"


def test_nobody_tries_what_is_archived(rosa, alice, account):
    rosa.change(archived_at=rosa.created_at)
    body = {"persona": "rosa", "draft": True}

    reply = client_of(alice).post("/persona/heygen/session/create", body, format="json")

    assert reply.status_code == 404


# History -------------------------------------------------------------------------------------------


def test_any_two_versions_are_compared_word_by_word_and_item_by_item(page, rosa):
    rosa.change(greeting="Good morning to you all.", traits=["calm", "kind"])
    rosa.change(greeting="Good evening to you all.", traits=["kind"], answers=False)

    text = page.get(f"{HISTORY}?from=2&to=3").content.decode()

    assert "<dt>Greeting</dt>" in text
    assert '<del><span class="visually-hidden"> removed: </span>morning</del>' in text
    assert '<ins><span class="visually-hidden"> added: </span>evening</ins>' in text
    assert '<del><span class="visually-hidden">removed: </span>calm</del>' in text
    assert "<dt>Answers</dt>" in text
    back = page.get(f"{HISTORY}?from=3&to=1").content.decode()
    assert "<dt>Greeting</dt>" in back
    same = page.get(f"{HISTORY}?from=1&to=1").content.decode()
    assert "Choose two different ones" in same


def test_the_draft_is_compared_too(page, rosa):
    write(page, title="florist")

    text = page.get(HISTORY).content.decode()

    assert "not published" in text
    assert "florist</ins>" in text


def test_rolling_back_is_a_new_version(page, rosa, alice):
    rosa.change(title="florist")

    reply = page.post("/personas/rosa/history/1/roll-back", follow=True)

    rosa.refresh_from_db()
    assert rosa.title == "gardener"
    assert rosa.versions.first().author == alice
    assert "rolled back to version 1" in reply.content.decode()


@pytest.mark.parametrize("query", ["?from=0&to=1", "?from=1&to=x", "?from=9&to=1"])
def test_versions_that_are_not_there_are_not_found(page, rosa, query):
    assert page.get(HISTORY + query).status_code == 404


# Documents ---------------------------------------------------------------------------------------


def test_documents_come_and_go(page, rosa):
    files = [
        SimpleUploadedFile("bees.txt", b"Bees dance."),
        SimpleUploadedFile("virus.exe", b"MZ"),
    ]

    reply = page.post("/personas/rosa/documents", {"file": files}, follow=True)

    text = reply.content.decode()
    assert "is being read" in text
    assert "“virus.exe” must be a .txt" in text
    document = rosa.documents.get()
    page.post(f"/personas/rosa/documents/{document.pk}/read")
    page.post(f"/personas/rosa/documents/{document.pk}/remove")
    page.post(f"/personas/rosa/documents/{document.pk}/remove")
    assert not rosa.documents.exists()


def test_another_personas_document_is_left_alone(page, rosa, bob):
    theirs = Persona.objects.create(owner=bob, name="Ben", slug="ben")
    browser = browser_of(bob)
    file = SimpleUploadedFile("bees.txt", b"Bees dance.")
    browser.post("/personas/ben/documents", {"file": file})
    document = theirs.documents.get()

    page.post(f"/personas/rosa/documents/{document.pk}/remove")
    read = page.post(f"/personas/rosa/documents/{document.pk}/read")

    assert read.status_code == 404
    assert theirs.documents.exists()


# Who may -----------------------------------------------------------------------------------------

PATHS = [
    ("get", EDIT),
    ("post", EDIT),
    ("post", "/personas/rosa/preview"),
    ("post", "/personas/rosa/listen"),
    ("post", "/personas/rosa/discard"),
    ("post", "/personas/rosa/refresh"),
    ("get", HISTORY),
    ("post", "/personas/rosa/history/1/roll-back"),
    ("post", "/personas/rosa/documents"),
    ("post", "/personas/rosa/documents/1/remove"),
    ("post", "/personas/rosa/documents/1/read"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_only_who_may_edit_the_persona_finds_these_pages(
    rosa, alice, bob, carol, method, path
):
    team = Team.found("Crew", alice)
    rosa.change(visibility="public", team=team)
    assert getattr(Client(), method)(path).status_code == 302, "to sign in"
    assert getattr(browser_of(bob), method)(path).status_code == 404
    join(team, bob, Role.TALKER)
    assert getattr(browser_of(bob), method)(path).status_code == 404
    # Nothing to listen with, and no such document.
    answers = {"/personas/rosa/listen": (409,), PATHS[-1][1]: (404,)}
    is_there = answers.get(path, (200, 302))
    team.set_role(bob, Role.EDITOR)
    for user in (alice, bob, carol):
        status = getattr(browser_of(user), method)(path).status_code
        assert status in is_there


@pytest.mark.parametrize("path", [path for method, path in PATHS if method == "post"])
def test_changes_need_the_token_of_the_page(rosa, alice, path):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)

    assert client.post(path).status_code == 403


def test_a_try_is_marked_wherever_talks_are_listed(page, rosa, alice, dead_account):
    session = Session.objects.reserve(
        dead_account,
        owner=alice,
        persona=rosa,
        speaks_draft=True,
        lease_expires_at=now() + timedelta(minutes=10),
        ends_at=now() + timedelta(minutes=10),
    )
    turn = exchange(session, "Who?", "Me.")

    told = page.get(f"/conversations/{turn.conversation_id}/").content.decode()

    assert "Try of a draft" in told
    assert "Try of a draft" in page.get("/conversations/").content.decode()
    assert "try of a draft" in page.get("/sessions/").content.decode().lower()
