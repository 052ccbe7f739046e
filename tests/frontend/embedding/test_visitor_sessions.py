"""What a visitor does with a session of theirs, and cannot do with any other."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User
from django.test import Client
from django.utils.timezone import now
from huey.contrib.djhuey import HUEY

from chat.models import Conversation
from config.asgi import application
from streaming import limits, services
from streaming.embedding import upkeep
from streaming.embedding.callers import SUBPROTOCOL
from streaming.embedding.errors import EmbedOff
from streaming.errors import QuotaUsedUp
from streaming.models import (
    Account,
    EmbedKey,
    EndReason,
    Session,
    State,
    UsageEntry,
    UserLimits,
    Visitor,
)
from tests.chat.conversations import new_session
from tests.frontend.embedding.conftest import SITE, Guest, visit
from tests.sockets import cookie_of, told
from tests.streaming.connected import connected

pytestmark = pytest.mark.django_db


def latest_visitor() -> User:
    return Visitor.objects.latest("pk").user


# The calls ------------------------------------------------------------------------------


def test_a_visitor_takes_a_seat_like_everybody(account, key, come_in):
    guest = come_in()

    answer = guest.call("session/create", persona="other", avatar_name="other")

    assert answer.status_code == 200, answer.content
    session = Session.objects.get()
    assert session.owner == latest_visitor()
    assert session.persona == key.persona
    assert session.avatar_name == key.persona.avatar_name
    assert guest.call("session/stop", session_id=str(session.pk)).status_code == 200
    session.reread()
    assert session.end_reason == EndReason.VIEWER_CLOSED
    assert UsageEntry.objects.get().user_name.startswith("Visitor of Shop #")


def test_who_finds_all_seats_taken_gets_a_place_in_the_same_line(
    dead_account, bob, anna, come_in
):
    for _ in range(dead_account.seat_limit):
        connected(dead_account, bob, anna, seconds=600)
    first, second = come_in(), come_in()

    one = first.call("session/create")
    other = second.call("session/create")

    assert (one.status_code, other.status_code) == (202, 202)
    assert one.json()["data"]["position"] == 1
    assert other.json()["data"]["position"] == 2
    claim = first.call("session/claim", session_id=one.json()["data"]["session_id"])
    assert claim.status_code == 202


def test_of_one_key_only_so_many_wait(dead_account, bob, anna, key, come_in):
    EmbedKey.objects.update(max_waiting=1)
    for _ in range(dead_account.seat_limit):
        connected(dead_account, bob, anna, seconds=600)
    first, second = come_in(), come_in()
    assert first.call("session/create").status_code == 202

    refused = second.call("session/create")

    assert (refused.status_code, refused.json()["code"]) == (409, "line_full")
    assert first.call("session/create").status_code == 202  # a place is kept


@pytest.mark.parametrize(
    "path",
    [
        "session/claim",
        "session/resume",
        "session/start",
        "session/stop",
        "session/leave",
        "ice",
    ],
)
def test_anothers_session_does_not_exist_for_a_visitor(
    dead_account, bob, anna, come_in, path
):
    theirs = connected(dead_account, bob, anna, seconds=600)
    body = {
        "sdp": "v=0\r\n",
        "candidate": {"candidate": "candidate:1"},
        "session_id": str(theirs.pk),
    }

    answer = come_in().call(path, **body)

    assert (answer.status_code, answer.json()["code"]) == (404, "session_not_found")
    theirs.reread()
    assert theirs.is_usable


def test_a_conversation_of_somebody_else_is_not_gone_on_with(
    dead_account, bob, anna, come_in
):
    theirs = connected(dead_account, bob, anna, seconds=600)
    theirs.begin_closing(EndReason.VIEWER_CLOSED)
    theirs.finish()

    answer = come_in().call("session/create", continues=str(theirs.pk))

    assert answer.status_code == 404


def test_who_leaves_the_page_has_only_the_grace_left(
    dead_account, anna, come_in, settings
):
    guest = come_in()
    mine = connected(dead_account, latest_visitor(), anna, seconds=600)

    assert guest.call("session/leave", session_id=str(mine.pk)).status_code == 200

    mine.reread()
    assert mine.lease_expires_at <= now() + timedelta(seconds=settings.LEASE_GRACE_S)


# Limits ---------------------------------------------------------------------------------


def test_a_visitor_has_some_minutes_a_day(dead_account, key, come_in):
    EmbedKey.objects.update(visitor_minutes_per_day=1)
    guest = come_in()
    _used_today(latest_visitor(), timedelta(seconds=55))

    answer = guest.call("session/create")

    assert (answer.status_code, answer.json()["code"]) == (429, "quota_used_up")
    assert "Your time for today is used up." in answer.json()["message"]


def test_all_visitors_of_a_key_share_its_minutes(dead_account, key, come_in):
    EmbedKey.objects.update(minutes_per_day=1)
    come_in()
    _used_today(latest_visitor(), timedelta(seconds=55))
    guest = come_in()

    answer = guest.call("session/create")

    assert (answer.status_code, answer.json()["code"]) == (429, "quota_used_up")
    assert "for visitors today" in answer.json()["message"]


def test_so_many_talk_at_once(dead_account, anna, key, come_in):
    EmbedKey.objects.update(max_sessions=1)
    come_in()
    connected(dead_account, latest_visitor(), anna, seconds=600)
    guest = come_in()

    answer = guest.call("session/create")

    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_sessions")


def test_what_visitors_use_is_their_hosts_time_over_all_keys(
    dead_account, alice, anna, key, come_in
):
    UserLimits.objects.create(user=alice, minutes_per_day=10)
    come_in()
    _used_today(latest_visitor(), timedelta(minutes=10))
    other = EmbedKey.objects.create(
        name="Blog", persona=anna, owner=alice, origins=[SITE]
    )
    guest = Guest(Client(), visit(other).json()["data"]["token"])

    answer = guest.call("session/create")

    assert (answer.status_code, answer.json()["code"]) == (429, "quota_used_up")
    assert "that this site has for visitors" in answer.json()["message"]
    with pytest.raises(QuotaUsedUp):
        limits.check(alice, None, now())


def test_who_talks_to_visitors_has_no_more_seats_than_for_themselves(
    dead_account, alice, anna, key, come_in
):
    UserLimits.objects.create(user=alice, max_sessions=1)
    connected(dead_account, alice, anna, seconds=600)

    answer = come_in().call("session/create")

    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_sessions")
    assert "Everybody who may talk here" in answer.json()["message"]


def _delete_key(key: EmbedKey) -> None:
    upkeep.discard(key)


def _delete_persona(key: EmbedKey) -> None:
    key.persona.delete()


def _forget(key: EmbedKey) -> None:
    upkeep.forget(User.objects.filter(visitor__key=key))


@pytest.mark.parametrize("forget", [_delete_key, _delete_persona, _forget])
def test_a_host_gets_no_new_time_by_deleting_who_used_it(alice, key, come_in, forget):
    UserLimits.objects.create(user=alice, minutes_per_day=10)
    come_in()
    _used_today(latest_visitor(), timedelta(minutes=10))

    forget(key)

    with pytest.raises(QuotaUsedUp):
        limits.check(alice, None, now())


def test_a_host_who_goes_leaves_the_numbers(alice, key, come_in):
    come_in()
    _used_today(latest_visitor(), timedelta(minutes=10))

    alice.delete()

    assert UsageEntry.objects.get().user != alice


def test_a_session_ends_when_the_visitors_minutes_do(account, key, come_in):
    EmbedKey.objects.update(visitor_minutes_per_day=1)
    guest = come_in()

    guest.call("session/create")

    session = Session.objects.get()
    left = session.ends_at - session.created_at
    assert session.ends_because == EndReason.QUOTA or _near_midnight()
    assert left <= timedelta(seconds=70) or _near_midnight()
    guest.call("session/stop", session_id=str(session.pk))


def _near_midnight() -> bool:
    """A session that reaches into the next day has that day's minutes, too."""
    return now().hour == 23 and now().minute >= 58


