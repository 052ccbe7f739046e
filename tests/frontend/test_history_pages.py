"""The history: what a user finds in it, what others do not, and what deleting leaves."""

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.test import Client
from django.utils.timezone import now

from chat.forgetting import DELETED
from chat.models import Conversation, ConversationSummary, MemoryFact, Turn
from frontend.templatetags.clocks import marked
from personas.models import Persona
from streaming.models import Kind, Session, SessionEvent, State, UsageEntry
from tests.chat.conversations import at, ended, exchange, new_session, went_live


class _Signed(Client):
    """A browser in which somebody is signed in."""

    def __init__(self, user: User) -> None:
        super().__init__()
        self.force_login(user)

    def text(self, path: str) -> str:
        answer: Any = self.get(path)
        assert answer.status_code == 200, path
        return str(answer.content.decode())


@pytest.fixture
def talk(alice: User, anna: Persona) -> Session:
    """Two turns in a session that went live at `at(0)` and lasted a minute."""
    session = new_session(alice, anna, avatar_name="june", created_at=at(-5))
    went_live(session, 0)
    exchange(session, "Who <b>are</b> you?", "I am Anna.", begins_s=10)
    exchange(session, "Do you like the Café?", "I do, very", begins_s=20)
    turns = Turn.objects.filter(session=session)
    turns.update(first_delta_ms=300, first_piece_ms=400, accepted_ms=450, talk_ms=700)
    ended(session, 60)
    session.refresh_from_db()
    return session


def test_the_history_says_with_whom_when_and_how_it_began(
    talk: Session, alice: User
) -> None:
    page = _Signed(alice).text("/history/")

    assert f"/sessions/{talk.pk}/" in page
    assert "Friday, 20 November 2026" in page
    assert "Who &lt;b&gt;are&lt;/b&gt; you?" in page
    assert "2 turns" in page
    assert "1 min" in page
    assert "img/avatars/june" in page


def test_it_is_everybodys_own(talk: Session, bob: User, carol: User) -> None:
    for other in (bob, carol):
        assert "You have not talked to anybody yet" in _Signed(other).text("/history/")


def test_a_search_finds_and_marks_what_was_said_without_its_accents(
    talk: Session, alice: User
) -> None:
    browser = _Signed(alice)

    assert "<mark>Café</mark>" in browser.text("/history/?q=cafe")
    assert "There is no such session" in browser.text("/history/?q=zebra")


def test_filters_narrow_it_to_a_persona_and_days(talk: Session, alice: User) -> None:
    browser = _Signed(alice)
    link = f"/sessions/{talk.pk}/"
    other = Persona.objects.create(name="Berta", owner=alice)
    new_session(alice, other)

    assert link in browser.text(f"/history/?persona={talk.persona_id}")
    assert link not in browser.text(f"/history/?persona={other.pk}")
    assert link in browser.text("/history/?since=2026-11-20&until=2026-11-20")
    assert link not in browser.text("/history/?since=2026-11-21")
    assert link not in browser.text("/history/?until=2026-11-19")


def test_a_filter_that_is_wrong_is_told_of_and_hides_nothing(
    talk: Session, alice: User
) -> None:
    browser = _Signed(alice)

    page = browser.text("/history/?since=yesterday")
    assert "Enter a valid date" in page
    assert f"/sessions/{talk.pk}/" in page
    backwards = browser.text("/history/?since=2026-11-21&until=2026-11-01")
    assert "This day is before the first one" in backwards


@pytest.mark.parametrize("asked", ["until=9999-12-31", "since=0001-01-01"])
def test_a_day_beyond_all_is_told_of_at_its_field(
    talk: Session, alice: User, asked: str
) -> None:
    page = _Signed(alice).text(f"/history/?{asked}")

    assert "Ensure this value is" in page
    assert f"/sessions/{talk.pk}/" in page


def test_long_histories_have_pages_that_keep_what_was_asked(
    alice: User, anna: Persona
) -> None:
    for number in range(21):
        exchange(new_session(alice, anna), f"Tea {number}?", "Yes.")

    page = _Signed(alice).text(f"/history/?q=tea&persona={anna.pk}&since=")

    assert "Page 1 of 2" in page
    assert f"?q=tea&amp;persona={anna.pk}&amp;page=2" in page


