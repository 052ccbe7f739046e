"""What is kept of a conversation, and its rules in the database."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from chat.minds.base import Message
from chat.models import Turn
from chat.models.turn import CUT_OFF
from chat.rates import Bucket
from streaming.models import Session, State


@pytest.fixture
def session(alice, anna, dead_account):
    return Session.objects.reserve(
        dead_account,
        owner=alice,
        persona=anna,
        lease_expires_at=now() + timedelta(seconds=60),
        ends_at=now() + timedelta(seconds=600),
    )


def begin(session, prompt="Hi", kind=Turn.Kind.ASK):
    return Turn.objects.begin(session, kind=kind, prompt=prompt)


def exchange(session, prompt, *spoken, kind=Turn.Kind.ASK, **ended):
    turn = begin(session, prompt, kind)
    for text in spoken:
        turn.hear(text, duration_s=1.0)
    turn.end(**ended)
    return turn


def test_turns_are_numbered_within_their_session(session):
    assert session.state == State.OPENING
    assert [exchange(session, "x").number for _ in range(3)] == [1, 2, 3]


def test_a_new_turn_interrupts_one_that_is_open(session):
    first, second = begin(session), begin(session)

    first.refresh_from_db()
    assert first.interrupted
    assert first.ended_at
    assert not first.is_current()
    assert second.is_current()


def test_the_database_allows_one_open_turn(session):
    first = begin(session)

    with pytest.raises(IntegrityError, match="session_id"), transaction.atomic():
        Turn.objects.create(
            conversation=first.conversation, session=session, number=2, prompt="Me too"
        )


def test_a_turn_that_was_interrupted_stays_so_when_it_ends(session):
    first = begin(session)
    begin(session)

    first.end()

    first.refresh_from_db()
    assert first.interrupted


def test_what_was_heard_is_kept_in_order(session):
    turn = exchange(session, "Hi", "One.", "Two.")

    turn.refresh_from_db()
    assert turn.reply == "One. Two."
    assert turn.duration_s == 2.0
    assert turn.speaks_until is not None
    left_s = (turn.speaks_until - now()).total_seconds()
    assert 1.0 < left_s <= 2.0


def test_silencing_marks_what_was_still_being_said(session):
    over = exchange(session, "Hi", "One.")
    Turn.objects.filter(pk=over.pk).update(speaks_until=now() - timedelta(seconds=1))
    speaking = exchange(session, "Hi", "Two.")

    assert Turn.objects.silence(session, at=now()) == [speaking]
    assert Turn.objects.silence(session, at=now()) == []

    over.refresh_from_db()
    speaking.refresh_from_db()
    assert (over.interrupted, speaking.interrupted) == (False, True)
    assert not Turn.objects.speaking(session).exists()


def test_a_reply_is_kept_as_far_as_it_was_heard(session):
    turn = exchange(session, "Hi", "Hello.", "I am Anna and I guide.", "Ask me.")
    began = turn.pieces.get(number=0).begins_at

    Turn.objects.silence(session, at=began + timedelta(seconds=1.4))

    turn.refresh_from_db()
    assert turn.reply == "Hello. I am Anna"
    assert turn.interrupted
    assert turn.interrupted_ms == pytest.approx(1400, abs=100)
    assert [piece.heard_chars for piece in turn.pieces.all()] == [None, 9, 0]
    assert turn.duration_s == pytest.approx(1.4)


@pytest.mark.parametrize(("left_s", "is_cut"), [(0.2, False), (0.4, True)])
def test_who_asks_just_as_the_voice_ends_interrupts_nobody(session, left_s, is_cut):
    turn = exchange(session, "Hi", "Hello there.")
    assert turn.speaks_until is not None

    Turn.objects.silence(session, at=turn.speaks_until - timedelta(seconds=left_s))

    turn.refresh_from_db()
    assert turn.interrupted == is_cut
    assert (turn.reply == "Hello there.") == (not is_cut)


def test_what_comes_too_late_is_not_kept(session):
    turn = begin(session)
    begin(session)

    assert not turn.hear("Stale.", duration_s=1.0)
    assert turn.pieces.count() == 0


def test_an_interruption_by_a_newer_turn_spares_the_newer_one(session):
    older = exchange(session, "Hi", "An old answer.")
    newer = exchange(session, "Hi", "A new answer.")

    cut = Turn.objects.silence(session, at=now(), before_turn=newer.number)

    assert cut == [older]
    newer.refresh_from_db()
    assert newer.reply == "A new answer."


def test_texts_to_repeat_are_heard_one_after_the_other(session):
    first = exchange(session, "One.", "One.", kind=Turn.Kind.SAY)
    second = exchange(session, "Two.", "Two.", kind=Turn.Kind.SAY)

    assert second.pieces.get().begins_at == first.pieces.get().ends_at


def test_what_the_viewer_hears_sets_the_times_right(session):
    turn = begin(session)
    turn.hear("One.", duration_s=1.0, task_id="a")
    turn.hear("Two.", duration_s=1.0, task_id="b")
    reckoned = turn.pieces.get(number=0).begins_at
    heard_at = reckoned + timedelta(seconds=0.5)

    assert Turn.objects.heard_by_viewer(session, "a", heard_at) == turn
    assert Turn.objects.heard_by_viewer(session, "a", heard_at) is None
    assert Turn.objects.heard_by_viewer(session, "unknown", heard_at) is None

    turn.refresh_from_db()
    first, second = turn.pieces.all()
    assert (first.begins_at, second.begins_at) == (heard_at, first.ends_at)
    assert turn.speaks_until == second.ends_at
    assert turn.talk_ms == pytest.approx(500, abs=100)


def test_history_is_what_was_asked_and_what_was_spoken(session):
    exchange(session, "One?", "First.", interrupted=True)
    exchange(session, "Repeat.", "Repeat.", kind=Turn.Kind.SAY)
    exchange(session, "Nothing?", failed="model_timeout")
    begin(session, "Open")

    assert Turn.objects.history(session) == [
        Message("user", "One?"),
        Message("assistant", f"First. {CUT_OFF}"),
        Message("assistant", "Repeat."),
        Message("user", "Nothing?"),
    ]


def test_history_is_the_latest_within_both_limits(session):
    for n in range(5):
        exchange(session, f"Question {n}", f"Answer {n}.")

    latest = Turn.objects.history(session, max_turns=2)
    assert [m.text for m in latest][0::2] == ["Question 3", "Question 4"]
    assert Turn.objects.history(session, max_chars=20) == latest[2:]
    assert Turn.objects.history(session, max_chars=10) == []


def test_a_bucket_lets_a_burst_through_and_then_a_trickle():
    bucket = Bucket(burst=3, per_s=0.5)

    assert [bucket.take(0.0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(at_s) for at_s in (1.0, 2.1, 2.2)] == [False, True, False]
    assert [bucket.take(1000.0) for _ in range(4)] == [True, True, True, False]