def _used_today(user: User, used: timedelta) -> UsageEntry:
    """As if it had been in the middle of the day, whatever the time is now."""
    noon = now().replace(hour=12, minute=0, second=0, microsecond=0)
    return UsageEntry.objects.create(
        user=user,
        account_name="Test engine",
        began_at=noon,
        ended_at=noon + used,
        used=used,
    )


def test_without_a_line_a_visitor_is_sent_away_at_once(
    dead_account, bob, anna, key, come_in
):
    EmbedKey.objects.update(max_waiting=0)
    for _ in range(dead_account.seat_limit):
        connected(dead_account, bob, anna, seconds=600)

    refused = come_in().call("session/create")

    assert (refused.status_code, refused.json()["code"]) == (409, "line_full")
    assert not Session.objects.in_line().exists()


def test_where_a_seat_is_free_nobody_needs_a_line(account, key, come_in):
    EmbedKey.objects.update(max_waiting=0)
    guest = come_in()

    answer = guest.call("session/create")

    assert answer.status_code == 200
    guest.call("session/stop", session_id=answer.json()["data"]["session_id"])


def _switch_off(key: EmbedKey) -> None:
    EmbedKey.objects.update(is_on=False)


def _delete(key: EmbedKey) -> None:
    key.delete()


@pytest.mark.parametrize("end", [_switch_off, _delete])
def test_no_seat_is_granted_by_a_key_that_ended_a_moment_ago(key, come_in, anna, end):
    come_in()
    visitor = latest_visitor()

    end(key)

    with pytest.raises(EmbedOff):
        limits.grant(visitor, anna, at=now(), until=now() + timedelta(minutes=5))


