"""Presentations as they are heard: real engine, real viewer, websocket and REST."""

import asyncio
from itertools import pairwise

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from chat.models import Script, ScriptRun, Segment, Turn
from chat.scripts import verbs
from chat.scripts.player import Player
from personas.models import Exhibit
from streaming import services
from streaming.models import EndReason
from tests.chat.conftest import WAIT_S, live_session
from tests.chat.model_server import says
from tests.conftest import client_of

pytestmark = pytest.mark.usefixtures("account", "anna")

TRAINING = ("Welcome.", "This is the door.", "Goodbye.")


@pytest.fixture
async def live(transactional_db, alice, account, anna):
    """A session whose viewer listens, and looks at nothing."""
    async with live_session(alice, anna, watches=False) as running:
        yield running


@pytest.fixture
async def socket(live, join, alice):
    """The viewer's; nothing may go wrong behind it, unless the test is about that."""
    socket = await join(live.session, alice)
    yield socket
    assert [
        one["code"] for one in socket.seen("error") if one["code"] == "internal"
    ] == []


def make_script(persona, *texts, pause_s=0.0, **options):
    script = Script.objects.create(persona=persona, title="Tour", **options)
    rows = [Segment(text=text, pause_after_s=pause_s) for text in texts]
    script.replace_segments(rows)
    return script


@pytest.fixture
async def tour(transactional_db, anna):
    """Long enough to be cut short."""
    return await sync_to_async(make_script)(
        anna,
        "Here is the first room. It is all blue.",
        "Second room.",
        "Third room.",
    )


@pytest.fixture
def post(api):
    def call(path, body, client=api):
        try:
            return client.post(f"/persona/heygen/{path}", body, format="json")
        finally:
            connection.close()  # the thread's own, which would outlive the test

    return sync_to_async(call, thread_sensitive=False)


def talks(live):
    """What the viewer's data channel told, in order, with when."""
    kinds = ("avatar_start_talking", "avatar_stop_talking")
    timed = zip(live.viewer.events, live.viewer.event_times, strict=True)
    return [
        (e["type"][7:-8], e["task_id"], at) for e, at in timed if e["type"] in kinds
    ]


async def stopped(live, count):
    await live.viewer.event("avatar_stop_talking", count=count)


async def begun(live, socket):
    """The first sentence is in the viewer's ears."""
    await socket.until("chat.sentence")
    await live.viewer.heard()


async def prompts(session):
    turns = Turn.objects.filter(session=session).order_by("number")
    return [turn.prompt async for turn in turns]


async def test_a_training_session_is_spoken_step_by_step_with_its_pauses(
    live, post, anna, socket
):
    """Each step waits for the end of the one before; no browser tells when that is."""
    await sync_to_async(make_script)(anna, *TRAINING, pause_s=1.0)
    session_id = str(live.session.pk)

    reply = await post("script/play", {"session_id": session_id, "script": "tour"})
    await socket.until("script.status", state="done")
    await stopped(live, 3)

    assert reply.json()["data"] == {
        "script": "tour",
        "title": "Tour",
        "segment": 1,
        "of": 3,
        "state": "playing",
        "why": "",
    }
    assert await prompts(live.session) == list(TRAINING)
    talked = talks(live)
    assert [kind for kind, *_ in talked] == ["start", "stop"] * 3
    for (_, ended, stop), (_, begins, start) in pairwise(
        [(k, t, at) for k, t, at in talked][1:5]
    ):
        if ended != begins:
            assert start - stop > 0.9, "there is a pause of a second"
    shown = [(s["segment"], s["state"]) for s in socket.seen("script.status")]
    assert shown == [(1, "playing"), (2, "playing"), (3, "playing"), (3, "done")]


async def test_pausing_cuts_a_sentence_and_resuming_says_it_again(live, socket, tour):
    await socket.send("script.play", script="tour")
    await begun(live, socket)

    await socket.send("script.pause")
    await socket.until("script.status", state="paused", why="asked")
    await socket.until("turn.interrupted")
    await socket.send("script.resume")
    await socket.until("turn.started", turn=2)
    await socket.send("script.goto", segment=3)
    await socket.until("script.status", state="done")

    said = await prompts(live.session)
    assert said[1].endswith("It is all blue."), "not from the segment's end"
    assert said[2:] == ["Third room."], "the second was skipped"


async def test_a_question_in_between_is_answered_and_the_tour_goes_on(
    model, live, socket, tour
):
    model.will(says("Blue it is."))
    await socket.send("script.play", script="tour", segment=1)
    await begun(live, socket)

    await socket.send("ask", text="Which colour?")
    await socket.until("script.status", state="answering")
    await socket.until("script.status", state="playing")
    await socket.until("chat.sentence", turn=3)
    await live.viewer.event("avatar_start_talking", count=3)

    first, question, again = await prompts(live.session)
    assert question == "Which colour?"
    assert first.endswith(again)
    starts = [task for kind, task, _ in talks(live) if kind == "start"]
    told = [sentence["task_id"] for sentence in socket.seen("chat.sentence")]
    assert starts == told, "nothing is heard out of turn"


async def test_silencing_the_avatar_pauses_what_it_presents(live, socket, tour):
    await socket.send("script.play", script="tour")
    await begun(live, socket)

    await socket.send("interrupt")

    await socket.until("script.status", state="paused", why="interrupted")


