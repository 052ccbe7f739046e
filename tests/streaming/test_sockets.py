"""The session's websocket, through the whole ASGI application and the real engine."""

import json
import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.utils.timezone import now

from streaming import consumers, services
from streaming.models import Account, EndReason, Session, State
from streaming.providers.base import StreamWish
from tests.rude_server import rude_server, says_nothing
from tests.sockets import beat, told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(account, alice, anna) -> Session:
    from asgiref.sync import async_to_sync

    opened = async_to_sync(services.open_session)(
        owner=alice, persona=anna, wish=StreamWish()
    )
    return opened.session


async def lease_s(session: Session) -> float:
    await sync_to_async(session.reread)()
    return (session.lease_expires_at - now()).total_seconds()


async def state_of(session: Session) -> str:
    await sync_to_async(session.reread)()
    return session.state


async def test_the_first_frame_is_a_snapshot(session, alice, connect):
    socket = await connect(session.pk, alice)

    frame = await socket.receive_json_from(timeout=5)

    assert (frame["type"], frame["seq"]) == ("snapshot", 2)
    assert frame["data"]["role"] == "viewer"
    shown = frame["data"]["session"]
    assert (shown["id"], shown["state"]) == (str(session.pk), "ready")
    assert "upstream" not in json.dumps(frame)


async def test_ice_states_reach_the_operators_second_window(
    session, alice, carol, connect
):
    viewer = await connect(session.pk, alice)
    operator = await connect(session.pk, carol)
    snapshot = await told(operator, "snapshot")
    await sync_to_async(session.answered)()

    await viewer.send_json_to({"type": "ice.state", "state": "connected"})

    assert (await told(operator, "session.status"))["data"]["to"] == "connecting"
    assert (await told(operator, "ice.state"))["data"] == {"state": "connected"}
    assert (await told(operator, "session.status"))["data"]["to"] == "live"
    assert snapshot["data"]["role"] == "operator"
    assert await state_of(session) == State.LIVE


async def test_coming_back_brings_what_was_missed_in_order(session, alice, connect):
    first = await connect(session.pk, alice)
    seq = (await told(first, "snapshot"))["seq"]
    await first.disconnect()
    for state in ("checking", "connected", "disconnected"):
        await sync_to_async(session.note_ice)(state)

    again = await connect(session.pk, alice, query=f"?after={seq}")
    await told(again, "snapshot")

    missed = [await again.receive_json_from(timeout=5) for _ in range(3)]
    assert [frame["seq"] for frame in missed] == [seq + 1, seq + 2, seq + 3]
    assert missed[-1]["data"] == {"state": "disconnected"}


@pytest.mark.parametrize("after", ["x", "-1", "99999999999", "²", ""])
async def test_a_strange_after_is_no_after(session, alice, connect, after):
    socket = await connect(session.pk, alice, query=f"?after={after}")

    await told(socket, "snapshot")
    assert await socket.receive_nothing()


async def test_an_after_that_is_yet_to_come_hides_nothing(session, alice, connect):
    socket = await connect(session.pk, alice, query="?after=99999")
    await told(socket, "snapshot")

    await sync_to_async(session.note_ice)("checking")

    assert (await told(socket, "ice.state"))["data"] == {"state": "checking"}


async def test_the_viewers_close_ends_the_session(session, alice, connect):
    socket = await connect(session.pk, alice)

    await socket.send_json_to({"type": "close"})

    assert (await told(socket, "session.status"))["data"]["to"] == "closing"
    assert (await told(socket, "session.status"))["data"] == {
        "from": "closing",
        "to": "closed",
        "reason": "viewer_closed",
    }


async def test_a_failed_connection_ends_the_session(session, alice, connect):
    socket = await connect(session.pk, alice)

    await socket.send_json_to({"type": "ice.state", "state": "failed"})

    await told(socket, "session.status")
    assert (await told(socket, "session.status"))["data"]["to"] == "failed"
    assert session.pk is not None
    assert await state_of(session) == State.FAILED


