"""A real viewer connects, sees and hears."""

import asyncio
import time
from itertools import pairwise

import numpy as np
import pytest

from streaming.engine.peers import parse_candidate
from tests.streaming.engine.conftest import Caller, Engine
from tests.wire_viewer import Picture, WireViewer

LONG = "Many more moments with no pause anywhere along the line, " * 6
RATE_HZ = 48000


def mouth_movement(pictures: list[Picture]) -> float:
    """How much the place of the mouth changes from one picture to the next."""
    height, width = pictures[0].luma.shape
    mouths = [
        picture.luma[
            height * 52 // 100 : height * 72 // 100,
            width * 43 // 100 : width * 57 // 100,
        ].astype(int)
        for picture in pictures
    ]
    return float(np.mean([np.abs(b - a).mean() for a, b in pairwise(mouths)]))


@pytest.mark.parametrize(
    ("quality", "size", "codec"),
    [
        ("medium", (480, 854), "VP8"),
        ("high", (720, 1280), "H264"),
        *(
            pytest.param(*others, marks=pytest.mark.nightly)
            for others in (
                ("low", (360, 640), "VP8"),
                ("low", (360, 640), "H264"),
                ("medium", (480, 854), "H264"),
                ("high", (720, 1280), "VP8"),
            )
        ),
    ],
)
async def test_pictures_come_in_the_size_and_codec_asked_for(
    call: Caller, codec: str, quality: str, size: tuple[int, int]
):
    async with call.watching(video_encoding=codec, quality=quality) as (_, viewer):
        receiver = viewer.connection.getTransceivers()[0]
        name = viewer.connection.localDescription.sdp.split("a=rtpmap:")[1].split()[1]

        assert receiver.kind == "video"
        assert name.startswith(codec)
        assert viewer.pictures[0].luma.shape == size
        assert viewer.pictures[0].luma.std() > 10


async def test_pictures_come_25_times_a_second(call: Caller):
    async with call.watching() as (_, viewer):
        await viewer.until(lambda: viewer.picture_count >= 60)
        # A whole picture, if one was asked for, comes 1 ms ahead and is not counted.
        shown = [a for a, b in pairwise(viewer.pictures) if b.pts - a.pts > 90]
        steps = [b.pts - a.pts for a, b in pairwise(shown[-40:])]

    assert min(steps) == 90_000 // 25
    assert sum(steps) / len(steps) < 90_000 / 10


async def test_a_quiet_avatar_is_silent_but_alive(call: Caller):
    async with call.watching() as (_, viewer):
        await viewer.until(lambda: viewer.picture_count >= 75, timeout_s=30)
        first, last = viewer.pictures[0].luma, viewer.pictures[-1].luma

    assert viewer.first_sound() is None
    assert np.abs(first.astype(int) - last).max() > 20


async def test_a_task_is_heard_and_seen_on_the_lips(call: Caller):
    async with call.watching() as (session_id, viewer):
        await viewer.until(lambda: viewer.picture_count >= 50, timeout_s=30)
        quiet = mouth_movement(viewer.pictures)
        asked = time.monotonic()
        reply = await call.post(
            "task", session_id=session_id, text=LONG, task_mode="async"
        )
        sound = await viewer.heard(after=asked)
        seen = viewer.picture_count
        await viewer.until(lambda: viewer.picture_count >= seen + 50, timeout_s=30)
        talking = mouth_movement(viewer.pictures)

    assert reply.data["duration_ms"] > 10_000
    assert sound.at - asked < 1
    assert talking > 3 * quiet


async def test_events_are_binary_json_in_order(call: Caller):
    async with call.watching() as (session_id, viewer):
        replies = [
            await call.post("task", session_id=session_id, text=text, task_mode="async")
            for text in ("One.", "Two.")
        ]
        await viewer.event("avatar_stop_talking", count=2)

    first, second = (reply.data["task_id"] for reply in replies)
    assert [(event["type"], event["task_id"]) for event in viewer.events] == [
        ("avatar_start_talking", first),
        ("avatar_stop_talking", first),
        ("avatar_start_talking", second),
        ("avatar_stop_talking", second),
    ]
    assert viewer.text_messages == []
    assert viewer.events[1]["duration_ms"] == pytest.approx(
        replies[0].data["duration_ms"], abs=1
    )


async def test_a_task_says_how_long_it_takes(call: Caller):
    async with call.watching() as (session_id, viewer):
        reply = await call.post(
            "task", session_id=session_id, text="How long is this?", task_mode="async"
        )
        await viewer.event("avatar_stop_talking")
        await viewer.until(lambda: not viewer.levels[-1].is_sound)
        first, last = viewer.first_sound(), viewer.last_sound()

    assert first is not None
    assert last is not None
    assert (last.pts - first.pts) / RATE_HZ == pytest.approx(
        reply.data["duration_ms"] / 1000, abs=0.1
    )


