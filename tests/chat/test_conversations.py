"""Whose conversations they are: kept, found, deleted, and nobody else's."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils.timezone import now

from chat.excerpts import excerpt
from chat.models import (
    Conversation,
    ConversationSummary,
    Memory,
    MemoryFact,
    Piece,
    Turn,
)
from personas.models import Persona
from streaming.errors import SessionNotFound
from streaming.models import Session, UsageEntry
from tests.chat.conversations import ended, exchange, new_session
from tests.conftest import client_of

BASE = "/persona/conversations"


@pytest.fixture
def session(alice: User, anna: Persona) -> Session:
    return new_session(alice, anna)


@pytest.fixture
def talked(session: Session) -> Conversation:
    """Alice and Anna have talked, in a session that has ended."""
    exchange(session, "Wo ist das Café?", "Neben der Brücke.")
    exchange(session, "Danke.", "Gern.")
    ended(session, 60)
    return Conversation.objects.get()


def found(user: User, search: str) -> list[Conversation]:
    return list(Conversation.objects.of(user).saying(search))


# Which turns make one conversation -------------------------------------------------------


def test_a_session_that_goes_on_with_another_adds_to_its_conversation(
    talked, session, alice, anna
):
    second = new_session(alice, anna, continues=session)
    exchange(second, "Noch da?", "Ja.")

    assert Conversation.objects.count() == 1
    assert talked.turns.count() == 3
    assert [s.pk for s in talked.sessions()] == [session.pk, second.pk]


def test_a_session_by_itself_or_with_somebody_else_begins_another(
    talked, session, alice, anna
):
    other = Persona.objects.create(name="Other", visibility="public")
    exchange(new_session(alice, anna), "Hallo?", "Ja?")
    exchange(new_session(alice, other, continues=session), "Und du?", "Auch.")

    assert Conversation.objects.count() == 3
    assert talked.turns.count() == 2


def test_what_nobody_owns_is_not_kept(session):
    Session.objects.update(owner=None)

    with pytest.raises(SessionNotFound):
        exchange(session, "Hello?")


# Searching -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "search", ["café", "CAFE", "brucke", "neben danke", "Cafe\u0301", "ist das"]
)
def test_case_accents_and_order_do_not_matter_to_a_search(talked, alice, search):
    assert found(alice, search) == [talked]


@pytest.mark.parametrize("search", ["tee", "café tee", "%", "_", "a%e"])
def test_what_was_not_said_is_not_found(talked, alice, search):
    assert found(alice, search) == []


def test_only_what_was_heard_is_found(session, alice):
    turn = exchange(session, "Go on", "One two three four.", "Five.")
    Turn.objects.filter(pk=turn.pk).update(speaks_until=now())
    cut_at = turn.pieces.order_by("number")[0].begins_at + timedelta(seconds=1)
    Turn.objects.silence(session, at=cut_at)

    assert found(alice, "two")
    assert not found(alice, "five")


def test_an_excerpt_shows_what_was_found_as_it_was_said():
    text = f"{'a ' * 60}vor der BRÜCKE {'b ' * 60}"

    shown = excerpt(text, "brucke")

    assert shown
    assert shown.found == "BRÜCKE"
    assert shown.before.startswith("…a ")
    assert shown.before.endswith("vor der ")
    assert shown.after.endswith("b…")
    assert len(shown.before) <= 72


# By REST ---------------------------------------------------------------------------------


def test_rest_lists_and_searches_ones_own(talked, api, session):
    listed = api.get(BASE).json()["data"]
    none = api.get(BASE, {"search": "tee"}).json()["data"]

    [row] = listed["conversations"]
    assert row["conversation_id"] == str(talked.pk)
    assert (row["persona"], row["persona_name"]) == ("anna", "Anna")
    assert (row["turns"], row["spoken_s"]) == (2, 4.0)
    assert row["first_words"] == "Wo ist das Café?"
    assert none["conversations"] == []
    shown = api.get(f"{BASE}/{talked.pk}").json()["data"]
    assert shown == row | {"sessions": [str(session.pk)]}


@pytest.mark.parametrize("path", ["", "/transcript.vtt", "/transcript.json"])
def test_nobody_else_has_it_not_even_staff(talked, bob, carol, path):
    for stranger in (bob, carol):
        answer = client_of(stranger).get(f"{BASE}/{talked.pk}{path}")
        assert answer.status_code == 404
        assert answer.json()["code"] == "conversation_not_found"
        assert client_of(stranger).get(BASE).json()["data"]["conversations"] == []
    assert client_of(None).get(f"{BASE}/{talked.pk}{path}").status_code == 401


def test_a_transcript_in_a_strange_format_is_refused_in_words(talked, api):
    answer = api.get(f"{BASE}/{talked.pk}/transcript.docx")

    assert answer.status_code == 404
    assert "txt, json, vtt" in answer.json()["message"]


def test_rest_tells_and_deletes_what_is_remembered(alice, bob, anna, api):
    memory = Memory.objects.create(owner=alice, persona=anna, is_on=True)
    memory.add("The visitor sails.")
    Memory.objects.create(owner=bob, persona=anna).add("The visitor knits.")

    [told] = api.get("/persona/memories").json()["data"]["memories"]
    api.delete("/persona/memories")

    assert (told["persona"], told["remembers"]) == ("anna", True)
    assert [fact["text"] for fact in told["facts"]] == ["The visitor sails."]
    assert [fact.text for fact in MemoryFact.objects.all()] == ["The visitor knits."]


# Deleting --------------------------------------------------------------------------------


def with_words(session: Session) -> None:
    """What a turn leaves in the session's own history."""
    session.record("turn.started", {"turn": 1, "prompt": "Wo ist das Café?"})
    session.record("chat.sentence", {"turn": 1, "text": "Neben der Brücke."})
    with_goodbye(session)