async def test_stay_is_a_sign_of_life(session, alice, connect):
    socket = await connect(session.pk, alice)
    before = session.last_activity_at

    await socket.send_json_to({"type": "stay"})
    await socket.send_json_to({"type": "nonsense"})
    await told(socket, "error")  # frames are handled in order, so stay is done

    await sync_to_async(session.reread)()
    assert session.last_activity_at > before


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "3",
        '"heartbeat"',
        "{}",
        '{"type": 3}',
        '{"type": "what"}',
        '{"type": "ice.state"}',
        '{"type": "ice.state", "state": "melted"}',
        '{"type": "ice.state", "state": ["new"]}',
        '{"type": "avatar.talking", "state": "sing"}',
        '{"type": "\\ud800"}',
        "[" * 5000,
    ],
)
async def test_a_bad_frame_is_answered_and_harms_nobody(session, alice, connect, text):
    socket = await connect(session.pk, alice)
    await told(socket, "snapshot")

    await socket.send_to(text_data=text)

    error = await told(socket, "error")
    assert error["data"]["code"] == "bad_message"
    await socket.send_json_to({"type": "heartbeat"})
    assert await socket.receive_nothing()
    assert await state_of(session) == State.READY


async def test_a_frame_that_is_too_long_is_sent_away(session, alice, connect):
    socket = await connect(session.pk, alice)
    await told(socket, "snapshot")

    await socket.send_to(text_data='{"type": "heartbeat", "x": "' + "x" * 20_000 + '"}')

    assert (await socket.receive_output(timeout=5)) == {
        "type": "websocket.close",
        "code": 4400,
    }


@pytest.mark.parametrize(
    ("who", "code"), [("nobody", 4401), ("bob", 4404)], ids=["anonymous", "stranger"]
)
async def test_only_owner_and_staff_come_in(session, bob, connect, who, code):
    socket = await connect(session.pk, bob if who == "bob" else None)

    assert (await socket.receive_output(timeout=5))["code"] == code


async def test_an_unknown_session_is_told_apart_from_nothing(alice, connect):
    socket = await connect(uuid.uuid4(), alice)

    assert (await socket.receive_output(timeout=5))["code"] == 4404


@pytest.mark.parametrize(
    "origin",
    [
        b"http://evil.example",
        b"http://localhost:8080",
        b"http://[localhost",
        b"null",
        None,
    ],
)
async def test_a_page_of_another_origin_is_refused(session, alice, connect, origin):
    socket = await connect(session.pk, alice, origin=origin)

    assert socket is None


async def test_an_operator_who_leaves_costs_nothing(session, carol, connect):
    socket = await connect(session.pk, carol)
    await told(socket, "snapshot")
    before = session.lease_expires_at

    await socket.disconnect()

    await sync_to_async(session.reread)()
    assert session.lease_expires_at == before


async def test_what_an_operator_says_of_media_is_not_believed(session, carol, connect):
    socket = await connect(session.pk, carol)
    await told(socket, "snapshot")

    await socket.send_json_to({"type": "ice.state", "state": "failed"})

    assert await socket.receive_nothing()
    assert await state_of(session) == State.READY


async def test_an_operator_may_close(session, carol, connect):
    socket = await connect(session.pk, carol)

    await socket.send_json_to({"type": "close"})

    await told(socket, "session.status")
    ended = await told(socket, "session.status")
    assert ended["data"]["reason"] == EndReason.STAFF_STOPPED


async def test_a_viewer_who_vanishes_is_swept_after_the_grace(
    session, alice, carol, connect, settings
):
    settings.LEASE_GRACE_S = 0.1
    viewer = await connect(session.pk, alice)
    await beat(viewer)
    operator = await connect(session.pk, carol)

    await viewer.disconnect()

    await told(operator, "session.status")
    ended = await told(operator, "session.status")
    assert ended["data"]["reason"] == EndReason.VIEWER_LOST


async def test_a_viewer_whose_heart_stops_is_sent_away(
    session, alice, connect, settings
):
    settings.LEASE_S = 0.1
    socket = await connect(session.pk, alice)
    await beat(socket)

    assert (await socket.receive_output(timeout=5))["code"] == 4408
    assert await lease_s(session) < 4


async def test_a_viewer_who_went_silent_is_swept_though_a_rest_call_had_given_more_time(
    session, alice, carol, connect, settings, monkeypatch
):
    monkeypatch.setattr(consumers, "SILENT_GRACE_S", 0.1)
    settings.LEASE_S = 0.1
    viewer = await connect(session.pk, alice)
    operator = await connect(session.pk, carol)
    assert await lease_s(session) > 60

    await beat(viewer)

    await told(operator, "session.status")
    ended = await told(operator, "session.status")
    assert ended["data"]["reason"] == EndReason.VIEWER_LOST