async def test_a_sync_task_is_answered_when_it_has_been_said(call: Caller):
    async with call.watching() as (session_id, viewer):
        text = "Wait for me until I have said all of this."
        asking = asyncio.create_task(
            call.post("task", session_id=session_id, text=text)
        )
        await viewer.event("avatar_start_talking")
        came_early = asking.done()
        reply = await asking
        stop = await viewer.event("avatar_stop_talking")

    assert not came_early
    assert stop["task_id"] == reply.data["task_id"]


@pytest.mark.parametrize("task_type", ["repeat", "talk", "chat", "TALK", None])
async def test_every_type_of_task_speaks(call: Caller, task_type: str | None):
    async with call.watching() as (session_id, viewer):
        reply = await call.post(
            "task",
            session_id=session_id,
            text="Yes.",
            task_type=task_type,
            task_mode="async",
        )
        start = await viewer.event("avatar_start_talking")

    assert reply.data["task_id"] == start["task_id"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, 40001),
        (5, 400175),
        (["Hello"], 400175),
        ("", 40039),
        (" \n", 40039),
        ("x" * 1001, 40039),
    ],
)
async def test_a_bad_text_is_refused(call: Caller, text: object, code: int):
    async with call.watching() as (session_id, _):
        reply = await call.post("task", session_id=session_id, text=text)

    assert reply.failure == (400, code)


async def test_bad_types_and_modes_of_a_task_are_refused(call: Caller):
    async with call.watching() as (session_id, _):
        for extra in ({"task_type": "sing"}, {"task_mode": "later"}, {"task_type": 1}):
            reply = await call.post("task", session_id=session_id, text="x", **extra)
            assert reply.failure == (400, 400175)


async def test_a_thousand_characters_start_soon_and_hold_nothing_up(call: Caller):
    text = ("All of this is read aloud. " * 40)[:1000]
    async with call.watching() as (session_id, viewer):
        asked = time.monotonic()
        reply = await call.post(
            "task", session_id=session_id, text=text, task_mode="async"
        )
        await viewer.heard(after=asked)

    # Far less than the text takes to say: nobody waited for its end.
    assert time.monotonic() - asked < 20
    assert reply.data["duration_ms"] > 40_000


async def test_nobody_can_queue_words_without_end(call: Caller):
    text = ("All of this is read aloud. " * 40)[:1000]
    async with call.watching() as (session_id, _):
        replies = [
            await call.post("task", session_id=session_id, text=text, task_mode="async")
            for _ in range(8)
        ]
        many = await asyncio.gather(
            *(
                call.post("task", session_id=session_id, text="x", task_mode="async")
                for _ in range(5)
            )
        )

    assert [reply.status for reply in replies].count(200) in (5, 6, 7)
    assert {reply.body["code"] for reply in many} == {40039}


async def test_an_interrupt_silences_within_two_packets(call: Caller):
    async with call.watching() as (session_id, viewer):
        tasks = [
            (
                await call.post(
                    "task", session_id=session_id, text=LONG, task_mode="async"
                )
            ).data["task_id"]
            for _ in range(2)
        ]
        first = await viewer.heard()
        await call.post("interrupt", session_id=session_id)
        stop = await viewer.event("avatar_stop_talking")
        heard = len(viewer.levels)
        await viewer.until(lambda: len(viewer.levels) > heard + 40)
        last = viewer.last_sound()

    assert last is not None
    heard_s = (last.pts - first.pts) / RATE_HZ
    assert heard_s <= stop["duration_ms"] / 1000 + 0.04
    assert stop["task_id"] == tasks[0]
    # The second was never begun, so nobody was told that it ended.
    assert {event["task_id"] for event in viewer.events} == {tasks[0]}


async def test_an_interrupt_closes_the_mouth(call: Caller):
    async with call.watching() as (session_id, viewer):
        await call.post("task", session_id=session_id, text=LONG, task_mode="async")
        await viewer.heard()
        seen = viewer.picture_count
        await viewer.until(lambda: viewer.picture_count >= seen + 50, timeout_s=30)
        talking = mouth_movement(viewer.pictures)
        await call.post("interrupt", session_id=session_id)
        seen = viewer.picture_count
        await viewer.until(lambda: viewer.picture_count >= seen + 60, timeout_s=30)
        quiet = mouth_movement(viewer.pictures)

    assert talking > 3 * quiet


