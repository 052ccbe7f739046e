"""The pages of conversations and memories: forms that work without script, for one user."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from chat.models import Conversation, ConversationSummary, Memory, MemoryFact, Turn
from chat.models.memory import FACTS_MAX
from personas.models import Persona
from streaming.models import Session
from tests.chat.conversations import ended, exchange, new_session

PAGES = ("/conversations/", "/memories/", "/memories/export")


class _Signed(Client):
    """A browser in which somebody is signed in."""

    def __init__(self, user: User) -> None:
        super().__init__()
        self.force_login(user)

    def text(self, path: str) -> str:
        answer: Any = self.get(path)
        assert answer.status_code == 200, path
        return str(answer.content.decode())

    def does(self, path: str, **form: str) -> str:
        answer: Any = self.post(path, form, follow=True)
        assert answer.status_code == 200, path
        return str(answer.content.decode())


@pytest.fixture
def session(alice: User, anna: Persona) -> Session:
    return new_session(alice, anna)


@pytest.fixture
def talked(session: Session) -> Conversation:
    exchange(session, "Who <b>are</b> you?", "I am Anna.")
    exchange(session, "Really?", "Yes, I", interrupted=True)
    exchange(session, "Hello?", failed="model_timeout")
    ended(session, 60)
    return Conversation.objects.get()


@pytest.fixture
def memory(alice: User, anna: Persona) -> Memory:
    memory = Memory.objects.create(owner=alice, persona=anna)
    memory.switch(on=True)
    memory.add("The visitor sails.")
    return memory


@pytest.mark.parametrize("path", PAGES)
def test_strangers_are_sent_to_sign_in(client: Client, db: None, path: str) -> None:
    assert client.get(path)["Location"] == f"/accounts/login/?next={path}"


def test_whoever_has_said_nothing_is_told_so(alice: User) -> None:
    browser = _Signed(alice)

    assert "Nothing was said yet" in browser.text("/conversations/")
    assert "not talked to anybody yet" in browser.text("/memories/")


def test_the_list_says_with_whom_and_how_it_began(talked, alice) -> None:
    page = _Signed(alice).text("/conversations/")

    assert "Anna" in page
    assert "3 turns" in page
    assert "Who &lt;b&gt;are&lt;/b&gt; you?" in page


def test_a_search_marks_what_it_found(talked, alice) -> None:
    browser = _Signed(alice)

    assert "I am <mark>Anna</mark>." in browser.text("/conversations/?q=ANNA")
    assert "Nobody said that" in browser.text("/conversations/?q=zebra")


def test_long_lists_have_pages_that_keep_the_search(alice, anna) -> None:
    for number in range(21):
        exchange(new_session(alice, anna), f"Tea {number}?", "Yes.")

    page = _Signed(alice).text("/conversations/?q=tea")

    assert "Page 1 of 2" in page
    assert "?q=tea&amp;page=2" in page


def test_the_conversation_shows_who_said_what_and_how_it_ended(talked, alice) -> None:
    turn = talked.turns.order_by("pk")[0]
    turn.sources.create(position=0, title="House <guide>", page=2, excerpt="Anna.")

    page = _Signed(alice).text(f"/conversations/{talked.pk}/")

    assert "House &lt;guide&gt;, page 2" in page
    assert "Who &lt;b&gt;are&lt;/b&gt; you?" in page
    assert "— interrupted" in page
    assert "<code>model_timeout</code>" in page
    assert f"?continue={Session.objects.get().pk}" in page
    assert f"/persona/conversations/{talked.pk}/transcript.vtt" in page


def test_the_summary_that_the_model_is_given_can_be_read(talked, alice) -> None:
    ConversationSummary.objects.create(conversation=talked, text="They <met>.")

    page = _Signed(alice).text(f"/conversations/{talked.pk}/")

    assert "They &lt;met&gt;." in page


def test_without_its_persona_it_is_readable_and_not_continued(talked, alice) -> None:
    Persona.objects.all().delete()

    page = _Signed(alice).text(f"/conversations/{talked.pk}/")

    assert "I am Anna." in page
    assert "this persona was deleted" in page
    assert "?continue=" not in page


def test_another_ones_conversation_does_not_exist(talked, bob, carol) -> None:
    for stranger in (bob, carol):
        browser = _Signed(stranger)
        assert browser.get(f"/conversations/{talked.pk}/").status_code == 404
        gone = browser.post(f"/conversations/{talked.pk}/delete")
        assert gone.status_code == 404
        assert "Anna" not in browser.text("/conversations/?q=anna")
    assert Turn.objects.count() == 3


def test_deleting_is_a_form_of_its_own(talked, alice) -> None:
    browser = _Signed(alice)
    assert browser.get(f"/conversations/{talked.pk}/delete").status_code == 405

    page = browser.does(f"/conversations/{talked.pk}/delete")

    assert "was deleted" in page
    assert not Turn.objects.exists()


def test_the_session_leads_to_its_conversation(talked, session, alice) -> None:
    page = _Signed(alice).text(f"/sessions/{session.pk}/")

    assert f"/conversations/{talked.pk}/" in page


# What is remembered ------------------------------------------------------------------------


def test_nothing_is_remembered_until_it_is_allowed(talked, alice, anna) -> None:
    browser = _Signed(alice)
    assert "Let Anna remember me" in browser.text("/memories/")
    assert not Memory.objects.exists()

    browser.does("/memories/anna/switch", on="true")

    assert Memory.objects.get().is_on
    assert Memory.objects.get().on_since


def test_withdrawing_consent_offers_to_delete_what_there_is(memory, alice) -> None:
    browser = _Signed(alice)
    assert "Stop, and delete the list" in browser.text("/memories/")

    kept = browser.does("/memories/anna/switch", on="false")
    assert "The visitor sails." in kept
    assert "not used while this is off" in kept

    browser.does("/memories/anna/switch", on="false", forget="true")
    assert not MemoryFact.objects.exists()


def test_facts_are_added_changed_and_deleted(memory, alice) -> None:
    browser = _Signed(alice)

    browser.does("/memories/anna/add", text=" I  knit. ")
    mine = memory.facts.last()
    assert mine
    assert mine.text == "I knit."
    browser.does(f"/memories/facts/{mine.pk}/edit", text="I knit badly.")
    mine.refresh_from_db()
    assert (mine.text, bool(mine.edited_at)) == ("I knit badly.", True)
    browser.does(f"/memories/facts/{mine.pk}/delete")
    browser.does(f"/memories/facts/{mine.pk}/delete")  # twice is fine

    assert [fact.text for fact in memory.facts.all()] == ["The visitor sails."]


def test_what_cannot_be_kept_is_said(memory, alice) -> None:
    browser = _Signed(alice)

    assert "knows that already" in browser.does(
        "/memories/anna/add", text="the visitor SAILS"
    )
    assert "1 to 300 characters" in browser.does("/memories/anna/add", text=" ")
    assert "1 to 300 characters" in browser.does("/memories/anna/add", text="x" * 301)
    for number in range(FACTS_MAX - 1):
        memory.add(f"Fact {number}")
    full = browser.does("/memories/anna/add", text="One more")

    assert f"There is room for {FACTS_MAX} facts" in full


def test_all_of_it_can_be_taken_along_and_deleted(memory, alice, anna) -> None:
    browser = _Signed(alice)

    export: Any = browser.get("/memories/export")
    assert "attachment" in export["Content-Disposition"]
    assert export.json()["memories"][0]["facts"][0]["text"] == "The visitor sails."
    browser.does("/memories/anna/forget")
    assert not MemoryFact.objects.exists()
    assert Memory.objects.get().is_on
    browser.does("/memories/forget")

    assert not Memory.objects.exists()


def test_nobody_sees_or_touches_another_ones_memory(memory, bob, carol, anna) -> None:
    fact = memory.facts.get()
    for stranger in (bob, carol):
        exchange(new_session(stranger, anna), "Hi", "Hello.")
        browser = _Signed(stranger)
        assert "sails" not in browser.text("/memories/")
        assert "sails" not in browser.text("/memories/export")
        edit = browser.post(f"/memories/facts/{fact.pk}/edit", {"text": "Mine"})
        assert edit.status_code == 404
        browser.does(f"/memories/facts/{fact.pk}/delete")
        browser.does("/memories/anna/switch", on="false", forget="true")
        browser.does("/memories/anna/forget")
        browser.does("/memories/forget")
    memory.refresh_from_db()

    assert memory.is_on
    assert [fact.text for fact in memory.facts.all()] == ["The visitor sails."]


def test_a_persona_that_is_not_open_to_somebody_cannot_remember_them(bob, anna) -> None:
    Persona.objects.update(is_default=False, visibility="private", owner=None)

    answer = _Signed(bob).post("/memories/anna/switch", {"on": "true"})

    assert answer.status_code == 404
    assert not Memory.objects.exists()


# In the admin ------------------------------------------------------------------------------


def test_staff_read_turns_in_the_admin_and_no_facts(
    talked, memory, carol, alice
) -> None:
    browser = _Signed(carol)
    turn = Turn.objects.order_by("pk")[0]

    assert "alice" in browser.text("/admin/chat/conversation/")
    assert "I am Anna." in browser.text(f"/admin/chat/turn/{turn.pk}/change/")
    listed = browser.text("/admin/chat/memory/")
    one = browser.text(f"/admin/chat/memory/{memory.pk}/change/")
    deleting = browser.text(f"/admin/auth/user/{alice.pk}/delete/")

    for page in (listed, one, deleting):
        assert "sails" not in page
    assert browser.get("/admin/chat/memoryfact/").status_code == 404


def test_staff_change_nothing_there_and_can_still_delete_a_user(
    talked, memory, carol, alice
) -> None:
    browser = _Signed(carol)
    turn = Turn.objects.order_by("pk")[0]
    browser.post(f"/admin/chat/turn/{turn.pk}/change/", {"prompt": "Other"})
    browser.post(f"/admin/chat/turn/{turn.pk}/delete/", {"post": "yes"})
    turn.refresh_from_db()
    assert turn.prompt.startswith("Who")

    browser.does(f"/admin/auth/user/{alice.pk}/delete/", post="yes")

    assert not User.objects.filter(pk=alice.pk).exists()
    assert not Turn.objects.exists()