def test_the_list_takes_as_many_queries_for_many_as_for_few(
    alice: User, anna: Persona, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        exchange(new_session(alice, anna), "Tea?", "Yes.")
    browser = _Signed(alice)

    with django_assert_max_num_queries(8):
        browser.text("/history/")


def test_replays_are_no_talks(alice: User, anna: Persona, talk: Session) -> None:
    replay = new_session(alice, anna, kind=Kind.REPLAY, replays=talk)
    browser = _Signed(alice)

    assert f"/sessions/{replay.pk}/" not in browser.text("/history/")
    assert f"/sessions/{replay.pk}/" in browser.text("/sessions/")
    assert browser.get(f"/studio/?continue={replay.pk}").status_code == 404


def test_the_record_shows_states_words_and_timings(talk: Session, alice: User) -> None:
    page = _Signed(alice).text(f"/sessions/{talk.pk}/")

    assert 'data-state="live"' in page
    assert "Who &lt;b&gt;are&lt;/b&gt; you?" in page
    assert "First heard after 700 ms" in page
    assert '<rect data-stage="voice"' in page
    assert f"?continue={talk.pk}" in page


def test_the_record_can_be_searched(talk: Session, alice: User) -> None:
    page = _Signed(alice).text(f"/sessions/{talk.pk}/?q=CAFE")

    assert "1 turn with" in page
    assert "<mark>Café</mark>" in page
    assert "I am Anna." not in page


def test_what_no_text_has_is_left_out_of_a_search(talk: Session, alice: User) -> None:
    answer: Any = _Signed(alice).get(f"/sessions/{talk.pk}/?q=%00CA%00FE")

    assert answer.context["search"] == "CAFE"
    assert "<mark>Café</mark>" in answer.content.decode()


def test_each_place_is_marked_once_and_the_rest_stays_as_it_was() -> None:
    assert marked("Tea & TÉA,\nﬁne", ["tea", "te", "i", "f", "tea", "."]) == (
        "<mark>Tea</mark> &amp; <mark>TÉA</mark>,<br><mark>ﬁ</mark>ne"
    )
    assert marked("Nothing.", []) == "Nothing."


def test_marking_many_places_of_a_long_text_takes_a_moment() -> None:
    began = time.perf_counter()
    found = marked("tea or té " * 5_000, ["tea", "te", "t", "o", "e", "r"])

    assert time.perf_counter() - began < 2
    assert found.count("<mark>") == 20_000


def test_a_stream_that_came_back_is_shown_as_reconnecting(
    alice: User, anna: Persona
) -> None:
    session = new_session(alice, anna)
    start = now()
    moves = [
        (State.OPENING, State.READY),
        (State.CONNECTING, State.LIVE),
        (State.LIVE, State.OPENING),
        (State.CONNECTING, State.LIVE),
    ]
    for came_from, to in moves:
        session.record_status(came_from, to, "")
    events = SessionEvent.objects.filter(session=session).order_by("seq")
    for number, event in enumerate(events):
        moment = start + timedelta(seconds=10 * number)
        SessionEvent.objects.filter(pk=event.pk).update(at=moment)
    end = start + timedelta(seconds=60)
    Session.objects.filter(pk=session.pk).update(state=State.CLOSED, ended_at=end)

    page = _Signed(alice).text(f"/sessions/{session.pk}/")

    line = [part.split('"')[0] for part in page.split('states-part" data-state="')[1:]]
    assert line == ["opening", "ready", "live", "reconnecting", "live"]


def test_staff_see_what_happened_and_not_what_was_said(
    talk: Session, carol: User
) -> None:
    page = _Signed(carol).text(f"/sessions/{talk.pk}/")

    assert "for its owner alone" in page
    assert "I am Anna." not in page
    assert "alice" in page


@pytest.mark.parametrize("path", ["", "delete", "transcript.txt"])
def test_another_ones_session_is_not_there(talk: Session, bob: User, path: str) -> None:
    browser = _Signed(bob)
    call = browser.post if path == "delete" else browser.get

    assert call(f"/sessions/{talk.pk}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["delete", "transcript.txt"])
def test_also_staff_do_not_read_or_delete_what_others_said(
    talk: Session, carol: User, path: str
) -> None:
    browser = _Signed(carol)
    call = browser.post if path == "delete" else browser.get

    assert call(f"/sessions/{talk.pk}/{path}").status_code == 404


def test_one_session_can_be_had_as_a_file(
    talk: Session, alice: User, anna: Persona
) -> None:
    later = new_session(alice, anna, continues=talk)
    exchange(later, "And tea?", "Always.", begins_s=4000)

    answer: Any = _Signed(alice).get(f"/sessions/{talk.pk}/transcript.txt")
    text = async_to_sync(_whole)(answer.streaming_content).decode()

    assert "[00:10] alice: Who <b>are</b> you?" in text
    assert "Always." not in text
    assert _Signed(alice).get(f"/sessions/{talk.pk}/transcript.doc").status_code == 404


async def _whole(stream: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in stream])


def test_deleting_takes_the_words_and_leaves_the_ledger(
    talk: Session, alice: User, anna: Persona
) -> None:
    turn = Turn.objects.filter(session=talk).first()
    assert turn is not None
    talk.record("chat.sentence", {"turn": 1, "text": "I am Anna."})
    UsageEntry.enter(talk)
    memory = anna.memories.create(owner=alice)
    memory.add("The visitor sails.", source=turn)

    answer = _Signed(alice).post(f"/sessions/{talk.pk}/delete")

    assert answer["Location"] == "/history/"
    assert not Turn.objects.exists()
    assert not Conversation.objects.exists()
    assert "I am Anna." not in str(SessionEvent.objects.values_list("data", flat=True))
    assert SessionEvent.objects.filter(type=DELETED).exists()
    assert UsageEntry.objects.filter(user=alice).exists()
    assert MemoryFact.objects.get().source is None
    assert _Signed(alice).get(f"/sessions/{talk.pk}/").status_code == 404


def test_deleting_one_session_keeps_the_rest_of_its_conversation(
    talk: Session, alice: User, anna: Persona
) -> None:
    later = new_session(alice, anna, continues=talk)
    exchange(later, "And tea?", "Always.")
    conversation = Conversation.objects.get()
    ConversationSummary.objects.create(conversation=conversation, text="They met.")

    _Signed(alice).post(f"/sessions/{talk.pk}/delete")

    assert [turn.prompt for turn in conversation.turns.all()] == ["And tea?"]
    assert not ConversationSummary.objects.exists()


def test_deleting_needs_a_post(talk: Session, alice: User) -> None:
    assert _Signed(alice).get(f"/sessions/{talk.pk}/delete").status_code == 405


def test_an_open_session_still_has_its_live_window(alice: User, anna: Persona) -> None:
    session = new_session(alice, anna)

    assert 'id="watch"' in _Signed(alice).text(f"/sessions/{session.pk}/")