async def test_an_interrupt_answers_sync_tasks_that_wait(call: Caller):
    async with call.watching() as (session_id, viewer):
        task = asyncio.create_task(call.post("task", session_id=session_id, text=LONG))
        await viewer.heard()
        await call.post("interrupt", session_id=session_id)
        reply = await asyncio.wait_for(task, 2)

    assert reply.status == 200


async def test_stopping_answers_sync_tasks_that_wait(call: Caller):
    async with call.watching() as (session_id, viewer):
        task = asyncio.create_task(call.post("task", session_id=session_id, text=LONG))
        await viewer.heard()
        await call.post("stop", session_id=session_id)
        reply = await asyncio.wait_for(task, 2)

    assert reply.failure == (400, 10005)


async def test_interrupting_silence_is_no_error_and_speech_goes_on_after(call: Caller):
    async with call.watching() as (session_id, viewer):
        quiet = await call.post("interrupt", session_id=session_id)
        await call.post(
            "task", session_id=session_id, text="And then.", task_mode="async"
        )
        await viewer.heard()

    assert quiet.status == 200


async def test_listening_is_a_pose_of_its_own(call: Caller):
    async with call.watching() as (session_id, _):
        for name in ("start_listening", "stop_listening"):
            assert (await call.post(name, session_id=session_id)).status == 200


async def test_a_second_start_is_10005(call: Caller):
    async with call.watching() as (session_id, viewer):
        sdp = viewer.connection.localDescription.sdp
        reply = await call.post(
            "start", session_id=session_id, sdp={"type": "answer", "sdp": sdp}
        )

    assert reply.failure == (400, 10005)
    assert reply.body["message"] == "session state wrong: connected"


async def test_the_status_follows_the_connection(call: Caller):
    async with call.watching():
        listed = (await call.get("/v1/streaming.list")).data["sessions"]

    assert [each["status"] for each in listed] == ["connected"]


@pytest.mark.parametrize("shape", ["nested", "flat"])
@pytest.mark.parametrize("order", ["before start", "after start"])
async def test_candidates_alone_connect(call: Caller, shape: str, order: str):
    session = await call.new(quality="low")
    session_id = session["session_id"]
    async with WireViewer() as viewer:
        sdp = await viewer.answer(session["sdp"]["sdp"])
        lines = sdp.splitlines()
        candidates = {line[2:] for line in lines if line.startswith("a=candidate")}
        bare = [line for line in lines if "candidate" not in line]

        async def trickle() -> None:
            for candidate in candidates:
                place = {"sdpMid": "0", "sdpMLineIndex": 0}
                body = (
                    {"candidate": {"candidate": candidate, **place}}
                    if shape == "nested"
                    else {"candidate": candidate, **place}
                )
                reply = await call.post("ice", session_id=session_id, **body)
                assert reply.status == 200

        if order == "before start":
            await trickle()
        await call.post(
            "start",
            session_id=session_id,
            sdp={"type": "answer", "sdp": "\r\n".join(bare) + "\r\n"},
        )
        if order == "after start":
            await trickle()
        await viewer.connected()


async def test_a_task_before_the_connection_stands_waits_for_it(call: Caller):
    session = await call.new(quality="low")
    async with WireViewer() as viewer:
        await call.start(session, viewer)
        reply = await call.post(
            "task",
            session_id=session["session_id"],
            text="First words.",
            task_mode="async",
        )
        await viewer.heard()
        start = await viewer.event("avatar_start_talking")

    assert start["task_id"] == reply.data["task_id"]


async def test_a_viewer_who_hangs_up_frees_the_seat(engine: Engine):
    async with engine.call.watching():
        assert len(engine.sessions.active()) == 1

    async with asyncio.timeout(5):
        while engine.sessions.active():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert engine.sessions.history[-1].reason == "viewer_left"


async def test_a_client_may_hang_up_first_and_stop_then(engine: Engine):
    async with engine.call.watching() as (session_id, _):
        pass
    async with asyncio.timeout(5):
        while engine.sessions.active():  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    assert (await engine.call.post("stop", session_id=session_id)).status == 200
    assert (await engine.call.post("stop", session_id=session_id)).failure == (
        400,
        400004,
    )


async def test_three_viewers_see_and_hear_their_own_session(call: Caller):
    async with (
        call.watching() as (_, first),
        call.watching() as (speaking, second),
        call.watching() as (_, third),
    ):
        await call.post("task", session_id=speaking, text=LONG, task_mode="async")
        await second.heard()

        assert first.first_sound() is None
        assert third.first_sound() is None


def test_a_candidate_goes_to_the_one_transport_that_all_media_share():
    candidate = parse_candidate("candidate:1 1 udp 1 127.0.0.1 5 typ host")

    assert candidate is not None
    assert candidate.sdpMid == "0"
