"""Talking over the websocket, with a real engine behind and a real viewer in front."""

import asyncio

import pytest
from asgiref.sync import sync_to_async

from chat import turns
from chat.feeding import Interrupted, SessionVoice
from chat.models import Turn
from streaming import services
from streaming.models import EndReason, SessionEvent
from tests.chat.conftest import live_session
from tests.chat.model_server import (
    answers,
    never_ends,
    says,
    says_then_breaks,
    says_then_hangs,
)

pytestmark = pytest.mark.usefixtures("account", "anna")


@pytest.fixture
async def socket(live, join, alice):
    return await join(live.session, alice)


async def turn_of(session, number=1):
    return await Turn.objects.aget(session=session, number=number)


async def heard_out(live, socket):
    """The turn is over, and its viewer has heard all of it."""
    await socket.until("turn.timings")
    task_id = socket.seen("chat.sentence")[-1]["task_id"]
    stopped = {"type": "avatar_stop_talking", "task_id": task_id}
    await live.viewer.until(
        lambda: any(stopped.items() <= event.items() for event in live.viewer.events)
    )


async def test_an_answer_is_spoken_sentence_by_sentence(model, live, socket):
    model.will(says("Hello there. I am **Anna**. And you?", per_token_s=0.01))

    await socket.send("ask", text="Who are you?")
    timings = await socket.until("turn.timings")

    assert socket.seen("turn.started") == [
        {"turn": 1, "kind": "ask", "prompt": "Who are you?"}
    ]
    said = [(s["index"], s["text"]) for s in socket.seen("chat.sentence")]
    assert said == [(0, "Hello there."), (1, "I am Anna."), (2, "And you?")]
    written = "".join(d["text"] for d in socket.seen("chat.delta"))
    assert written == "Hello there. I am **Anna**. And you?"
    assert socket.seen("turn.finished") == [
        {"turn": 1, "reply": "Hello there. I am Anna. And you?", "interrupted": False}
    ]
    assert 0 < timings["first_delta_ms"] <= timings["first_piece_ms"]
    assert timings["first_piece_ms"] <= timings["accepted_ms"] <= timings["finished_ms"]
    assert await live.viewer.heard()
    started = await live.viewer.event("avatar_start_talking")
    assert started["task_id"] == socket.seen("chat.sentence")[0]["task_id"]


async def test_a_sentence_is_handed_over_before_the_next_is_written(
    model, live, socket
):
    model.will(says_then_hangs("This is complete. But this"))

    await socket.send("ask", text="Go")

    assert (await socket.until("chat.sentence"))["text"] == "This is complete."
    assert not socket.seen("turn.finished")


async def test_the_model_is_told_who_speaks_and_what_was_said(model, live, socket):
    model.will(says("First answer."), says("Second."), says("Third."))
    for text in ("One?", "Two?"):
        await socket.send("ask", text=text)
        await heard_out(live, socket)

    await socket.send("say", text="Repeat me.")
    await heard_out(live, socket)
    await socket.send("ask", text="Three?")
    await socket.until("turn.timings")

    messages = model.bodies[-1]["messages"]
    assert messages[0]["role"] == "system"
    assert "Anna" in messages[0]["content"]
    assert [(m["role"], m["content"]) for m in messages[1:]] == [
        ("user", "One?"),
        ("assistant", "First answer."),
        ("user", "Two?"),
        ("assistant", "Second."),
        ("assistant", "Repeat me."),
        ("user", "Three?"),
    ]


async def test_say_repeats_the_text_as_it_is(live, socket):
    await socket.send("say", text="Good *morning*.")

    sentence = await socket.until("chat.sentence")
    await socket.until("turn.finished")

    assert sentence["text"] == "Good *morning*."
    assert sentence["duration_s"] > 0.3
    assert await live.viewer.heard()


async def test_repeated_texts_line_up(live, socket):
    await socket.send("say", text="This is the first of two sentences to be said.")
    await socket.send("say", text="And this is the second.")
    await socket.until("turn.timings", turn=2)

    first, second = socket.seen("chat.sentence")
    for task in (first, second):
        await live.viewer.until(
            lambda task_id=task["task_id"]: any(
                event["task_id"] == task_id and event["type"] == "avatar_stop_talking"
                for event in live.viewer.events
            )
        )
    assert not (await turn_of(live.session)).interrupted


