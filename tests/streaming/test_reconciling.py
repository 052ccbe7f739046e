"""Our sessions against upstream's list, in both directions."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.core.management import call_command

from streaming import services, tasks
from streaming.models import Account, EndReason, Session, State
from streaming.providers import provider_for
from streaming.providers.base import StreamWish
from streaming.services.reconciling import Reconciled, reconcile, reconcile_account
from tests.conftest import ENGINE_KEY
from tests.engine_process import start_engine
from tests.rude_server import Behaviour, RudeServer, answers, rude_server

pytestmark = pytest.mark.django_db(transaction=True)


async def open_session(owner, persona) -> Session:
    opened = await services.open_session(
        owner=owner, persona=persona, wish=StreamWish()
    )
    return opened.session


async def upstream_ids(account: Account) -> set[str]:
    async with provider_for(account) as provider:
        return {session.upstream_id for session in await provider.sessions()}


async def open_elsewhere(account: Account) -> str:
    """A session at the service that this portal knows nothing of."""
    async with provider_for(account) as provider:
        return (await provider.open_stream(StreamWish())).upstream_id


async def reread(session: Session) -> Session:
    await sync_to_async(session.reread)()
    return session


@pytest.fixture
async def own_engine(transactional_db) -> AsyncIterator[Account]:
    """An engine that no other test has sessions at."""
    with start_engine(seats=5, api_key=ENGINE_KEY, ENGINE_WARM="none") as engine:
        yield await Account.objects.acreate(
            name="Own", base_url=engine.url, api_key=ENGINE_KEY, seat_limit=3
        )


@pytest.fixture
async def rude(transactional_db) -> AsyncIterator[RudeServer]:
    async with rude_server() as server:
        await Account.objects.acreate(name="Rude", base_url=server.url, api_key="x")
        yield server


def listing(*upstream_ids: str) -> Behaviour:
    rows = [{"session_id": name, "status": "connected"} for name in upstream_ids]
    return answers({"code": 100, "data": {"sessions": rows}})


async def known_session(alice, *, state: str = State.LIVE, name: str = "up-1"):
    from datetime import timedelta

    from django.utils.timezone import now

    account = await Account.objects.aget()
    later = now() + timedelta(hours=1)
    return await Session.objects.acreate(
        account=account,
        seat=1,
        owner=alice,
        state=state,
        upstream_id=name,
        lease_expires_at=later,
        ends_at=later,
        ended_at=later if state == State.CLOSED else None,
        opening_until=later,
    )


async def test_what_upstream_ended_by_itself_is_ended_here(own_engine, alice, anna):
    gone, stays = await open_session(alice, anna), await open_session(alice, anna)
    async with provider_for(own_engine) as provider:
        await provider.stop(gone.upstream_id)

    assert await reconcile() == [Reconciled(account="Own", ended_here=1)]

    await reread(gone)
    await reread(stays)
    assert (gone.state, gone.end_reason) == (State.FAILED, EndReason.UPSTREAM_ENDED)
    assert stays.state == State.READY


async def test_an_engine_that_was_killed_costs_no_seat(transactional_db, alice, anna):
    with start_engine(seats=3, api_key=ENGINE_KEY, ENGINE_WARM="none") as first:
        account = await Account.objects.acreate(
            name="Own", base_url=first.url, api_key=ENGINE_KEY, seat_limit=3
        )
        for _ in range(3):
            await open_session(alice, anna)
        first.process.kill()
        first.process.wait()

        [away] = await reconcile()
        assert "cannot be reached" in away.problem
        assert await Session.objects.open().acount() == 3

    with start_engine(seats=3, api_key=ENGINE_KEY, ENGINE_WARM="none") as again:
        await Account.objects.aupdate(base_url=again.url)
        assert await reconcile() == [Reconciled(account="Own", ended_here=3)]
        assert await sync_to_async(account.taken_seats)() == set()
        await open_session(alice, anna)


async def test_what_we_ended_and_upstream_still_has_is_stopped_there(
    own_engine, alice, anna
):
    session = await open_session(alice, anna)
    await Session.objects.aupdate(state=State.CLOSED, ended_at=session.created_at)

    assert await reconcile() == [Reconciled(account="Own", stopped_there=1)]

    assert await upstream_ids(own_engine) == set()


async def test_a_stranger_on_an_exclusive_account_is_stopped(own_engine, alice, anna):
    await Account.objects.aupdate(is_exclusive=True)
    ours = await open_session(alice, anna)
    await open_elsewhere(own_engine)

    assert await reconcile() == [Reconciled(account="Own", stopped_there=1)]

    assert await upstream_ids(own_engine) == {ours.upstream_id}


async def test_a_stranger_on_a_shared_account_is_counted_and_left_alone(
    own_engine, alice
):
    stranger = await open_elsewhere(own_engine)

    assert await reconcile() == [Reconciled(account="Own", foreign=1)]
    await own_engine.arefresh_from_db()
    assert own_engine.foreign_sessions == 1
    assert await upstream_ids(own_engine) == {stranger}

    async with provider_for(own_engine) as provider:
        await provider.stop(stranger)
    await reconcile()
    await own_engine.arefresh_from_db()
    assert own_engine.foreign_sessions == 0


@pytest.mark.parametrize("state", [State.OPENING, State.CLOSING])
async def test_while_one_is_being_opened_nobody_counts_as_a_stranger(
    rude, alice, state
):
    await Account.objects.aupdate(is_exclusive=True)
    await known_session(alice, state=state, name="")
    rude.will(listing("perhaps-ours"))

    assert await reconcile() == [Reconciled(account="Rude")]

    assert [path for _, path, _, _ in rude.asked] == ["/v1/streaming.list"]


async def test_one_that_is_opened_while_upstream_lists_is_not_missing(rude, alice):
    opened = []

    async def lists_late(writer: asyncio.StreamWriter) -> None:
        opened.append(await known_session(alice))
        await listing()(writer)

    rude.will(lists_late)

    assert await reconcile() == [Reconciled(account="Rude")]
    assert (await reread(opened[0])).state == State.LIVE


async def test_a_list_that_shows_the_dead_harms_nobody(rude, alice):
    await known_session(alice, state=State.CLOSED)
    denied = {"code": 400004, "message": "Session does not exist. SessionID: up-1"}
    rude.will(listing("up-1"), answers(denied, status=400))

    [outcome] = await reconcile()

    assert outcome.problem == ""
    assert [path for _, path, _, _ in rude.asked][-1] == "/v1/streaming.stop"


@pytest.mark.parametrize(
    "behaviour",
    [
        answers("<html>", status=502),
        answers({"code": 400112, "message": "Unauthorized"}, status=401),
        answers("not JSON"),
        answers({"code": 100, "data": {"sessions": [{"no": "id"}]}}),
    ],
    ids=["away", "key refused", "not JSON", "rows without a name"],
)
async def test_a_service_that_cannot_be_asked_changes_nothing(rude, alice, behaviour):
    session = await known_session(alice)
    rude.will(behaviour)

    [outcome] = await reconcile()

    assert outcome.problem
    assert (await reread(session)).state == State.LIVE


async def test_two_at_once_are_harmless(own_engine, alice, anna):
    session = await open_session(alice, anna)
    async with provider_for(own_engine) as provider:
        await provider.stop(session.upstream_id)

    await asyncio.gather(*(reconcile_account(own_engine) for _ in range(2)))

    await reread(session)
    endings = session.events.filter(data__to=State.FAILED)
    assert await endings.acount() == 1


async def test_an_account_that_was_switched_off_is_still_compared(rude, alice):
    session = await known_session(alice)
    await Account.objects.aupdate(is_enabled=False)
    rude.will(listing())

    await reconcile()

    assert (await reread(session)).end_reason == EndReason.UPSTREAM_ENDED


def test_the_worker_and_the_command_reconcile(dead_account, capsys):
    async_to_sync(reconcile)()

    tasks.reconcile_sessions.call_local()
    call_command("reconcile")

    said = capsys.readouterr().out
    assert "Ended 0 that had lost" in said
    assert "Nobody: The avatar service cannot be reached." in said
