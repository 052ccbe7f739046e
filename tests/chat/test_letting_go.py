"""New words wait until no older ones are on their way to the avatar."""

import asyncio
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils.timezone import now

from chat.letting_go import LETS_GO_WITHIN_S, older_turns_let_go
from chat.models import Turn
from streaming.models import Session


@pytest.fixture
async def session(transactional_db, alice, anna, dead_account):
    return await sync_to_async(Session.objects.reserve)(
        dead_account,
        owner=alice,
        persona=anna,
        lease_expires_at=now() + timedelta(seconds=60),
        ends_at=now() + timedelta(seconds=600),
    )


async def begin(session):
    return await sync_to_async(Turn.objects.begin)(
        session, kind=Turn.Kind.SAY, prompt="Hi."
    )


async def test_they_wait_for_the_feeder_of_the_turn_that_they_interrupt(session):
    older = await begin(session)
    newer = await begin(session)
    waiting = asyncio.create_task(older_turns_let_go(session, newer))
    done, _ = await asyncio.wait([waiting], timeout=0.2)
    assert not done, "a piece of the older turn may still arrive"

    older.finished_ms = 1.0
    await sync_to_async(older.end)(interrupted=True)

    await asyncio.wait_for(waiting, 5.0)


async def test_they_do_not_wait_for_the_feeder_of_a_dead_process(session):
    older = await begin(session)
    newer = await begin(session)
    long_ago = now() - timedelta(seconds=LETS_GO_WITHIN_S)
    await Turn.objects.filter(pk=older.pk).aupdate(ended_at=long_ago)

    await asyncio.wait_for(older_turns_let_go(session, newer), 1.0)