async def test_interrupting_stops_the_model_and_the_avatar(model, live, socket):
    model.will(never_ends)
    await socket.send("ask", text="Talk for ever")
    await socket.until("chat.sentence")
    await live.viewer.heard()

    await socket.send("interrupt")
    finished = await socket.until("turn.finished")

    assert finished["interrupted"] is True
    async with asyncio.timeout(5):
        await model.left_early.wait()
    handed = [sentence["text"] for sentence in socket.seen("chat.sentence")]
    await socket.until("turn.timings")
    assert len(socket.seen("chat.sentence")) == len(handed)
    told = socket.seen("turn.interrupted") or [await socket.until("turn.interrupted")]
    turn = await turn_of(live.session)
    assert turn.interrupted
    assert turn.reply == told[0]["reply"]
    assert " ".join(handed).startswith(turn.reply)
    assert len(turn.reply) < len(" ".join(handed))


async def test_an_interruption_at_any_moment_ends_the_turn_properly(model, live):
    model.will(never_ends)
    taking = turns.Turns()

    for moment in range(40):
        await taking.start(live.session, Turn.Kind.ASK, "Talk for ever")
        await asyncio.sleep(moment * 0.002)  # wherever that is: in a query, in a call
        await turns.interrupt(live.session, taking)
        assert taking.error is None

    ended = Turn.objects.filter(session=live.session, interrupted=True, failed="")
    assert await ended.acount() == 40
    kinds = [e.type async for e in SessionEvent.objects.filter(session=live.session)]
    assert kinds.count("turn.finished") == 40


async def test_an_interruption_while_a_turn_ends_leaves_it_ended_and_told(model, live):
    model.will(says("Hm."))
    taking = turns.Turns()

    for moment in range(40):
        await taking.start(live.session, Turn.Kind.ASK, "Say hm")
        await asyncio.sleep(moment * 0.002)
        await turns.interrupt(live.session, taking)
        assert taking.error is None

    assert await Turn.objects.open().acount() == 0
    kinds = [e.type async for e in SessionEvent.objects.filter(session=live.session)]
    assert kinds.count("turn.finished") == kinds.count("turn.timings") == 40


async def test_a_new_question_interrupts_the_answer_before(model, live, socket):
    model.will(says_then_hangs("Endless story. It goes on. And"), says("New answer."))
    await socket.send("ask", text="Tell a story")
    await socket.until("chat.sentence", text="It goes on.")

    await socket.send("ask", text="Something else")
    await socket.until("turn.timings", turn=2)

    first, second = socket.seen("turn.finished")
    assert first == {
        "turn": 1,
        "reply": "Endless story. It goes on.",
        "interrupted": True,
    }
    assert second == {"turn": 2, "reply": "New answer.", "interrupted": False}
    async with asyncio.timeout(5):
        await model.left_early.wait()


async def test_a_new_question_silences_an_answer_that_is_still_being_spoken(
    model, live, socket
):
    long = "This is a very long sentence that takes many seconds to say aloud. " * 3
    model.will(says(long), says("Short."))
    await socket.send("ask", text="Talk")
    await socket.until("turn.timings", turn=1)
    await live.viewer.event("avatar_start_talking")

    await socket.send("ask", text="Again")
    await socket.until("turn.timings", turn=2)

    short = socket.seen("chat.sentence")[-1]["task_id"]
    await live.viewer.until(
        lambda: any(e.get("task_id") == short for e in live.viewer.events)
    )
    assert (await turn_of(live.session)).interrupted


async def test_an_interruption_from_another_process_stops_the_turn(model, live, socket):
    model.will(never_ends)
    await socket.send("ask", text="Talk for ever")
    await socket.until("chat.sentence")

    await services.interrupt(live.session)  # as the REST call does it

    assert (await socket.until("turn.finished"))["interrupted"] is True
    handed = "".join(piece["text"] for piece in socket.seen("chat.sentence"))
    assert len((await turn_of(live.session)).reply) < len(handed)
    async with asyncio.timeout(5):
        await model.left_early.wait()


