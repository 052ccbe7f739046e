"""How a persona answers, as its settings have it, at the real engine."""

import pytest
from asgiref.sync import sync_to_async
from prometheus_client import REGISTRY

from chat import turns
from chat.errors import DoesNotAnswer
from chat.models import Turn
from personas.knowledge import filing
from personas.models import Exhibit
from streaming.models import EndReason, Session
from tests.chat.model_server import says, wants


@pytest.fixture
async def socket(live, join, alice):
    return await join(live.session, alice)


async def test_a_slow_model_has_the_avatar_say_something_first(
    model, live, socket, settings
):
    settings.FILLER_AFTER_S = 0.1
    model.will(says("Here I am.", first_s=1.0))

    await socket.send("ask", text="Hello?")
    finished = await socket.until("turn.finished")

    said = [sentence["text"] for sentence in socket.seen("chat.sentence")]
    assert said == ["Let me think.", "Here I am."]
    assert finished["reply"] == "Here I am."
    timings = await socket.until("turn.timings")
    assert timings["accepted_ms"] > 1000
    first, second = [piece async for piece in (await turn_of(live)).pieces.all()]
    assert (first.is_filler, second.is_filler) == (True, False)
    assert second.begins_at >= first.ends_at


async def test_a_quick_model_has_no_filler(model, live, socket, settings):
    settings.FILLER_AFTER_S = 30.0
    model.will(says("Here I am."))
    counted = await sync_to_async(answers_counted)()

    await socket.send("ask", text="Hello?")
    await socket.until("turn.finished")

    assert len(socket.seen("chat.sentence")) == 1
    assert await sync_to_async(answers_counted)() == counted + 1


async def test_a_model_may_end_the_conversation_behind_its_last_words(
    model, live, socket
):
    model.will(wants(("end_conversation", "{}")), says("Goodbye then."))

    await socket.send("ask", text="I have to go.")
    closing = await socket.until("session.status", to="closing")

    assert closing["reason"] == EndReason.PERSONA_ENDED
    assert (await turn_of(live)).reply == "Goodbye then."
    assert any(event["type"] == "avatar_stop_talking" for event in live.viewer.events)
    offered = [tool["function"]["name"] for tool in model.bodies[0]["tools"]]
    assert "end_conversation" in offered


async def test_a_visitor_who_goes_on_talking_is_not_cut_off(model, live, socket):
    model.will(
        wants(("end_conversation", "{}")),
        says("Goodbye then, it was a pleasure."),
        says("Of course. What is it?"),
    )
    await socket.send("ask", text="I have to go.")
    await socket.until("turn.timings", turn=1)

    await socket.send("ask", text="Wait, one more thing!")
    await socket.until("turn.timings", turn=2)
    await live.viewer.until(lambda: stopped(live, socket))

    session = await Session.objects.aget(pk=live.session.pk)
    assert session.is_usable


async def test_a_model_shows_what_its_persona_has_and_nothing_else(
    model, live, socket, anna
):
    await Exhibit.objects.acreate(
        persona=anna, name="map", kind="link", title="Map", address="https://a.example/"
    )
    model.will(
        wants(
            ("show", '{"name": "https://evil.example/"}'), ("show", '{"name": "map"}')
        ),
        says("Here is the map."),
    )

    await socket.send("ask", text="Where is it?")
    shown = await socket.until("chat.show")
    await socket.until("turn.finished")

    assert (shown["turn"], shown["exhibit"]["url"]) == (1, "https://a.example/")
    assert len(socket.seen("chat.show")) == 1
    refused, done = [
        message["content"]
        for message in model.bodies[1]["messages"]
        if message["role"] == "tool"
    ]
    assert refused.startswith("It failed: There is nothing called")
    assert done == "The visitor sees it now: Map."


async def test_a_model_looks_up_what_the_question_did_not_bring(
    model, live, socket, anna
):
    await sync_to_async(file_away)(anna, b"The mill was built of oak in 1742.")
    model.will(
        wants(("look_up", '{"question": "When was the mill built?"}')),
        says("The mill was built of oak in 1742."),
    )

    await socket.send("ask", text="How old is it?")
    cited = await socket.until("chat.sources")

    [result] = [m for m in model.bodies[1]["messages"] if m["role"] == "tool"]
    assert "built of oak in 1742" in result["content"]
    assert [source["title"] for source in cited["sources"]] == ["mill"]


async def test_what_there_is_nothing_of_is_not_offered(model, live, socket):
    model.will(says("Hello."))

    await socket.send("ask", text="Hello")
    await socket.until("turn.finished")

    offered = [tool["function"]["name"] for tool in model.bodies[0]["tools"]]
    assert offered == ["end_conversation"]


async def test_who_does_not_answer_says_only_what_they_are_given(
    model, live, socket, anna
):
    anna.answers = False
    await anna.asave()

    await socket.send("ask", text="Who are you?")
    error = await socket.until("error")
    await socket.send("say", text="Only this.")
    finished = await socket.until("turn.finished")

    assert error["code"] == "does_not_answer"
    assert finished["reply"] == "Only this."
    assert model.bodies == []
    with pytest.raises(DoesNotAnswer):
        await turns.take_turn(live.session, Turn.Kind.ASK, "And now?")
    assert await Turn.objects.filter(session=live.session).acount() == 1


def answers_counted():
    labels = {"kind": "ask", "outcome": "complete"}
    return REGISTRY.get_sample_value("greenroom_turns_total", labels) or 0


def stopped(live, socket):
    last = socket.seen("chat.sentence")[-1]["task_id"]
    return any(
        event["type"] == "avatar_stop_talking" and event["task_id"] == last
        for event in live.viewer.events
    )


def file_away(persona, content):
    document = filing.add(persona, filing.judge("mill.txt", content))
    filing.read(document.pk)


async def turn_of(live, number=1):
    turns_of = Turn.objects.filter(session=live.session, number=number)
    return await sync_to_async(turns_of.get)()