async def test_the_owners_second_window_that_does_not_beat_costs_nothing(
    session, alice, connect, settings
):
    settings.LEASE_S = 0.05
    socket = await connect(session.pk, alice)
    await told(socket, "snapshot")
    before = session.lease_expires_at

    assert await socket.receive_nothing(timeout=0.2)
    await socket.disconnect()

    await sync_to_async(session.reread)()
    assert session.lease_expires_at == before


async def test_a_slow_service_does_not_make_a_viewer_look_silent(
    session, alice, connect, settings
):
    settings.LEASE_S = 0.2
    settings.UPSTREAM_TIMEOUT_S = 0.6
    async with rude_server() as rude:
        rude.will(says_nothing)
        await Account.objects.aupdate(base_url=rude.url)
        socket = await connect(session.pk, alice)
        await beat(socket)

        await socket.send_json_to({"type": "stay"})
        await socket.send_json_to({"type": "heartbeat"})

        error = await told(socket, "error")
        assert error["data"]["code"] == "upstream_timeout"


async def test_an_operator_who_keeps_a_session_busy_does_not_renew_its_lease(
    session, carol, connect
):
    socket = await connect(session.pk, carol)
    before = session.lease_expires_at

    await socket.send_json_to({"type": "stay"})
    await beat(socket)

    await sync_to_async(session.reread)()
    assert session.lease_expires_at == before


async def test_an_event_that_the_layer_lost_comes_with_the_next_heartbeat(
    session, alice, connect, monkeypatch
):
    socket = await connect(session.pk, alice)
    await told(socket, "snapshot")

    async def loses(*args: Any) -> None:
        """Deliver nothing, which a channel layer may."""

    with monkeypatch.context() as broken:
        broken.setattr(get_channel_layer(), "group_send", loses)
        await sync_to_async(session.note_ice)("checking")

    await socket.send_json_to({"type": "heartbeat"})
    assert (await told(socket, "ice.state"))["data"] == {"state": "checking"}


async def test_stats_pass_to_operators_and_are_not_kept(session, alice, carol, connect):
    viewer, operator = (
        await connect(session.pk, alice),
        await connect(session.pk, carol),
    )
    await told(operator, "snapshot")

    await viewer.send_json_to({"type": "media.stats", "fps": 25, "x": "y", "n": True})

    frame = await told(operator, "media.stats")
    assert (frame["seq"], frame["data"]) == (None, {"fps": 25})


HUGE = "9" * 400


@pytest.mark.parametrize(
    "stats",
    [f'"x": {HUGE}', f'"x": -{HUGE}', '"x": 1e999', '"\\ud800": 1', '"x": 1e300'],
)
async def test_strange_stats_harm_nobody(session, alice, carol, connect, stats):
    viewer = await connect(session.pk, alice)
    operator = await connect(session.pk, carol)
    await told(operator, "snapshot")

    await viewer.send_to(text_data=f'{{"type": "media.stats", "fps": 25, {stats}}}')

    assert (await told(operator, "media.stats"))["data"]["fps"] == 25


async def test_a_task_id_keeps_only_what_every_database_can_hold(
    session, alice, connect
):
    socket = await connect(session.pk, alice)

    text = '{"type": "avatar.talking", "state": "start", "task_id": "a\\u0000\\ud800b"}'
    await socket.send_to(text_data=text)

    assert (await told(socket, "avatar.start_talking"))["data"] == {"task_id": "ab"}


async def test_a_bug_in_one_frame_does_not_end_the_socket(
    session, alice, connect, monkeypatch
):
    socket = await connect(session.pk, alice)
    await told(socket, "snapshot")
    monkeypatch.setattr(Session, "note_ice", None)

    await socket.send_json_to({"type": "ice.state", "state": "checking"})

    error = await told(socket, "error")
    assert (error["data"]["code"], error["data"]["error"]) == ("internal", "TypeError")
    await beat(socket)


async def test_too_many_frames_in_a_minute_are_sent_away(
    session, alice, connect, monkeypatch
):
    monkeypatch.setattr(consumers, "MAX_FRAMES_PER_MINUTE", 2)
    socket = await connect(session.pk, alice)
    await told(socket, "snapshot")

    for _ in range(3):
        await socket.send_json_to({"type": "heartbeat"})

    assert (await socket.receive_output(timeout=5))["code"] == 4400