async def test_who_silences_it_by_voice_and_then_asks_hears_the_rest(
    model, live, socket, tour
):
    model.will(says("Blue."))
    await socket.send("script.play", script="tour")
    await begun(live, socket)

    await socket.send("interrupt")
    await socket.until("script.status", state="paused", why="interrupted")
    await socket.send("ask", text="Which colour?")
    await socket.until("script.status", state="answering")
    await socket.until("script.status", state="playing")

    await socket.until("turn.started", turn=3)


async def test_two_players_in_two_processes_never_both_speak(live, socket, tour):
    """What differs between processes is their memory: here each player has its own."""
    run = await sync_to_async(ScriptRun.objects.begin)(live.session, tour, segment=2)
    twins = [await ScriptRun.objects.aget(pk=run.pk) for _ in range(2)]

    async with asyncio.timeout(WAIT_S):
        await asyncio.gather(*(Player(twin, live.session).play() for twin in twins))

    assert await prompts(live.session) == ["Second room.", "Third room."]


async def test_a_heartbeat_finds_what_has_lost_its_player(live, join, alice, tour):
    await sync_to_async(ScriptRun.objects.begin)(live.session, tour, segment=3)

    socket = await join(live.session, alice)
    assert socket.frames[0]["data"]["script"]["state"] == "playing"
    await socket.send("ice.state", state="connected")
    await socket.send("heartbeat")

    await socket.until("script.status", state="done")


async def test_it_ends_with_its_session(live, socket, tour):
    await socket.send("script.play", script="tour")
    await begun(live, socket)

    await services.close_session(live.session, reason=EndReason.VIEWER_CLOSED)

    await socket.until("script.status", state="stopped", why="session_ended")


async def test_a_segment_shows_what_belongs_to_it(live, socket, anna):
    link = await Exhibit.objects.acreate(
        persona=anna,
        name="map",
        kind="link",
        title="Map",
        address="https://example.com/",
    )
    script = await sync_to_async(make_script)(anna, "Look.", "Enough.")
    await script.segments.filter(number=1).aupdate(exhibit=link)

    await socket.send("script.play", script="tour")
    shown = await socket.until("chat.show")
    await socket.until("chat.hide")

    assert shown == {
        "turn": 1,
        "exhibit": {
            "name": "map",
            "kind": "link",
            "title": "Map",
            "alt": "",
            "url": "https://example.com/",
        },
    }


async def test_only_the_viewer_gives_the_floor(live, join, carol, bob, post, tour):
    staff = await join(live.session, carol)
    body = {"session_id": str(live.session.pk), "script": "tour"}

    await staff.send("script.play", script="tour")
    assert (await staff.until("error"))["code"] == "not_the_viewer"

    assert (await post("script/play", body, client_of(carol))).status_code == 403
    assert (await post("script/play", body, client_of(bob))).status_code == 404
    assert (await post("script/pause", body)).json()["code"] == "no_such_script"
    beyond = await post("script/play", body | {"segment": 4})
    assert beyond.json()["code"] == "no_such_segment"
    assert await verbs.status_of(live.session) == verbs.NOTHING


# Interrupting and speaking in one call ------------------------------------------------------


async def test_a_text_that_interrupts_is_heard_at_once_and_alone(live, socket, post):
    await socket.send("say", text="This is a long text that nobody wants to hear out.")
    await begun(live, socket)
    body = {"session_id": str(live.session.pk), "text": "Stop.", "interrupt": True}

    reply = await post("text", body)
    await live.viewer.event("avatar_stop_talking", count=2)

    assert reply.json()["data"]["text"] == "Stop."
    first, second = [task for kind, task, _ in talks(live) if kind == "start"]
    assert second == (await socket.until("chat.sentence", text="Stop."))["task_id"]
    long = await Turn.objects.aget(session=live.session, number=1)
    assert long.interrupted
    assert first


async def test_many_texts_at_once_leave_only_the_newest_to_be_heard(live, socket):
    for number in range(5):
        await socket.send("say", text=f"Number {number} of five.", interrupt=True)
    await socket.until("turn.finished", turn=5)
    last = socket.seen("chat.sentence")[-1]

    await live.viewer.until(
        lambda: ("stop", last["task_id"]) in [t[:2] for t in talks(live)]
    )

    assert last["text"] == "Number 4 of five."
    assert talks(live)[-1][1] == last["task_id"], "no older piece sneaks in behind it"


async def test_interrupt_must_be_a_boolean(live, socket, post):
    await socket.send("say", text="Hi.", interrupt="yes")
    assert (await socket.until("error"))["code"] == "bad_message"

    body = {"session_id": str(live.session.pk), "text": "Hi.", "interrupt": 1}
    assert (await post("text", body)).status_code == 400


async def test_a_pause_holds_also_when_the_news_of_it_is_lost(live, socket, anna):
    """A channel layer delivers at most once; what is written down is looked at."""
    long = " ".join(
        f"This is sentence number {n}, and more will follow." for n in range(40)
    )
    await sync_to_async(make_script)(anna, long)
    await socket.send("script.play", script="tour")
    await begun(live, socket)

    run = await ScriptRun.objects.aget(session=live.session)
    await sync_to_async(run.pause)()  # and nobody is told to be silent

    await socket.until("turn.finished", interrupted=True)
    assert len(socket.seen("chat.sentence")) < 8, "what was ahead of the voice, no more"