def with_goodbye(session: Session) -> None:
    """What the avatar says at the end belongs to no turn."""
    session.record("avatar.farewell", {"text": "Bis bald im Café!", "duration_s": 1.0})


def words_left() -> str:
    rows = [
        *Turn.objects.values_list("prompt", "reply"),
        *Piece.objects.values_list("text"),
        *Session.objects.values_list("events__data"),
        *MemoryFact.objects.values_list("text"),
        *ConversationSummary.objects.values_list("text"),
    ]
    return str(rows)


def test_deleting_leaves_no_word_and_the_ledger(talked, session, api):
    with_words(session)
    ConversationSummary.objects.create(conversation=talked, text="Café, Brücke.")
    session.refresh_from_db()
    UsageEntry.enter(session)

    assert api.delete(f"{BASE}/{talked.pk}").status_code == 200

    assert "Café" not in words_left()
    assert "Brücke" not in words_left()
    assert Session.objects.get().pk == session.pk
    assert UsageEntry.objects.count() == 1
    numbers = list(session.events.values_list("seq", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_session_in_which_it_still_goes_on_is_stopped_first(
    account, anna, alice, api
):
    made = api.post("/persona/heygen/session/create", {}, format="json")
    session = Session.objects.get(pk=made.json()["data"]["session_id"])
    exchange(session, "Wo ist das Café?", "Neben der Brücke.")
    with_words(session)

    answer = api.delete(f"{BASE}/{Conversation.objects.get().pk}")

    session.refresh_from_db()
    assert answer.status_code == 200
    assert (session.state, session.end_reason) == ("closed", "viewer_closed")
    assert "Café" not in words_left()


def test_nobody_else_can_delete_it(talked, bob, carol):
    for stranger in (bob, carol):
        answer = client_of(stranger).delete(f"{BASE}/{talked.pk}")
        assert answer.status_code == 404
    assert talked.turns.count() == 2


def test_deleting_a_user_deletes_what_they_said_and_what_is_remembered(
    talked, session, alice, bob, anna
):
    with_words(session)
    with_goodbye(new_session(alice, anna))  # before anything else was said
    Memory.objects.create(owner=alice, persona=anna).add("The Café is Alice's.")
    exchange(new_session(bob, anna), "Mine stays.", "Yes.")

    alice.delete()

    assert "Café" not in words_left()
    assert "Brücke" not in words_left()
    assert not Memory.objects.exists()
    assert Turn.objects.get().prompt == "Mine stays."


def test_deleted_sessions_leave_no_empty_conversation_behind(talked, session, api):
    session.delete()

    assert api.get(BASE).json()["data"]["conversations"] == []
    assert api.get(f"{BASE}/{talked.pk}").status_code == 404


def test_deleting_a_persona_leaves_its_last_name_and_what_was_said(
    talked, session, alice, anna
):
    Memory.objects.create(owner=alice, persona=anna).add("The visitor sails.")
    anna.change(name="Anne")
    exchange(session, "Und jetzt?", "Jetzt auch.")

    anna.delete()

    talked.refresh_from_db()
    assert talked.with_whom == "Anne"
    assert talked.turns.count() == 3
    assert not MemoryFact.objects.exists()


def test_a_turn_whose_conversation_is_deleted_meanwhile_tells_nothing_more(session):
    turn = Turn.objects.begin(session, kind=Turn.Kind.ASK, prompt="Hello?")
    Conversation.objects.get().delete()

    assert turn.hear("Too late.", duration_s=1.0) is False
    assert turn.end() is False
