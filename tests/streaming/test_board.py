"""The operators' board: what it shows, to whom, and when it looks again."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session as SignIn
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from config.asgi import application
from streaming import queueing
from streaming.board import consumer, rows
from streaming.models import Account, EndReason, Session, State
from streaming.publishing import tell_board, tell_board_of_media
from tests.engine_process import ROOT
from tests.sockets import cookie_of

Connect = Callable[..., Any]

WITHIN_S = 5.0


def seated(account: Account, owner: User, **fields: Any) -> Session:
    at = now() + timedelta(minutes=5)
    return Session.objects.reserve(
        account, owner=owner, lease_expires_at=at, ends_at=at, **fields
    )


def ticket(name: str) -> Session:
    user = User.objects.create_user(name)
    return queueing.join(user, at=now(), lease_s=60)


# The picture ----------------------------------------------------------------------------


def test_seats_stand_in_the_order_of_their_accounts_and_numbers(
    dead_account, alice, anna
):
    first = Account.objects.create(name="First", priority=-1, seat_limit=1)
    for account in (dead_account, first, dead_account):
        seated(account, alice, persona=anna)

    shown = rows.board(now())["sessions"]

    assert [(row["account"], row["seat"]) for row in shown] == [
        ("First", 1),
        ("Nobody", 1),
        ("Nobody", 2),
    ]
    assert {(row["user"], row["persona"]) for row in shown} == {("alice", "Anna")}


def test_the_line_stands_in_the_order_that_the_queue_has(db):
    first, second = ticket("first"), ticket("second")
    queueing.move(second, 1)

    shown = rows.board(now())["line"]

    assert [(row["id"], row["position"]) for row in shown] == [
        (str(second.pk), 1),
        (str(first.pk), 2),
    ]


def test_what_has_ended_is_not_shown(dead_account, alice):
    session = seated(dead_account, alice)
    session.fail(EndReason.UPSTREAM_REFUSED)

    shown = rows.board(now())

    assert shown["sessions"] == []
    assert shown["accounts"][0]["taken"] == 0


def test_whose_user_and_persona_are_deleted_is_still_shown(dead_account, alice, anna):
    seated(dead_account, alice, persona=anna)
    alice.delete()
    anna.delete()

    [row] = rows.board(now())["sessions"]

    assert (row["user"], row["persona"]) == (None, None)


def test_nothing_that_leads_upstream_is_shown(dead_account, alice):
    session = seated(dead_account, alice)
    session.opened("name-at-upstream", ends_at=now() + timedelta(minutes=5))
    Account.objects.update(api_key="the-secret-key")

    text = str(rows.board(now()))

    assert "name-at-upstream" not in text
    assert "the-secret-key" not in text
    assert dead_account.base_url not in text


def test_seats_of_accounts_that_take_nobody_do_not_count(dead_account, alice):
    seated(dead_account, alice)
    Account.objects.create(name="Off", seat_limit=5, is_enabled=False)
    assert rows.seats_now() == 3

    Account.objects.update(is_draining=True)

    assert rows.seats_now() == 1  # until that session has ended


def test_seats_that_are_taken_there_by_others_are_told(db):
    Account.objects.create(name="Cloud", foreign_sessions=2)

    [shown] = rows.board(now())["accounts"]

    assert (shown["taken"], shown["others"]) == (0, 2)


def test_more_sessions_need_no_more_queries(db, alice, django_assert_num_queries):
    account = Account.objects.create(name="Wide", seat_limit=30)
    for _ in range(2):
        seated(account, alice)
    ticket("first")
    with CaptureQueriesContext(connection) as few:
        rows.board(now())
    for _ in range(20):
        seated(account, alice)
    for number in range(5):
        ticket(f"later{number}")

    with django_assert_num_queries(len(few)):
        rows.board(now())


# The socket -----------------------------------------------------------------------------


@pytest.fixture
async def connect(transactional_db: None) -> AsyncIterator[Connect]:
    """Open the board's websocket as somebody's browser; all are closed at the end."""
    sockets: list[WebsocketCommunicator] = []

    async def open_board(user: User | None) -> WebsocketCommunicator:
        headers = [(b"host", b"localhost"), (b"origin", b"http://localhost")]
        if user:
            headers.append((b"cookie", await sync_to_async(cookie_of)(user)))
        socket = WebsocketCommunicator(application, "/ws/operate/", headers)
        sockets.append(socket)
        await socket.connect(timeout=5)
        return socket

    yield open_board
    for socket in sockets:
        await socket.disconnect()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Boards that look again soon, so that tests need not wait for seconds."""
    monkeypatch.setattr(consumer, "AT_MOST_EVERY_S", 0.02)
    monkeypatch.setattr(consumer, "AT_LEAST_EVERY_S", 0.2)


