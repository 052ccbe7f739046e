"""Presentations in the database: their rules, without anybody who speaks."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils.timezone import now

from chat.models import Piece, Script, ScriptRun, Segment, Turn
from chat.models.script_run import RunState, Why
from chat.scripts.drafts import segments_from_text
from chat.scripts.looking import Begin, Leave, Wait, look
from chat.scripts.position import heard_sentences, sentences_of
from streaming.models import EndReason, Session, SessionEvent, State

US, THEM = "us", "them"


@pytest.fixture
def script(anna):
    script = Script.objects.create(persona=anna, title="A short tour")
    script.replace_segments(
        [
            Segment(text="First one. First two. First three.", pause_after_s=0.0),
            Segment(text="Second one.", pause_after_s=5.0),
            Segment(text="Third one.", waits_for=Segment.WaitsFor.QUESTION),
        ]
    )
    return script


@pytest.fixture
def run(session, script):
    run = ScriptRun.objects.begin(session, script, segment=1)
    assert run.claim(US, 60)
    return run


def say(run, *, duration_s=0.0):
    """The next words are handed over whole, and take so long; returns their turn.

    Those that take no time were heard long ago.
    """
    turn = run.begin_turn(US)
    turn.hear(turn.prompt, duration_s=duration_s, task_id=f"task-{turn.number}")
    turn.end()
    if not duration_s:
        until_heard(run.session)
    return turn


def ask(session):
    """A question that is answered without a word."""
    turn = Turn.objects.begin(session, kind=Turn.Kind.ASK, prompt="Why?")
    turn.end()
    return turn


def saw(run):
    return look(run, US, feeds=None)


def told(session):
    events = SessionEvent.objects.filter(session=session, type="script.status")
    return [
        (e.data["segment"], e.data["state"], e.data["why"])
        for e in events.order_by("seq")
    ]


def until_heard(session):
    """What was handed over has been heard, long ago."""
    for piece in Piece.objects.of_session(session):
        piece.begins_at -= timedelta(minutes=5)
        piece.save()


# Order ----------------------------------------------------------------------------------


def test_segments_are_said_in_order_each_after_the_one_before_was_heard(run, session):
    prompts = []
    for _ in range(3):
        prompts.append(say(run, duration_s=30.0).prompt)
        assert isinstance(saw(run), Wait)
        assert run.begin_turn(US) is None, "the one before has not been heard"
        until_heard(session)
        saw(run)
        ScriptRun.objects.update(due_at=None)

    assert prompts == [
        "First one. First two. First three.",
        "Second one.",
        "Third one.",
    ]
    assert told(session) == [
        (1, "playing", ""),
        (2, "playing", ""),
        (3, "playing", ""),
        (3, "paused", "question"),
    ]
    assert run.resume()
    assert run.state == RunState.DONE


def test_a_browser_that_heard_the_end_need_not_wait_for_the_reckoned_one(run, session):
    turn = say(run, duration_s=30.0)
    session.record("avatar.start_talking", {"task_id": "task-1"})
    assert isinstance(saw(run), Wait)

    session.record("avatar.stop_talking", {"task_id": "task-1"})

    assert saw(run) == Wait(0.0)
    assert run.turn is None
    assert turn.number == 1


def test_the_pause_behind_a_segment_is_kept(run):
    run.go_to(2)
    say(run)
    saw(run)

    due = saw(run)

    assert isinstance(due, Wait)
    assert 0 < due.for_s <= 1.0, "it looks again, since news may get lost"
    ScriptRun.objects.update(due_at=now())
    assert isinstance(saw(run), Begin)


# Pausing, and going on where it was cut ----------------------------------------------------


def test_it_goes_on_with_the_sentence_that_was_cut(run, session):
    turn = say(run, duration_s=10.0)
    run.pause()
    in_the_second = turn.pieces.get().begins_at + timedelta(seconds=5)
    Turn.objects.silence(session, at=in_the_second)

    assert run.resume()

    assert say(run).prompt == "First two. First three."


def test_what_was_never_taken_by_the_avatar_is_said_again(run, session):
    turn = run.begin_turn(US)
    turn.end(interrupted=True)

    assert isinstance(saw(run), Leave)
    assert (run.state, run.why) == (RunState.PAUSED, Why.INTERRUPTED)
    run.resume()

    assert say(run).prompt == turn.prompt


def test_pausing_and_resuming_twice_is_harmless(run, session):
    assert run.pause()
    assert not run.pause()
    assert run.resume()
    assert not run.resume()

    assert [state for _, state, _ in told(session)] == ["playing", "paused", "playing"]


def test_going_to_another_segment_keeps_a_pause(run):
    run.pause()
    run.go_to(3)

    assert (run.state, run.segment) == (RunState.PAUSED, 3)
    run.resume()
    assert say(run).prompt == "Third one."


def test_nothing_begins_to_speak_once_it_is_paused(run):
    run.pause()

    assert run.begin_turn(US) is None
    assert not Turn.objects.exists()


# Questions in between ------------------------------------------------------------------


def test_a_question_has_the_floor_until_it_is_answered(run, session):
    ours = say(run, duration_s=10.0)
    theirs = Turn.objects.begin(session, kind=Turn.Kind.ASK, prompt="Why?")
    Turn.objects.silence(session, at=ours.pieces.get().begins_at)

    assert isinstance(saw(run), Wait)
    assert run.state == RunState.ANSWERING
    theirs.end()
    saw(run)

    assert run.state == RunState.PLAYING
    assert run.due_at > now(), "it does not fall into the answer's last word"
    assert say(run).prompt == ours.prompt


def test_it_never_begins_to_speak_over_a_question_that_has_just_begun(run, session):
    assert isinstance(saw(run), Begin)
    theirs = Turn.objects.begin(session, kind=Turn.Kind.ASK, prompt="Why?")

    assert run.begin_turn(US) is None

    assert theirs.is_current()


def test_a_script_can_wait_for_its_button_after_an_answer(session, script):
    script.resumes_by_itself = False
    run = ScriptRun.objects.begin(session, script, segment=1)
    run.claim(US, 60)
    ask(session)

    assert saw(run) == Wait(0.0)

    assert (run.state, run.why) == (RunState.PAUSED, Why.ANSWERED)


def test_who_silences_an_answer_does_not_want_to_hear_the_script_instead(run, session):
    Turn.objects.begin(session, kind=Turn.Kind.ASK, prompt="Why?").end(interrupted=True)

    saw(run)

    assert (run.state, run.why) == (RunState.PAUSED, Why.INTERRUPTED)


def test_who_silences_it_to_ask_hears_the_rest_after_the_answer(run, session, script):
    say(run, duration_s=10.0)
    run.pause(Why.INTERRUPTED)
    assert run.note_question()
    assert run.state == RunState.ANSWERING
    run.pause()
    assert not run.note_question(), "who pauses it by its button wants it paused"


def test_a_conversation_that_is_deleted_meanwhile_leaves_it_paused(run, session):
    say(run, duration_s=60.0)
    Turn.objects.begin(session, kind=Turn.Kind.ASK, prompt="Why?")
    saw(run)
    session.turns.all().delete()

    assert isinstance(saw(run), Leave)

    assert (run.state, run.why) == (RunState.PAUSED, Why.ANSWERED)
    run.resume()
    run.claim(US, 60)
    assert say(run).prompt.startswith("First one.")


def test_a_text_said_behind_the_last_segment_does_not_skip_its_stop(run, session):
    run.go_to(3)
    say(run)
    ask(session)

    saw(run)

    assert (run.state, run.why) == (RunState.PAUSED, Why.QUESTION)


# One player at a time -----------------------------------------------------------------


def test_only_one_of_two_players_has_the_claim(run):
    assert not run.claim(THEM, 60)
    assert run.begin_turn(THEM) is None
    assert run.begin_turn(US) is not None


def test_a_dead_players_run_goes_on_behind_what_the_avatar_has_taken(run, session):
    turn = run.begin_turn(US)
    turn.hear("First one. First two.", duration_s=0.0)
    ScriptRun.objects.update(player_until=now() - timedelta(seconds=1))
    assert list(ScriptRun.objects.orphaned()) == [run]

    assert run.claim(THEM, 60)
    assert look(run, THEM, feeds=None) == Wait(0.0)
    following = run.begin_turn(THEM)

    assert following.prompt == "First three."
    assert not turn.is_current(), "should its feeder come back to life, it is refused"


def test_what_was_set_in_motion_again_is_not_let_go(run):
    run.pause()
    run.resume()
    assert not run.let_go(US)

    run.pause()
    assert run.let_go(US)


# Endings ------------------------------------------------------------------------------


def test_another_presentation_takes_the_place_of_the_first(run, session, script):
    ScriptRun.objects.begin(session, script, segment=2)

    run.refresh_from_db()
    assert (run.state, run.why) == (RunState.STOPPED, Why.REPLACED)
    assert ScriptRun.objects.active().count() == 1


def test_it_stops_with_its_session(run, session):
    session.begin_closing(EndReason.VIEWER_CLOSED)

    assert isinstance(saw(run), Leave)

    assert (run.state, run.why) == (RunState.STOPPED, Why.SESSION_ENDED)


def test_it_gives_way_to_the_goodbye(run, session):
    session.begin_farewell()

    assert isinstance(saw(run), Leave)

    assert (run.state, run.why) == (RunState.STOPPED, Why.TIME_IS_UP)


def test_it_waits_for_a_viewer_who_reloads_and_repeats_what_they_missed(run, session):
    say(run, duration_s=60.0)
    Session.objects.filter(pk=session.pk).update(state=State.OPENING)

    assert isinstance(saw(run), Wait)
    assert run.state == RunState.PLAYING

    Session.objects.filter(pk=session.pk).update(state=State.LIVE)
    assert isinstance(saw(run), Begin)
    assert run.begin_turn(US).prompt == "First one. First two. First three."


def test_edits_do_not_move_the_ground_under_a_run(run, script):
    script.replace_segments([Segment(text="All new.")])

    assert run.of == 3
    assert say(run).prompt.startswith("First one.")


# Scripts ----------------------------------------------------------------------------------


def test_slugs_are_made_from_titles_and_differ(anna, script):
    assert script.slug == "a-short-tour"
    assert Script.objects.create(persona=anna, title="A short tour").slug == (
        "a-short-tour-2"
    )


def test_length_is_reckoned_from_words_and_pauses(script, anna):
    slow = script.estimated_s()
    anna.speaking_rate = 1.5
    script.persona = anna

    assert 8.0 < script.estimated_s() < slow < 14.0


def test_a_segment_needs_something_to_say(script):
    with pytest.raises(ValidationError, match="something to say"):
        Segment(script=script, text=" … ").full_clean()


def test_plain_text_becomes_segments_and_pauses():
    text = "Welcome\nto all.\n\n---\n\n\nSecond.\n--- 7.5\nThird.\n---\n---\n"

    segments = segments_from_text(text)

    assert [(s.text, s.pause_after_s) for s in segments] == [
        ("Welcome to all.", 2.0),
        ("Second.", 7.5),
        ("Third.", 4.0),
    ]


def test_a_text_that_is_too_long_for_a_segment_is_parted_at_sentences():
    segments = segments_from_text("This is a sentence of some length. " * 200)

    assert len(segments) > 1
    assert all(s.text.endswith("length.") and len(s.text) <= 1000 for s in segments)


@pytest.mark.parametrize("text", ["", "---", "…\n\n---"])
def test_a_text_with_nothing_to_say_is_refused(text):
    with pytest.raises(ValidationError, match="nothing to say"):
        segments_from_text(text)


@pytest.mark.parametrize(
    ("heard_chars", "count"),
    [(0, 0), (4, 0), (5, 1), (6, 1), (12, 1), (13, 2), (99, 2)],
)
def test_a_sentence_counts_when_it_was_heard_to_its_end(heard_chars, count):
    assert heard_sentences(("One a", "Two is."), heard_chars) == count


def test_sentences_are_as_they_are_spoken():
    assert sentences_of("**Hello** there. Dr. Who\nis here.") == (
        "Hello there.",
        "Dr. Who",
        "is here.",
    )
