"""A viewer who is back: the same session and seat, a new stream, the same conversation."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.utils.timezone import now

from chat.models import Turn
from personas.models import Persona
from streaming import services
from streaming.errors import WrongState
from streaming.models import Account, EndReason, Session, State, UsageEntry
from streaming.providers import provider_for
from streaming.providers.base import Gone, NoUpstreamSeat, StreamWish, Unreachable
from tests.background import background_work
from tests.conftest import client_of
from tests.rude_server import (
    RudeServer,
    answers,
    hangs_up,
    lists,
    once,
    rude_server,
)
from tests.wire_viewer import WireViewer

pytestmark = pytest.mark.django_db(transaction=True)

BASE = "/persona/heygen"
DONE = {"code": 100}
FULL = {"code": 10004, "message": "Concurrent limit reached"}


def stream(name: str) -> dict[str, object]:
    return {
        "code": 100,
        "data": {"session_id": name, "sdp": {"type": "offer", "sdp": "v=0"}},
    }


@pytest.fixture
async def rude(transactional_db) -> AsyncIterator[RudeServer]:
    async with rude_server() as server:
        server.listing = lists()
        await Account.objects.acreate(
            name="Rude", base_url=server.url, api_key="x", seat_limit=1
        )
        yield server


async def opened(owner: User, **wish: Any) -> Session:
    persona = await Persona.objects.aget()
    outcome = await services.open_session(
        owner=owner, persona=persona, wish=StreamWish(**wish)
    )
    return outcome.session


async def reread(session: Session) -> Session:
    await sync_to_async(session.reread)()
    return session


async def listed(account: Account) -> set[str]:
    async with provider_for(account) as provider:
        return {row.upstream_id for row in await provider.sessions()}


async def test_a_reload_returns_to_the_same_session_with_sound_and_picture(
    account, anna, alice
):
    session = await opened(alice)
    async with WireViewer() as before:
        answer = await before.answer((await services.resume_session(session)).offer.sdp)
        await services.start_session(session, answer_sdp=answer)
        await before.connected()
    first_stream, seat = session.upstream_id, session.seat

    again = await services.resume_session(await reread(session))

    assert again.session.pk == session.pk
    async with WireViewer() as viewer:
        answer = await viewer.answer(again.offer.sdp)
        await services.start_session(session, answer_sdp=answer)
        await viewer.connected()
        await viewer.until(lambda: viewer.picture_count >= 5)
    await reread(session)
    assert session.seat == seat
    assert session.upstream_id != first_stream
    assert first_stream not in await listed(account)


async def test_the_old_stream_is_stopped_before_the_new_one_is_asked_for(
    rude, anna, alice
):
    rude.will(answers(stream("one")), answers(DONE), answers(stream("two")))
    session = await opened(alice, quality="low", background="green")

    await services.resume_session(session)

    assert [path for _, path, _, _ in rude.asked] == [
        "/v1/streaming.new",
        "/v1/streaming.stop",
        "/v1/streaming.new",
    ]
    first, _, second = [body for _, _, _, body in rude.asked]
    assert first == second
    assert (await reread(session)).upstream_id == "two"


async def test_a_stream_that_ends_with_its_page_does_not_end_the_session(
    account, anna, alice
):
    """A reload closes the media at once, which the service may take for the end."""
    session = await opened(alice)
    async with provider_for(account) as provider:
        await provider.stop(session.upstream_id)
    await sync_to_async(session.shorten_lease)(5)

    with pytest.raises(Gone):  # a call that was under way when the page went
        await services.keep_alive(session)
    await services.reconcile()

    assert (await reread(session)).state == State.READY
    await services.resume_session(session)
    assert (await reread(session)).upstream_id in await listed(account)


async def test_resuming_does_not_lengthen_the_time(account, anna, alice):
    session = await opened(alice)
    ends_at = now() + timedelta(seconds=100)
    await Session.objects.aupdate(ends_at=ends_at)

    await services.resume_session(await reread(session))

    assert (await reread(session)).ends_at == ends_at


async def test_an_upstream_that_cannot_stop_the_old_stream_gets_no_second(
    rude, anna, alice
):
    rude.will(answers(stream("one")), hangs_up)
    session = await opened(alice)

    with pytest.raises(Unreachable):
        await services.resume_session(session)

    assert "/v1/streaming.new" not in [path for _, path, _, _ in rude.asked[1:]]
    await reread(session)
    assert (session.state, session.end_reason) == (
        State.CLOSING,
        EndReason.UPSTREAM_ENDED,
    )


async def test_an_upstream_that_gives_no_new_stream_ends_the_session(rude, anna, alice):
    rude.will(answers(stream("one")), answers(DONE), answers(FULL, status=400))
    session = await opened(alice)

    with pytest.raises(NoUpstreamSeat):
        await services.resume_session(session)

    await reread(session)
    assert (session.state, session.end_reason) == (
        State.FAILED,
        EndReason.UPSTREAM_REFUSED,
    )
    usage = await UsageEntry.objects.aget(session=session)
    assert usage.used == session.used(now())


async def test_a_resumed_session_whose_opener_died_waits_for_the_comparison(
    rude, anna, alice
):
    rude.will(answers(stream("one")), answers(DONE))
    session = await opened(alice)
    await sync_to_async(session.reopen)(until=now() - timedelta(seconds=1))
    await sync_to_async(session.forget_upstream)()
    rude.listing = hangs_up

    await services.sweep()
    assert (await reread(session)).state == State.CLOSING

    rude.listing = lists()
    await Session.objects.aupdate(retry_at=now() - timedelta(seconds=1))
    await services.sweep()
    assert (await reread(session)).state == State.CLOSED


async def test_resuming_twice_at_once_gives_one_stream(rude, anna, alice):
    let = asyncio.Event()
    rude.will(answers(stream("one")), once(let, answers(DONE)), answers(stream("two")))
    session = await opened(alice)
    first = asyncio.create_task(services.resume_session(session))
    await rude.until_asked(2)

    with pytest.raises(WrongState, match="opening"):
        await services.resume_session(await Session.objects.aget())

    let.set()
    await first
    assert (await reread(session)).upstream_id == "two"


async def test_a_caller_who_leaves_while_it_resumes_loses_nothing(rude, anna, alice):
    let = asyncio.Event()
    rude.will(answers(stream("one")), once(let, answers(DONE)), answers(stream("two")))
    session = await opened(alice)
    resuming = asyncio.create_task(services.resume_session(session))
    await rude.until_asked(2)

    resuming.cancel()
    let.set()
    await background_work()

    await reread(session)
    assert (session.state, session.upstream_id) == (State.READY, "two")


# By REST ----------------------------------------------------------------------------------


def post(user: User, path: str, **body: str) -> Any:
    return client_of(user).post(f"{BASE}/session/{path}", body, format="json")


def made(user: User) -> Session:
    reply = post(user, "create")
    return Session.objects.get(pk=reply.json()["data"]["session_id"])


def test_resume_answers_as_create_does(account, anna, alice):
    session = made(alice)

    reply = post(alice, "resume", session_id=str(session.pk))

    assert reply.status_code == 200
    data = reply.json()["data"]
    assert (data["session_id"], data["status"]) == (str(session.pk), "ready")
    assert data["sdp"]["type"] == "offer"


def test_another_users_session_cannot_be_resumed_or_continued(
    account, anna, alice, bob, carol
):
    session = made(alice)

    for stranger in (bob, carol):
        assert post(stranger, "resume", session_id=str(session.pk)).status_code == 404
        reply = post(stranger, "create", continues=str(session.pk))
        assert (reply.status_code, reply.json()["code"]) == (404, "session_not_found")


def test_what_has_ended_is_not_resumed_but_continued(account, anna, alice):
    session = made(alice)
    post(alice, "stop", session_id=str(session.pk))

    refused = post(alice, "resume", session_id=str(session.pk))
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")

    reply = post(alice, "create", continues=str(session.pk))
    assert reply.status_code == 200
    new = Session.objects.get(pk=reply.json()["data"]["session_id"])
    assert new.continues_id == session.pk


def test_what_is_open_is_not_continued_but_resumed(account, anna, alice):
    session = made(alice)

    reply = post(alice, "create", continues=str(session.pk))

    assert (reply.status_code, reply.json()["code"]) == (409, "wrong_state")
    assert "resume it instead" in reply.json()["message"]


# The conversation -------------------------------------------------------------------------


def said(session: Session, prompt: str, reply: str) -> None:
    turn = Turn.objects.begin(session, kind=Turn.Kind.ASK, prompt=prompt)
    turn.hear(reply, duration_s=0.0)  # heard out, however soon the session stops
    turn.end()


def texts(session: Session) -> list[str]:
    return [message.text for message in Turn.objects.history(session)]


def test_the_conversation_goes_on_over_sessions(account, anna, alice):
    first = made(alice)
    said(first, "One?", "Yes, one.")
    post(alice, "stop", session_id=str(first.pk))
    reply = post(alice, "create", continues=str(first.pk))
    second = Session.objects.get(pk=reply.json()["data"]["session_id"])
    said(second, "Two?", "Yes, two.")

    assert texts(second) == ["One?", "Yes, one.", "Two?", "Yes, two."]
    assert texts(first) == ["One?", "Yes, one."]


def test_what_was_said_to_another_persona_stays_there(account, anna, alice):
    first = made(alice)
    said(first, "A secret?", "I keep it.")
    post(alice, "stop", session_id=str(first.pk))
    other = Persona.objects.create(slug="other", name="Other", visibility="public")

    reply = post(alice, "create", continues=str(first.pk), persona=other.slug)

    second = Session.objects.get(pk=reply.json()["data"]["session_id"])
    assert texts(second) == []


def test_a_conversation_in_a_circle_ends(account, anna, alice):
    first, second = made(alice), made(alice)
    Session.objects.filter(pk=first.pk).update(continues=second)
    Session.objects.filter(pk=second.pk).update(continues=first)

    assert Session.objects.get(pk=first.pk).conversation() == [first.pk, second.pk]
