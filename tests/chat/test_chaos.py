"""Models, avatars and networks that break off: each turn ends in a stated way.

What was heard stays in the history, nothing else does, and the next question is answered.
"""

import pytest
from asgiref.sync import sync_to_async

from chat.models import Turn
from tests.chat.model_server import never_ends, says, says_then_breaks, says_then_hangs
from tests.gate import gate_before

TASK = "/v1/streaming.task"


@pytest.fixture
async def socket(live, join, alice):
    return await join(live.session, alice)


@pytest.fixture
async def gate(live, account):
    async with gate_before(account.base_url) as gate:
        account.base_url = gate.url
        await account.asave()
        yield gate


async def turn_of(live, number=1):
    turns = Turn.objects.filter(session=live.session, number=number)
    return await sync_to_async(turns.get)()


async def next_question_is_answered(model, socket, number=2):
    model.will(says("Fine again."))
    await socket.send("ask", text="And now?")
    finished = await socket.until("turn.finished", turn=number)
    assert (finished["reply"], finished["interrupted"]) == ("Fine again.", False)


async def test_a_model_cut_off_in_a_sentence_fails_behind_its_whole_sentences(
    model, live, socket
):
    model.will(says_then_breaks("The first is whole. The second is"))

    await socket.send("ask", text="Go on")

    assert (await socket.until("error"))["code"] == "model_unreachable"
    turn = await turn_of(live)
    assert (turn.failed, turn.reply) == ("model_unreachable", "The first is whole.")
    await next_question_is_answered(model, socket)


async def test_a_model_that_falls_silent_is_given_up(model, live, socket, settings):
    settings.OPENAI_TIMEOUT_S = 0.5
    model.will(says_then_hangs("The first is whole. And"))

    await socket.send("ask", text="Go on")

    assert (await socket.until("error"))["code"] == "model_timeout"
    assert (await turn_of(live)).reply == "The first is whole."
    await next_question_is_answered(model, socket)


async def test_a_model_that_never_ends_is_heard_until_it_is_interrupted(
    model, live, socket
):
    model.will(never_ends)
    await socket.send("ask", text="Go on")
    await socket.until("chat.sentence", index=2)

    await socket.send("interrupt")
    await socket.until("turn.finished", interrupted=True)

    handed = len(socket.seen("chat.sentence"))
    assert handed <= 9  # of the hundreds that were written meanwhile
    await next_question_is_answered(model, socket)


async def test_an_avatar_that_refuses_one_piece_fails_the_turn_behind_the_others(
    model, live, socket, gate
):
    gate.refuse(TASK, {"code": 400006, "message": "text is offensive"}, nth=2)
    model.will(says("This is fine. This is not. This is not even tried."))

    await socket.send("ask", text="Go on")
    error = await socket.until("error")

    assert error["upstream"] == {"code": 400006, "message": "text is offensive"}
    turn = await turn_of(live)
    assert (turn.failed, turn.reply) == (error["code"], "This is fine.")
    assert [s["text"] for s in socket.seen("chat.sentence")] == ["This is fine."]
    await next_question_is_answered(model, socket)


async def test_an_avatar_that_does_not_answer_fails_the_turn(
    model, live, socket, gate, settings
):
    settings.UPSTREAM_TIMEOUT_S = 0.5
    gate.hold(TASK)
    model.will(says("Nobody hears this."))

    await socket.send("ask", text="Go on")

    assert (await socket.until("error"))["code"] == "upstream_timeout"
    assert (await turn_of(live)).reply == ""
    gate.hold_no_more(TASK)
    await next_question_is_answered(model, socket)


async def test_a_socket_lost_in_a_turn_ends_it_and_the_next_one_goes_on(
    model, live, join, alice
):
    socket = await join(live.session, alice)
    model.will(says_then_hangs("This was heard, or will be. And"))
    await socket.send("ask", text="Go on")
    await socket.until("chat.sentence")

    await socket.wire.disconnect()
    again = await join(live.session, alice)

    turn = await turn_of(live)
    assert turn.interrupted
    assert turn.reply == "This was heard, or will be."
    await next_question_is_answered(model, again)