async def test_a_turn_of_another_process_stops_ours(model, live, socket):
    model.will(never_ends, says("From elsewhere."))
    await socket.send("ask", text="Talk for ever")
    await socket.until("chat.sentence")

    turn = await turns.take_turn(live.session, Turn.Kind.ASK, "By REST")

    await socket.until("turn.timings", turn=2)
    first = await turn_of(live.session)
    assert first.interrupted
    assert (turn.number, turn.reply, turn.interrupted) == (2, "From elsewhere.", False)
    assert await Turn.objects.open().acount() == 0


async def test_a_turn_by_rest_heeds_an_interruption(model, live, socket):
    model.will(says_then_hangs("One sentence. And"))
    taking = asyncio.create_task(
        turns.take_turn(live.session, Turn.Kind.ASK, "By REST")
    )
    await socket.until("chat.sentence")

    await services.interrupt(live.session)

    async with asyncio.timeout(5):
        turn = await taking
    assert turn.interrupted
    await turn.arefresh_from_db()
    assert "One sentence.".startswith(turn.reply)


async def test_cancelling_a_turn_without_a_socket_interrupts_it(model, live):
    model.will(never_ends)
    taking = asyncio.create_task(
        turns.take_turn(live.session, Turn.Kind.ASK, "By REST")
    )
    await live.viewer.event("avatar_start_talking")

    taking.cancel()
    await asyncio.wait([taking])

    assert taking.cancelled()
    turn = await turn_of(live.session)
    assert turn.interrupted
    assert turn.ended_at
    async with asyncio.timeout(5):
        await model.left_early.wait()


FAILURES = [
    (answers(401, {"error": {"message": "Bad key"}}), "model_unauthorized", ""),
    (answers(429, {"error": {"message": "Slow down"}}), "model_rate_limited", ""),
    (says_then_breaks("This was fine. But"), "model_unreachable", "This was fine."),
    (says("Half an", finish=None), "model_bad_reply", ""),
]


@pytest.mark.parametrize(
    ("behaviour", "code", "spoken"), FAILURES, ids=[code for _, code, _ in FAILURES]
)
async def test_a_model_that_fails_ends_the_turn_with_its_reason(
    model, live, socket, behaviour, code, spoken
):
    model.will(behaviour, says("Now it works."))

    await socket.send("ask", text="Hello")
    error = await socket.until("error")

    assert error["code"] == code
    assert error["turn"] == 1
    turn = await turn_of(live.session)
    assert (turn.failed, turn.reply, turn.interrupted) == (code, spoken, False)
    await socket.send("ask", text="Hello again")
    assert (await socket.until("turn.finished", turn=2))["reply"] == "Now it works."


async def test_an_avatar_that_is_gone_ends_the_turn_with_its_reason(
    model, live, socket, account
):
    model.will(says("Nobody will hear this."))
    account.base_url = "http://127.0.0.1:9"
    await account.asave()

    await socket.send("ask", text="Hello")

    assert (await socket.until("error"))["code"] == "upstream_unreachable"
    assert (await turn_of(live.session)).failed == "upstream_unreachable"
    assert (await turn_of(live.session)).reply == ""


async def test_without_a_model_the_personas_own_facts_answer(live, join, alice):
    socket = await join(live.session, alice)
    mind = socket.seen("snapshot")[0]["mind"]

    await socket.send("ask", text="Who are you?")
    finished = await socket.until("turn.finished")

    assert finished["reply"] == "I am Anna, guide."
    assert mind["offline"] is True
    assert "OPENAI_API_KEY" in mind["notice"]


async def test_losing_the_socket_stops_the_model(model, live, join, alice):
    model.will(never_ends)
    socket = await join(live.session, alice)
    await socket.send("ask", text="Talk for ever")
    await socket.until("chat.sentence")

    await socket.wire.disconnect()

    async with asyncio.timeout(5):
        await model.left_early.wait()
    assert (await turn_of(live.session)).interrupted


async def test_closing_the_session_stops_the_model(model, live, socket):
    model.will(never_ends)
    await socket.send("ask", text="Talk for ever")
    await socket.until("chat.sentence")

    await services.close_session(live.session, reason=EndReason.STAFF_STOPPED)

    await socket.until("session.status", to="closed")
    async with asyncio.timeout(5):
        await model.left_early.wait()
    assert (await turn_of(live.session)).ended_at