@pytest.fixture
def meanwhile(monkeypatch) -> Callable[[Callable[[], None]], None]:
    """Have something happen after a token was found good, and before the seat is taken."""

    def soon(happen: Callable[[], None]) -> None:
        check = limits.check

        def late(*args: Any) -> None:
            check(*args)
            happen()

        monkeypatch.setattr(limits, "check", late)

    return soon


def _replace(key: EmbedKey) -> None:
    upkeep.rotate(EmbedKey.objects.get(pk=key.pk))


def _take_from_its_maker(key: EmbedKey) -> None:
    User.objects.filter(pk=key.owner_id).update(is_active=False)


@pytest.mark.parametrize("end", [_switch_off, _delete, _replace, _take_from_its_maker])
def test_no_seat_is_taken_by_a_key_that_ends_while_somebody_comes_in(
    dead_account, key, come_in, meanwhile, end
):
    guest = come_in()
    meanwhile(lambda: end(key))

    answer = guest.call("session/create")

    assert (answer.status_code, answer.json()["code"]) == (403, "embed_off")
    assert not Session.objects.exists()


def test_no_seat_is_claimed_by_a_key_that_is_replaced_meanwhile(
    dead_account, bob, anna, key, come_in, meanwhile
):
    others = [connected(dead_account, bob, anna, seconds=600) for _ in range(3)]
    guest = come_in()
    place = guest.call("session/create").json()["data"]["session_id"]
    others[0].begin_closing(EndReason.VIEWER_CLOSED)
    others[0].finish()
    # As if whoever replaces it had looked for what is open before this one waited.
    meanwhile(lambda: EmbedKey.objects.get(pk=key.pk).renew())

    answer = guest.call("session/claim", session_id=place)

    assert (answer.status_code, answer.json()["code"]) == (403, "embed_off")
    assert Session.objects.get(pk=place).state == State.WAITING


# Switching off, another key, forgetting -------------------------------------------------


def test_switching_a_key_off_ends_what_goes_on(dead_account, anna, key, come_in):
    guest = come_in()
    mine = connected(dead_account, latest_visitor(), anna, seconds=600)

    upkeep.switch(key, on=False)

    mine.reread()
    assert not mine.is_usable
    answer = guest.call("session/create")
    assert (answer.status_code, answer.json()["code"]) == (403, "embed_off")


def test_another_key_makes_the_old_ones_tokens_worthless(
    dead_account, anna, key, come_in
):
    guest = come_in()
    mine = connected(dead_account, latest_visitor(), anna, seconds=600)
    old = key.key

    upkeep.rotate(key)

    assert EmbedKey.objects.get().key not in ("", old)
    mine.reread()
    assert not mine.is_usable
    assert guest.call("session/create").status_code == 401


def test_deleting_a_key_forgets_its_visitors_and_their_words(
    dead_account, anna, key, come_in, worker, django_capture_on_commit_callbacks
):
    come_in()
    visitor = latest_visitor()
    Conversation.objects.create(owner=visitor, persona=anna, persona_name="Anna")
    _used_today(visitor, timedelta(minutes=1))
    session = new_session(visitor, anna)
    session.record("avatar.farewell", {"text": "Until next time.", "duration_s": 1.0})

    with django_capture_on_commit_callbacks() as waiting:
        upkeep.discard(key)
    assert not EmbedKey.objects.exists()
    assert User.objects.filter(pk=visitor.pk).exists()  # that is left to the worker
    for task in waiting:
        task()

    assert not User.objects.filter(pk=visitor.pk).exists()
    assert not Conversation.objects.exists()
    assert "Until" not in str(list(session.events.values_list("data", flat=True)))
    assert UsageEntry.objects.count() == 1


@pytest.fixture
def worker() -> Iterator[None]:
    """Tasks are done at once."""
    HUEY.immediate = True
    yield
    HUEY.immediate = False


def test_all_visitors_are_stopped_at_the_same_time(
    dead_account, anna, key, come_in, monkeypatch
):
    for _ in range(2):
        come_in()
        connected(dead_account, latest_visitor(), anna, seconds=600)
    stopped = []

    async def stop_all(sessions):
        stopped.append(len(sessions))

    monkeypatch.setattr(services, "stop_all", stop_all)

    upkeep.switch(key, on=False)

    assert stopped == [2]