async def told(socket: WebsocketCommunicator, kind: str = "board") -> dict[str, Any]:
    """The data of the next frame of a kind; others on the way are passed over."""
    return await until(socket, lambda frame: frame["type"] == kind)


async def until(
    socket: WebsocketCommunicator, is_so: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """The data of the next frame of which `is_so` is true."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            frame: dict[str, Any] = await socket.receive_json_from(timeout=WITHIN_S)
            if is_so(frame):
                data: dict[str, Any] = frame["data"]
                return data


async def closing_code(socket: WebsocketCommunicator) -> int:
    async with asyncio.timeout(WITHIN_S):
        while True:
            message = await socket.receive_output(timeout=WITHIN_S)
            if message["type"] == "websocket.close":
                return int(message["code"])


@pytest.mark.parametrize(
    ("who", "code"), [(None, 4401), ("bob", 4403)], ids=["anonymous", "not staff"]
)
async def test_the_board_is_for_staff(connect, bob, who, code):
    socket = await connect(bob if who else None)

    assert await socket.receive_output(timeout=5) == {
        "type": "websocket.close",
        "code": code,
    }


@pytest.mark.usefixtures("hasty")
async def test_a_change_of_state_is_shown_without_asking(
    connect, carol, alice, dead_account
):
    session = await sync_to_async(seated)(dead_account, alice)
    socket = await connect(carol)
    [row] = (await told(socket))["sessions"]
    assert row["state"] == State.OPENING

    ends_at = now() + timedelta(minutes=5)
    await sync_to_async(session.opened)("upstream", ends_at=ends_at)

    [row] = (await told(socket))["sessions"]
    assert row["state"] == State.READY


async def test_however_much_happens_the_database_is_asked_once_a_pause(
    connect, carol, monkeypatch
):
    monkeypatch.setattr(consumer, "AT_MOST_EVERY_S", 0.5)
    socket = await connect(carol)
    await told(socket)

    for _ in range(50):
        await tell_board()

    await told(socket)
    assert await socket.receive_nothing(timeout=0.4)


@pytest.mark.usefixtures("hasty")
async def test_what_nobody_told_of_is_seen_soon_all_the_same(
    connect, carol, dead_account
):
    socket = await connect(carol)
    await told(socket)

    await Account.objects.aupdate(is_draining=True)

    assert await until(
        socket, lambda frame: frame["data"]["accounts"][0]["is_draining"]
    )


@pytest.mark.usefixtures("hasty")
async def test_what_browsers_report_is_passed_on_as_far_as_it_is_shown(
    connect, carol, alice, dead_account
):
    session = await sync_to_async(seated)(dead_account, alice)
    socket = await connect(carol)
    await told(socket)

    reported = {"fps": 25.0, "av_offset_ms": -12.5, "width": 854, "nonsense": 1}
    await tell_board_of_media(str(session.pk), reported)

    told_of = await until(socket, lambda frame: frame["data"]["media"])
    assert told_of["media"] == {str(session.pk): {"fps": 25.0, "av_offset_ms": -12.5}}


async def test_reports_come_without_asking_the_database(connect, carol, monkeypatch):
    monkeypatch.setattr(consumer, "AT_MOST_EVERY_S", 0.05)
    socket = await connect(carol)
    await told(socket)

    await tell_board_of_media("a session", {"fps": 25.0})

    assert await told(socket, "board.media") == {"media": {"a session": {"fps": 25.0}}}


@pytest.mark.usefixtures("hasty")
async def test_reports_of_what_has_ended_are_forgotten(
    connect, carol, alice, dead_account
):
    session = await sync_to_async(seated)(dead_account, alice)
    socket = await connect(carol)
    await told(socket)
    await tell_board_of_media(str(session.pk), {"fps": 25.0})
    await until(socket, lambda frame: frame["data"]["media"])

    await sync_to_async(session.fail)(EndReason.UPSTREAM_REFUSED)

    await until(socket, lambda frame: not frame["data"]["media"])


@pytest.mark.usefixtures("hasty")
async def test_old_reports_are_no_news(
    connect, carol, alice, dead_account, monkeypatch
):
    monkeypatch.setattr(consumer, "MEDIA_COUNTS_S", 0.3)
    session = await sync_to_async(seated)(dead_account, alice)
    socket = await connect(carol)
    await told(socket)
    await tell_board_of_media(str(session.pk), {"fps": 25.0})
    await until(socket, lambda frame: frame["data"]["media"])

    await until(socket, lambda frame: not frame["data"]["media"])


@pytest.mark.usefixtures("hasty")
async def test_whoever_is_no_longer_staff_loses_the_board(connect, carol):
    socket = await connect(carol)
    await told(socket)

    await User.objects.filter(pk=carol.pk).aupdate(is_staff=False)

    assert await closing_code(socket) == 4403


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("how", ["signed out", "deactivated", "new password"])
async def test_whoever_is_no_longer_signed_in_loses_the_board(connect, carol, how):
    socket = await connect(carol)
    await told(socket)

    await sync_to_async(_end_sign_in)(carol, how)

    assert await closing_code(socket) == 4401


def _end_sign_in(user: User, how: str) -> None:
    if how == "signed out":
        SignIn.objects.all().delete()
    elif how == "deactivated":
        User.objects.filter(pk=user.pk).update(is_active=False)
    else:
        user.set_password("quite another one")
        user.save()


@pytest.mark.usefixtures("hasty")
async def test_the_board_listens_to_nobody(connect, carol):
    socket = await connect(carol)
    await told(socket)

    await socket.send_to(text_data="{ not JSON")
    await tell_board()

    assert await told(socket)


async def test_a_browser_that_leaves_leaves_nothing_behind(connect, carol):
    socket = await connect(carol)
    await told(socket)

    await socket.disconnect()

    assert not _groups()


def _groups() -> dict[str, Any]:
    layer: Any = get_channel_layer()
    return {name: members for name, members in layer.groups.items() if members}


# Several processes ----------------------------------------------------------------------

TELL = """
from asgiref.sync import async_to_sync
from streaming.publishing import tell_board_of_media
async_to_sync(tell_board_of_media)("a session", {"fps": 25.0})
"""


@pytest.fixture
async def redis_layer(redis: str, settings: Any) -> AsyncIterator[str]:
    """The layer that joins processes, in this one too; its address."""
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [redis]},
        }
    }
    yield redis
    layer: Any = get_channel_layer()
    await layer.flush()


async def test_what_happens_in_another_process_is_shown(redis_layer, connect, carol):
    socket = await connect(carol)
    await told(socket)

    await asyncio.to_thread(_tell_from_another_process, redis_layer)

    shown = await until(socket, lambda frame: frame["data"]["media"])
    assert shown["media"] == {"a session": {"fps": 25.0}}


def _tell_from_another_process(redis_url: str) -> None:
    subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", TELL],
        cwd=ROOT,
        env=os.environ | {"REDIS_URL": redis_url},
        check=True,
        timeout=60,
    )
