"""Another persona in the same session: seat, time, words and minutes stay in order."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.utils.timezone import now

from chat.models import Conversation, Turn
from personas.models import Persona
from streaming import services
from streaming.errors import TooManySessions, WrongState
from streaming.models import (
    Account,
    EndReason,
    PersonaLimits,
    Session,
    State,
    UsageEntry,
)
from streaming.providers.base import StreamWish
from tests.conftest import client_of
from tests.rude_server import RudeServer, answers, lists, rude_server

pytestmark = pytest.mark.django_db(transaction=True)

SWAP = "/persona/heygen/session/swap"
DONE = {"code": 100}
NO_SUCH_AVATAR = {"code": 10013, "message": "avatar not found"}


def stream(name: str) -> dict[str, object]:
    offer = {"type": "offer", "sdp": "v=0"}
    return {"code": 100, "data": {"session_id": name, "sdp": offer}}


@pytest.fixture
async def rude(transactional_db) -> AsyncIterator[RudeServer]:
    async with rude_server() as server:
        server.listing = lists()
        await Account.objects.acreate(
            name="Rude", base_url=server.url, api_key="x", seat_limit=1
        )
        yield server


@pytest.fixture
def ben(anna: Persona) -> Persona:
    return Persona.objects.create(
        name="Ben",
        slug="ben",
        avatar_name="ben-face",
        voice_id="ben-voice",
        visibility=Persona.Visibility.PUBLIC,
    )


async def opened(owner: User, persona: Persona, **wish: Any) -> Session:
    outcome = await services.open_session(
        owner=owner, persona=persona, wish=StreamWish(**wish)
    )
    return outcome.session


async def said(session: Session, prompt: str) -> Turn:
    def say() -> Turn:
        fresh = Session.objects.get(pk=session.pk)
        turn = Turn.objects.begin(fresh, kind=Turn.Kind.ASK, prompt=prompt)
        turn.end()
        return turn

    return await sync_to_async(say)()


async def test_the_seat_stays_and_the_new_face_and_voice_are_asked_for(
    rude, anna, ben, alice
):
    rude.will(answers(stream("one")), answers(DONE), answers(stream("two")))
    session = await opened(alice, anna, quality="low", background="green")
    seat, ends_at = session.seat, session.ends_at

    await services.swap_persona(session, ben)

    await sync_to_async(session.reread)()
    assert (session.seat, session.ends_at, session.state) == (
        seat,
        ends_at,
        State.READY,
    )
    assert session.upstream_id == "two"
    first, _, second = [body for _, _, _, body in rude.asked]
    changed = {name for name in second if second[name] != first.get(name)}
    assert changed <= {"avatar_name", "avatar_id", "voice", "language"}
    assert "ben-face" in str(second)
    swapped = await session.events.aget(type="persona.swapped")
    assert swapped.data["from"]["slug"] == anna.slug
    assert swapped.data["to"] == {"slug": "ben", "name": "Ben"}


async def test_what_was_said_stays_with_who_said_it(rude, anna, ben, alice):
    rude.will(
        answers(stream("one")),
        *[answers(DONE), answers(stream("two"))],
        *[answers(DONE), answers(stream("three"))],
    )
    session = await opened(alice, anna)
    await said(session, "Who are you?")

    await services.swap_persona(session, ben)
    await said(session, "And you?")
    await services.swap_persona(session, anna)
    await said(session, "Back again?")

    rows = [
        [row.persona_id, [turn.prompt async for turn in row.turns.order_by("pk")]]
        async for row in Conversation.objects.order_by("created_at")
    ]
    assert rows == [
        [anna.pk, ["Who are you?", "Back again?"]],
        [ben.pk, ["And you?"]],
    ]


async def test_minutes_count_for_whoever_was_on_stage(rude, anna, ben, alice):
    rude.will(answers(stream("one")), answers(DONE), answers(stream("two")))
    session = await opened(alice, anna)
    await Session.objects.aupdate(opened_at=now() - timedelta(seconds=60))
    await sync_to_async(session.reread)()

    await services.swap_persona(session, ben)
    rude.will(answers(DONE))
    await services.close_session(session, reason=EndReason.VIEWER_CLOSED)

    entries = {row.persona_name: row async for row in UsageEntry.objects.all()}
    assert set(entries) == {anna.name, "Ben"}
    first, last = entries[anna.name], entries["Ben"]
    assert first.used >= timedelta(seconds=60)
    assert first.ended_at == last.began_at
    assert last.session_id == session.pk


async def test_the_limits_of_the_new_persona_hold_and_a_refusal_changes_nothing(
    rude, anna, ben, alice, bob
):
    await Account.objects.aupdate(seat_limit=2)
    await PersonaLimits.objects.acreate(persona=ben, max_sessions=1)
    rude.will(answers(stream("one")), answers(stream("two")))
    await opened(bob, ben)
    session = await opened(alice, anna)

    with pytest.raises(TooManySessions):
        await services.swap_persona(session, ben)

    fresh = await Session.objects.aget(pk=session.pk)
    assert (fresh.state, fresh.persona_id) == (State.READY, anna.pk)
    assert fresh.upstream_id == session.upstream_id


async def test_a_persona_that_has_few_minutes_left_shortens_the_session(
    rude, anna, ben, alice
):
    await PersonaLimits.objects.acreate(persona=ben, minutes_per_day=1)
    rude.will(answers(stream("one")), answers(DONE), answers(stream("two")))
    session = await opened(alice, anna)

    await services.swap_persona(session, ben)

    await sync_to_async(session.reread)()
    assert session.ends_at <= now() + timedelta(seconds=61)
    assert session.ends_because == EndReason.QUOTA


async def test_an_account_without_that_face_lets_another_stand_in(
    rude, anna, ben, alice
):
    rude.will(
        answers(stream("one")),
        answers(DONE),
        answers(NO_SUCH_AVATAR, status=400),
        answers(stream("two")),
    )
    session = await opened(alice, anna)

    await services.swap_persona(session, ben)

    await sync_to_async(session.reread)()
    assert (session.upstream_id, session.avatar_name) == ("two", "")
    assert await session.events.filter(type="avatar.replaced").aexists()


async def test_only_a_session_in_use_can_be_swapped(rude, anna, ben, alice):
    rude.will(answers(stream("one")), answers(DONE))
    session = await opened(alice, anna)
    await services.close_session(session, reason=EndReason.VIEWER_CLOSED)
    await sync_to_async(session.reread)()

    with pytest.raises(WrongState):
        await services.swap_persona(session, ben)


def test_by_rest_one_swaps_ones_own_session_to_a_persona_one_may_talk_to(
    account, anna, ben, alice, bob
):
    mine, theirs = client_of(alice), client_of(bob)
    made = mine.post("/persona/heygen/session/create", {}, format="json")
    session_id = made.json()["data"]["session_id"]
    ben.avatar_name = ben.voice_id = ""
    ben.save()
    Persona.objects.create(
        name="Cleo", slug="cleo", owner=bob, visibility=Persona.Visibility.PRIVATE
    )

    def swap(client, slug):
        asked = {"session_id": session_id, "persona": slug}
        return client.post(SWAP, asked, format="json")

    assert swap(theirs, "ben").status_code == 404
    assert swap(mine, "cleo").status_code == 404
    assert swap(mine, "").status_code == 400
    answer = swap(mine, "ben")
    assert answer.status_code == 200, answer.json()
    assert answer.json()["data"]["persona"] == "ben"
    assert answer.json()["data"]["sdp"]["type"] == "offer"


def test_by_rest_one_resumes_with_another_quality(account, anna, alice):
    client = client_of(alice)
    made = client.post(
        "/persona/heygen/session/create", {"quality": "high"}, format="json"
    )
    session_id = made.json()["data"]["session_id"]

    asked = {"session_id": session_id, "quality": "low"}
    answer = client.post("/persona/heygen/session/resume", asked, format="json")

    assert answer.json()["data"]["quality"] == "low"
    session = Session.objects.get(pk=session_id)
    assert (session.quality, session.wish["quality"]) == ("low", "low")
    changed = session.events.get(type="quality.changed")
    assert changed.data == {"from": "high", "to": "low"}
    asked["quality"] = "huge"
    refused = client.post("/persona/heygen/session/resume", asked, format="json")
    assert refused.status_code == 400