async def test_a_question_taken_back_at_once_is_over_too(model, live, socket):
    model.will(says("Too late."))

    await socket.send("ask", text="Hello")
    await socket.send("interrupt")

    assert (await socket.until("turn.finished"))["interrupted"] is True
    assert not await Turn.objects.open().aexists()


async def test_an_avatar_that_is_gone_when_a_turn_takes_over_ends_that_turn(
    model, live, socket, account
):
    model.will(says_then_hangs("One sentence. And"))
    await socket.send("ask", text="Hello")
    await socket.until("chat.sentence")
    account.base_url = "http://127.0.0.1:9"
    await account.asave()

    await socket.send("ask", text="And now?")

    assert (await socket.until("error"))["turn"] == 2
    assert not await Turn.objects.open().aexists()


async def test_an_operator_sees_all_and_may_interrupt_but_not_speak(
    model, live, socket, join, carol
):
    model.will(never_ends)
    operator = await join(live.session, carol)
    await socket.send("ask", text="Talk for ever")
    await operator.until("chat.sentence")

    await operator.send("ask", text="I put words in your mouth")
    assert (await operator.until("error"))["code"] == "not_the_viewer"
    await operator.send("interrupt")

    assert (await socket.until("turn.finished"))["interrupted"] is True
    assert await Turn.objects.filter(session=live.session).acount() == 1


BAD_FRAMES = [
    ({"type": "say", "text": ""}, "text: must have 1 to 1000 characters."),
    ({"type": "say", "text": "x" * 1001}, "text: must have 1 to 1000 characters."),
    ({"type": "ask", "text": "x" * 4001}, "text: must have 1 to 4000 characters."),
    ({"type": "ask", "text": 5}, "text: must be a string."),
    ({"type": "ask"}, "text: must be a string."),
    ({"type": "ask", "text": "a\x00b"}, "text: must be plain Unicode text."),
    ({"type": "ask", "text": "\ud800"}, "text: must be plain Unicode text."),
]


@pytest.mark.parametrize(("frame", "reason"), BAD_FRAMES)
async def test_a_bad_frame_is_explained_and_changes_nothing(
    live, socket, frame, reason
):
    await socket.wire.send_json_to(frame)

    error = await socket.until("error")

    assert (error["code"], error["message"]) == ("bad_message", reason)
    assert not await Turn.objects.filter(session=live.session).aexists()


async def test_too_much_at_once_is_refused(live, socket):
    for _ in range(11):
        await socket.send("say", text="Hm.")

    assert (await socket.until("error"))["code"] == "throttled"
    assert await Turn.objects.filter(session=live.session).acount() == 10


async def test_two_conversations_do_not_mix(model, live, socket, join, bob, anna):
    model.will(
        says(lambda body: f"You said {body['messages'][-1]['content']}. Yes, you did.")
    )
    async with live_session(bob, anna) as other:
        theirs = await join(other.session, bob)
        for n in range(3):
            await asyncio.gather(
                socket.send("ask", text=f"apple {n}"),
                theirs.send("ask", text=f"pear {n}"),
            )
            await socket.until("turn.timings")
            await theirs.until("turn.timings")

    assert "pear" not in str(socket.frames)
    assert "apple" not in str(theirs.frames)
    by_prompt = {
        ("apple" in str(b["messages"]), "pear" in str(b["messages"]))
        for b in model.bodies
    }
    assert by_prompt == {(True, False), (False, True)}
    assert len(socket.seen("chat.sentence")) == 6


async def test_a_turn_that_another_overtakes_says_no_more(live):
    """Even when no message reaches us: the database knows whose turn it is."""
    mine = await sync_to_async(Turn.objects.begin)(
        live.session, kind=Turn.Kind.ASK, prompt="Mine"
    )
    voice = SessionVoice(live.session, mine)
    await sync_to_async(Turn.objects.begin)(
        live.session, kind=Turn.Kind.ASK, prompt="Theirs"
    )

    with pytest.raises(Interrupted):
        await voice.say("Stale.")
