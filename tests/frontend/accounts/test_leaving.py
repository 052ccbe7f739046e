"""Taking one's data along, and deleting one's account."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.db import connection
from knox.models import AuthToken

from chat.models import Conversation, Memory, Turn
from config.demo import demo_user
from frontend.accounts.account import EXPORTS
from frontend.accounts.exporting import Pieces, export_of
from frontend.models import ApiToken
from personas.models import Document, Exhibit, Persona, Role, Team, make_current
from personas.models.document import DocumentFile
from streaming.models import EmbedKey, Session, SessionEvent, UsageEntry
from tests.chat.conversations import ended, exchange, new_session
from tests.frontend.accounts.conftest import join
from tests.streaming.visitors import visitor_of

PASSWORD = "alice's long password"


def said(answer) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def mine(alice: User) -> Persona:
    persona = Persona.objects.create(name="Berta", owner=alice, greeting="Hello there.")
    document = Document.objects.create(
        persona=persona,
        kind="txt",
        file_name="../rules.txt",
        size_bytes=5,
        sha256="0" * 64,
    )
    DocumentFile.objects.create(document=document, content=b"Rules")
    Exhibit.objects.create(
        persona=persona, name="map", kind="link", title="Map", address="https://e.org/"
    )
    return persona


@pytest.fixture
def talked(alice: User, anna: Persona) -> Session:
    """Alice has talked with Anna, who remembers her."""
    session = new_session(alice, anna)
    exchange(session, "What is the secret of moss?", "Patience.")
    ended(session, 60)
    UsageEntry.objects.create(
        session=session,
        user=alice,
        persona=anna,
        user_name="alice",
        persona_name="Anna",
        began_at=session.created_at,
        ended_at=session.created_at + timedelta(minutes=1),
        used=timedelta(minutes=1),
    )
    memory = Memory.objects.create(owner=alice, persona=anna)
    memory.switch(on=True)
    memory.add("The visitor sails.")
    return session


# Export -------------------------------------------------------------------------------


def exported(user: User) -> dict[str, Any]:
    """Name -> content of each file, JSON read."""
    with export_of(user) as file, zipfile.ZipFile(file) as found:
        assert found.testzip() is None
        return {
            name: json.loads(found.read(name)) if ".json" in name else found.read(name)
            for name in found.namelist()
        }


def test_an_export_has_everything_that_is_kept(alice, mine, talked, crew):
    mine.change(team=crew)
    found = exported(alice)

    assert found["profile.json"]["username"] == "alice"
    assert found["personas/berta/persona.json"]["greeting"] == "Hello there."
    assert found["personas/berta/persona.json"]["team"] == "Crew"
    [document] = [name for name in found if "/documents/" in name]
    assert found[document] == b"Rules"
    assert ".." not in document
    [transcript] = [name for name in found if name.startswith("conversations/")]
    [turn] = found[transcript]["turns"]
    assert turn["prompt"] == "What is the secret of moss?"
    assert turn["reply"] == "Patience."
    assert [row["persona__name"] for row in found["sessions.json"]] == ["Anna"]
    assert len(found["usage.json"]) == 1
    [memory] = found["memories.json"]["memories"]
    assert memory["facts"][0]["text"] == "The visitor sails."
    assert found["teams.json"][0]["team__name"] == "Crew"


def test_an_export_has_no_secrets_and_nothing_of_others(alice, bob, talked):
    token, secret = ApiToken.objects.issue(user=alice, name="kiosk", lasts=None)
    Persona.objects.create(name="Bob's secret", owner=bob)

    whole = json.dumps(exported(alice), default=str)

    assert "kiosk" in whole
    for hidden in (secret, token.beginning, token.token.digest, alice.password, "Bob"):
        assert hidden not in whole


def test_somebody_without_anything_gets_an_export_too(bob):
    assert exported(bob)["sessions.json"] == []


def test_the_export_is_sent_in_pieces_and_its_file_is_closed(alice, monkeypatch):
    monkeypatch.setattr("frontend.accounts.exporting.PIECE_BYTES", 100)
    file = export_of(alice)
    pieces = Pieces(file)

    async def read() -> list[bytes]:
        return [piece async for piece in pieces]

    read_ones = async_to_sync(read)()
    pieces.close()

    assert max(map(len, read_ones)) == 100
    assert zipfile.is_zipfile(io.BytesIO(b"".join(read_ones)))
    assert file.closed


@pytest.mark.django_db(transaction=True)
async def test_the_page_gives_the_export_as_a_file(async_client, alice):
    await async_client.aforce_login(alice)

    answer = await async_client.post("/account/export")

    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].startswith('attachment; filename="greenroom-')
    whole = b"".join([piece async for piece in answer.streaming_content])
    assert zipfile.is_zipfile(io.BytesIO(whole))


def test_exports_are_asked_for_by_form_and_not_too_often(signed, alice, monkeypatch):
    browser = signed(alice)
    assert browser.get("/account/export").status_code == 405
    monkeypatch.setitem(EXPORTS, "export", "0/m/user")

    answer = browser.post("/account/export")

    assert answer.status_code == 429
    assert answer["Retry-After"] == "60"


# Deleting -----------------------------------------------------------------------------


def test_the_page_says_what_goes_and_what_stays(signed, alice, mine, talked):
    page = said(signed(alice).get("/account/delete"))

    assert "1 persona, with its documents" in page
    assert "1 conversation, with every word" in page
    assert "1 fact that personas remember of you" in page
    assert "ledger" in page


def test_a_deleted_account_leaves_times_and_no_words(signed, alice, mine, talked):
    token, _ = ApiToken.objects.issue(user=alice, name="kiosk", lasts=None)
    browser, elsewhere = signed(alice), signed(alice)

    answer = browser.post("/account/delete", {"password": PASSWORD}, follow=True)

    assert "Your account is deleted. Goodbye." in said(answer)
    assert not User.objects.filter(username="alice").exists()
    assert not Persona.objects.filter(pk=mine.pk).exists()
    assert not AuthToken.objects.exists()
    assert not Conversation.objects.exists()
    assert not Turn.objects.exists()
    [entry] = UsageEntry.objects.all()
    assert (entry.user, entry.user_name) == (None, "alice")
    kept = Session.objects.get(pk=talked.pk)
    assert kept.owner is None
    events = SessionEvent.objects.filter(session=kept).values_list("data", flat=True)
    assert "moss" not in json.dumps([*events])
    for one in (browser, elsewhere):
        assert one.get("/account/").status_code == 302


def test_a_wrong_password_deletes_nothing(signed, alice, mine):
    answer = signed(alice).post("/account/delete", {"password": "guess"})

    assert "That is not your password." in said(answer)
    assert User.objects.filter(pk=alice.pk).exists()


def test_guessing_the_password_there_is_limited_too(signed, alice):
    browser = signed(alice)
    for _ in range(5):
        browser.post("/account/delete", {"password": "guess"})

    answer = browser.post("/account/delete", {"password": PASSWORD})

    assert "Try again in" in said(answer)
    assert User.objects.filter(pk=alice.pk).exists()


def test_without_a_password_one_types_the_username(signed, alice):
    alice.set_unusable_password()
    alice.save()
    browser = signed(alice)

    assert "Your username is alice." in said(
        browser.post("/account/delete", {"username": "bob"})
    )
    browser.post("/account/delete", {"username": "alice"})

    assert not User.objects.filter(username="alice").exists()


def test_open_sessions_are_ended_first(signed, alice, anna):
    waiting = new_session(alice, anna)
    assert waiting.is_open

    signed(alice).post("/account/delete", {"password": PASSWORD})

    waiting.refresh_from_db()
    assert waiting.state in ("closing", "closed")
    assert waiting.end_reason == "viewer_closed"
    assert waiting.owner is None


def test_conversations_that_lose_their_persona_or_key_are_ended_first(
    signed, alice, bob, anna, mine
):
    mine.change(visibility="public")
    make = EmbedKey.objects.create
    shop = make(
        name="Shop", persona=anna, owner=alice, origins=["https://shop.example"]
    )
    fair = make(name="Fair", persona=mine, owner=bob, origins=["https://fair.example"])
    losing = [
        new_session(visitor_of(shop), anna),
        new_session(visitor_of(fair), mine),
        new_session(bob, mine),
    ]
    staying = new_session(bob, anna)

    signed(alice).post("/account/delete", {"password": PASSWORD})

    for session in losing:
        session.reread()
        assert session.state in ("closing", "closed")
        assert session.end_reason == "persona_ended"
    staying.reread()
    assert staying.is_open


def test_conversations_with_what_is_handed_over_go_on(signed, alice, bob, crew, shared):
    join(crew, bob, Role.OWNER)
    session = new_session(bob, shared)

    form = {"password": PASSWORD, f"heir_{shared.pk}": bob.pk}
    signed(alice).post("/account/delete", form)

    session.reread()
    assert session.state == "opening"
    assert not User.objects.filter(username="alice").exists()


def meanwhile(monkeypatch, happens: Callable[[], object]) -> None:
    """Something happens after the form was found good, and before anything is deleted."""

    def end_sessions(*_: object) -> None:
        happens()

    monkeypatch.setattr("frontend.accounts.leaving._end_sessions", end_sessions)


def test_nothing_is_deleted_when_the_heir_is_no_owner_any_more(
    signed, alice, bob, carol, crew, shared, monkeypatch
):
    join(crew, bob, Role.OWNER)
    join(crew, carol, Role.OWNER)
    meanwhile(monkeypatch, lambda: crew.set_role(bob, Role.EDITOR))

    form = {"password": PASSWORD, f"heir_{shared.pk}": bob.pk}
    answer = signed(alice).post("/account/delete", form)

    assert "Who gets what has changed. Look again." in said(answer)
    assert "goes to carol" in said(answer)
    shared.refresh_from_db()
    assert shared.owner == alice


def test_nothing_is_deleted_when_nobody_is_left_to_inherit(
    signed, alice, bob, crew, shared, monkeypatch
):
    join(crew, bob, Role.OWNER)
    meanwhile(monkeypatch, lambda: crew.remove(bob))

    form = {"password": PASSWORD, f"heir_{shared.pk}": bob.pk}
    answer = signed(alice).post("/account/delete", form)

    assert "Who gets what has changed. Look again." in said(answer)
    assert Persona.objects.filter(pk=shared.pk).exists()


def test_nothing_is_deleted_that_was_shared_only_now(
    signed, alice, bob, crew, mine, monkeypatch
):
    join(crew, bob, Role.OWNER)
    meanwhile(monkeypatch, lambda: mine.change(team=crew))

    answer = signed(alice).post("/account/delete", {"password": PASSWORD})

    assert "Who gets what has changed. Look again." in said(answer)
    assert "Berta, which “Crew” shares" in said(answer)
    assert Persona.objects.filter(pk=mine.pk).exists()


def test_browsers_are_looked_through_when_nothing_is_locked_any_more(
    signed, alice, monkeypatch
):
    inside = len(connection.savepoint_ids)
    asked: list[tuple[int, int]] = []

    def look(user_pk: int) -> None:
        asked.append((user_pk, len(connection.savepoint_ids)))

    monkeypatch.setattr("frontend.accounts.leaving.sign_out_everywhere", look)
    pk = alice.pk

    signed(alice).post("/account/delete", {"password": PASSWORD})

    assert asked == [(pk, inside)]


def test_the_last_owner_of_a_team_with_others_is_shown_a_way_out(
    signed, alice, bob, crew, shared
):
    join(crew, bob, Role.EDITOR)
    browser = signed(alice)

    page = said(browser.get("/account/delete"))
    browser.post("/account/delete", {"password": PASSWORD})

    assert f'href="/teams/{crew.pk}/"' in page
    assert "Make one of them an owner" in page
    assert User.objects.filter(pk=alice.pk).exists()
    crew.set_role(bob, Role.OWNER)
    form = {"password": PASSWORD, f"heir_{shared.pk}": bob.pk}
    browser.post("/account/delete", form)
    assert not User.objects.filter(username="alice").exists()


def test_what_a_team_shares_is_handed_over_if_wished(signed, alice, bob, crew, shared):
    join(crew, bob, Role.OWNER)
    other = Persona.objects.create(name="Other", owner=alice, team=crew)
    make_current(bob, shared)
    browser = signed(alice)
    assert "Shared, which “Crew” shares" in said(browser.get("/account/delete"))

    form = {"password": PASSWORD, f"heir_{shared.pk}": bob.pk, f"heir_{other.pk}": 0}
    browser.post("/account/delete", form)

    shared.refresh_from_db()
    assert (shared.owner, shared.team) == (bob, crew)
    assert Persona.objects.current_for(bob) == shared
    assert not Persona.objects.filter(pk=other.pk).exists()


def test_nothing_is_handed_to_somebody_who_owns_no_share_of_it(
    signed, alice, bob, carol, crew, shared
):
    join(crew, bob, Role.OWNER)

    form = {"password": PASSWORD, f"heir_{shared.pk}": carol.pk}
    answer = signed(alice).post("/account/delete", form)

    assert "Select a valid choice" in said(answer)
    assert User.objects.filter(pk=alice.pk).exists()


def test_a_team_in_which_one_is_alone_goes_along(signed, alice, crew):
    signed(alice).post("/account/delete", {"password": PASSWORD})

    assert not Team.objects.exists()


def test_the_last_superuser_stays(signed, carol, alice):
    browser = signed(carol)
    form = {"password": "carol's long password"}

    assert "the last one who may do everything" in said(browser.get("/account/delete"))
    browser.post("/account/delete", form)
    assert User.objects.filter(pk=carol.pk).exists()
    User.objects.filter(pk=alice.pk).update(is_superuser=True)
    browser.post("/account/delete", form)

    assert not User.objects.filter(username="carol").exists()


def test_the_demos_user_stays(signed, carol, db):
    demo = demo_user()

    answer = signed(demo).post("/account/delete", {"username": "demo"})

    assert "local demo" in said(answer)
    assert User.objects.filter(pk=demo.pk).exists()


def test_strangers_are_sent_to_sign_in(client, db):
    for path in ("/account/", "/account/delete"):
        assert client.get(path)["Location"].startswith("/accounts/login/")
    for path in ("/account/export", "/account/delete", "/account/sign-out-elsewhere"):
        assert client.post(path)["Location"].startswith("/accounts/login/")


def test_the_record_of_changes_names_nobody_who_is_gone(signed, alice, crew, shared):
    signed(alice).post("/account/delete", {"password": PASSWORD})

    connection.check_constraints()
    [row] = User.audit.filter(history_type="-")  # type: ignore[attr-defined]
    assert (row.username, row.history_user) == ("alice", None)