def test_visitors_are_forgotten_after_days_unless_they_come_again(
    key, come_in, alice, settings
):
    settings.EMBED_KEEP_DAYS = 7
    for _ in range(2):
        come_in()
    gone, there = Visitor.objects.order_by("pk")
    Visitor.objects.filter(pk=gone.pk).update(last_seen_at=now() - timedelta(days=8))
    Conversation.objects.create(owner=gone.user, persona_name="Anna")

    assert upkeep.forget_absent() == 1

    assert list(Visitor.objects.all()) == [there]
    assert not Conversation.objects.exists()
    assert User.objects.filter(pk=alice.pk).exists()


def test_nobody_is_forgotten_while_the_day_counts(key, come_in, settings):
    settings.EMBED_KEEP_DAYS = 0
    come_in()
    Visitor.objects.update(last_seen_at=now() - timedelta(days=1, hours=23))

    assert upkeep.forget_absent() == 0


def test_visitors_of_a_key_that_went_with_its_persona_are_forgotten_too(
    key, come_in, anna
):
    come_in()
    anna.delete()
    assert Visitor.objects.get().key is None
    Visitor.objects.update(last_seen_at=now() - timedelta(days=30))

    assert upkeep.forget_absent() == 1


# The websocket --------------------------------------------------------------------------


@pytest.fixture
async def enter():
    """Open a visitor's websocket; all are closed at the end."""
    sockets: list[WebsocketCommunicator] = []

    async def open_socket(session, *, token, kind="embed/sessions", cookie=None):
        headers = [(b"host", b"localhost"), (b"origin", b"http://localhost")]
        if cookie:
            headers.append((b"cookie", cookie))
        socket = WebsocketCommunicator(
            application,
            f"/ws/{kind}/{session.pk}/",
            headers,
            subprotocols=[SUBPROTOCOL, token] if token else None,
        )
        sockets.append(socket)
        return socket, *await socket.connect(timeout=5)

    yield open_socket
    for socket in sockets:
        await socket.disconnect()


@pytest.fixture
def seated(dead_account: Account, anna, come_in):
    """A visitor in a live session: token and session."""
    guest = come_in()
    return guest.token, connected(dead_account, latest_visitor(), anna, seconds=600)


async def refused_with(socket) -> int:
    closed = await socket.receive_output(timeout=5)
    assert closed["type"] == "websocket.close"
    return int(closed["code"])


@pytest.mark.django_db(transaction=True)
async def test_a_token_opens_the_visitors_own_websocket(seated, enter):
    token, session = seated

    socket, accepted, protocol = await enter(session, token=token)

    assert (accepted, protocol) == (True, SUBPROTOCOL)
    snapshot = await told(socket, "snapshot")
    assert snapshot["data"]["role"] == "viewer"


@pytest.mark.django_db(transaction=True)
async def test_the_usual_websocket_does_not_know_the_token(seated, enter):
    token, session = seated

    socket, *_ = await enter(session, token=token, kind="sessions")

    assert await refused_with(socket) == 4401


@pytest.mark.django_db(transaction=True)
async def test_a_cookie_opens_no_visitors_websocket(seated, enter, carol):
    _, session = seated
    cookie = await sync_to_async(cookie_of)(carol)

    socket, *_ = await enter(session, token=None, cookie=cookie)

    assert await refused_with(socket) == 4401


@pytest.mark.django_db(transaction=True)
async def test_anothers_token_does_not_open_it(seated, enter, come_in):
    _, session = seated
    stranger = await sync_to_async(come_in)()

    socket, *_ = await enter(session, token=stranger.token)

    assert await refused_with(socket) == 4404


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["script.play", "script.stop", "nonsense"])
async def test_what_the_box_does_not_need_is_refused(seated, enter, kind):
    token, session = seated
    socket, *_ = await enter(session, token=token)

    await socket.send_json_to({"type": kind, "script": "tour"})

    error = await told(socket, "error")
    assert error["data"]["code"] == "not_for_visitors"


@pytest.mark.django_db(transaction=True)
async def test_words_are_put_into_its_mouth_only_where_the_key_allows_it(
    seated, enter, anna
):
    token, session = seated
    socket, *_ = await enter(session, token=token)

    await socket.send_json_to({"type": "say", "text": "I hate everybody."})
    refused = await told(socket, "error")
    await socket.send_json_to({"type": "say", "text": anna.welcome()})
    greeting = await told(socket, "error")
    await EmbedKey.objects.aupdate(says=True)
    await socket.send_json_to({"type": "say", "text": "Mind the step."})
    allowed = await told(socket, "error")

    assert refused["data"]["code"] == "not_for_visitors"
    # There is no avatar service behind this session, which is as far as they get.
    assert greeting["data"]["code"].startswith("upstream_")
    assert allowed["data"]["code"].startswith("upstream_")
