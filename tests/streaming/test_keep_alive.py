"""A session goes on for its viewer alone: what others do does not keep it alive."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.utils.timezone import now

from streaming.models import Account, EndReason, Session
from tests.conftest import client_of
from tests.rude_server import answers, rude_server
from tests.sockets import beat
from tests.streaming.connected import closed, connected

pytestmark = pytest.mark.django_db(transaction=True)

KEEP_ALIVE = "/persona/heygen/keep_alive"


@pytest.fixture
async def quiet(alice, anna) -> AsyncIterator[Session]:
    """A session in which nothing was said for a while, at a service that accepts all."""
    async with rude_server() as server:
        server.will(answers({"code": 100}))
        account = await Account.objects.acreate(name="Kind", base_url=server.url)
        session = await sync_to_async(connected)(account, alice, anna, seconds=600)
        long_ago = now() - timedelta(seconds=60)
        await Session.objects.aupdate(last_activity_at=long_ago)
        await sync_to_async(session.reread)()
        yield session


async def keep_alive(user: User, session: Session) -> Any:
    body = {"session_id": str(session.pk)}
    post = sync_to_async(client_of(user).post)
    return await post(KEEP_ALIVE, body, format="json")


async def last_activity(session: Session) -> datetime:
    await sync_to_async(session.reread)()
    return session.last_activity_at


async def test_an_operator_cannot_stay_for_the_viewer(quiet, carol, connect):
    before = quiet.last_activity_at
    operator = await connect(quiet.pk, carol)

    await operator.send_json_to({"type": "stay"})
    await beat(operator)

    assert await last_activity(quiet) == before


async def test_only_the_owners_programs_keep_a_session_alive(quiet, alice, bob, carol):
    before, lease = quiet.last_activity_at, quiet.lease_expires_at

    for other in (bob, carol):
        refused = await keep_alive(other, quiet)
        assert (refused.status_code, refused.json()["code"]) == (
            404,
            "session_not_found",
        )
    assert await last_activity(quiet) == before
    assert quiet.lease_expires_at == lease

    assert (await keep_alive(alice, quiet)).status_code == 200
    assert await last_activity(quiet) > before


async def test_nothing_keeps_a_session_alive_whose_viewer_is_lost(
    quiet, alice, carol, connect, settings
):
    settings.LEASE_GRACE_S = 0.3
    viewer, operator = await connect(quiet.pk, alice), await connect(quiet.pk, carol)
    await beat(viewer)
    await viewer.disconnect()

    await operator.send_json_to({"type": "stay"})
    await beat(operator)

    assert (await closed(quiet)).end_reason == EndReason.VIEWER_LOST
