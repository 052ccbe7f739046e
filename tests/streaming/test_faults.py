"""What is killed with SIGKILL, and how soon every seat is right again.

Right is: what upstream lists is what holds a seat here, and whoever comes next is served.
The processes are real and nobody tidies up after them but those that go on, or come next.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.engine_process import EngineProcess, start_engine
from tests.gate import Gate, gate_before
from tests.portal import SEATS, Portal, Web, start_portal
from tests.prepared import prepared_database
from tests.services.postgres import Postgres
from tests.services.processes import Server
from tests.wire_viewer import WireViewer

pytestmark = pytest.mark.timeout(240)

HEYGEN = "/persona/heygen"
OPEN_TIMEOUT_S = 3
FINE_IN_A_ROW = 50
_POLL_S = 0.1

# By when all is right again: how long it takes by the rules, and some for a busy machine.
_BUSY_S = 30.0
#: Nobody can say how a try ended whose process is dead. It counts until its time is up and
#: five seconds more; then the next visitor's sweep asks upstream what there is.
OPENING_FREED_WITHIN_S = OPEN_TIMEOUT_S + 5 + _BUSY_S
#: A stop that may be under way is tried again after ten seconds.
SWEEP_RESUMED_WITHIN_S = 10 + _BUSY_S
#: A worker compares with what upstream has when it starts, which takes it three seconds.
COMPARED_WITHIN_S = 3 + _BUSY_S
#: Whoever takes a connection that the old server had finds it dead and makes a new one;
#: then come `FINE_IN_A_ROW` answers.
DATABASE_BACK_WITHIN_S = 5 + _BUSY_S


@dataclass
class Visitor:
    """Somebody's program at one web process."""

    web: Web
    http: httpx.AsyncClient

    async def post(self, path: str, **body: Any) -> httpx.Response:
        return await self.http.post(self.web.url + HEYGEN + path, json=body)

    async def create(self) -> httpx.Response:
        return await self.post("/session/create", wait=False)

    async def stop(self, session_id: str) -> httpx.Response:
        return await self.post("/session/stop", session_id=session_id)

    async def until_seated(self, *, within_s: float) -> None:
        """Knock until there is a seat; meanwhile all are taken."""
        async with asyncio.timeout(within_s):
            while (answer := await self.create()).status_code != 200:
                assert answer.json()["code"] == "no_seat"
                await asyncio.sleep(_POLL_S)


@asynccontextmanager
async def visitors(portal: Portal, *webs: Web) -> AsyncIterator[list[Visitor]]:
    """Somebody new at each of these."""
    names = [f"visitor-{number}" for number in range(len(webs))]
    tokens = await asyncio.to_thread(portal.make_users, *names)
    clients = [
        httpx.AsyncClient(headers={"Authorization": f"Token {token}"}, timeout=60)
        for token in tokens
    ]
    try:
        yield [Visitor(web, client) for web, client in zip(webs, clients, strict=True)]
    finally:
        await asyncio.gather(*(client.aclose() for client in clients))


@pytest.fixture
def at_scale(postgres: Postgres, redis: str) -> dict[str, str]:
    """As it runs at scale, and not more patient than a test can be."""
    return {
        "DATABASE_URL": prepared_database(postgres),
        "REDIS_URL": redis,
        "ENGINE_EXCLUSIVE": "true",
        "UPSTREAM_OPEN_TIMEOUT_S": str(OPEN_TIMEOUT_S),
        "API_RATE": "100000/min",
    }


@pytest.fixture
def engine() -> Iterator[EngineProcess]:
    """An upstream that counts nothing for us, and that nobody else uses."""
    with start_engine(seats=100, ENGINE_WARM="none") as engine:
        yield engine


@pytest.fixture
async def gate(engine: EngineProcess) -> AsyncIterator[Gate]:
    async with gate_before(engine.url) as gate:
        yield gate


async def listed(engine: EngineProcess) -> list[str]:
    """What upstream has."""
    async with httpx.AsyncClient(base_url=engine.url, headers=engine.headers) as client:
        answer = await client.get("/v1/streaming.list")
    return sorted(row["session_id"] for row in answer.json()["data"]["sessions"])


def seated(portal: Portal) -> list[str]:
    """What holds a seat here, by upstream's names: all that has not ended."""
    rows = portal.rows(
        "SELECT upstream_id FROM streaming_session"
        " WHERE state NOT IN ('waiting', 'closed', 'failed') ORDER BY upstream_id"
    )
    return [upstream_id for (upstream_id,) in rows]


def states(portal: Portal) -> list[str]:
    """How sessions stand that have not ended."""
    rows = portal.rows(
        "SELECT state FROM streaming_session WHERE state NOT IN ('closed', 'failed')"
    )
    return [state for (state,) in rows]


@pytest.mark.parametrize(
    "stream_exists", [False, True], ids=["no stream", "a stream nobody was told of"]
)
async def test_a_web_process_killed_while_it_opens_leaves_no_seat_taken(
    engine, gate, at_scale, tmp_path, stream_exists
):
    at_scale |= {"ENGINE_URL": gate.url, "ENGINE_SEATS": "1"}
    with start_portal(
        tmp_path, engine=engine, web_count=2, has_pages=False, **at_scale
    ) as portal:
        async with visitors(portal, *portal.webs) as (first, second):
            hold = gate.hold("/v1/streaming.new", service_hears=stream_exists)
            opening = asyncio.create_task(first.create())
            await hold.until_arrived()
            gate.hold_no_more("/v1/streaming.new")

            first.web.server.kill()

            with pytest.raises(httpx.TransportError):
                await opening
            assert len(await listed(engine)) == int(stream_exists)
            await second.until_seated(within_s=OPENING_FREED_WITHIN_S)
            assert await listed(engine) == seated(portal)


async def test_a_worker_killed_while_it_sweeps_leaves_no_seat_taken(
    engine, gate, at_scale, tmp_path
):
    at_scale |= {"ENGINE_URL": gate.url, "LEASE_REST_S": "3"}
    with start_portal(tmp_path, engine=engine, has_pages=False, **at_scale) as portal:
        async with visitors(portal, *portal.webs * 4) as (*three, fourth):
            # At once, because whoever comes later sweeps what is lost by then.
            answers = await asyncio.gather(*(visitor.create() for visitor in three))
            assert [answer.status_code for answer in answers] == [200] * SEATS
            await until_lost(portal)
            hold = gate.hold("/v1/streaming.stop")
            with portal.worker() as worker:
                await hold.until_arrived(SEATS)
                gate.hold_no_more("/v1/streaming.stop")

                worker.kill()

            assert len(seated(portal)) == SEATS
            await fourth.until_seated(within_s=SWEEP_RESUMED_WITHIN_S)
            assert await listed(engine) == seated(portal)


async def until_lost(portal: Portal) -> None:
    """Return once no session has a lease any more."""
    leases = "SELECT 1 FROM streaming_session WHERE lease_expires_at > now()"
    while portal.rows(leases):  # noqa: ASYNC110  (another process's)
        await asyncio.sleep(_POLL_S)


async def test_an_engine_killed_with_live_sessions_leaves_no_seat_taken(
    engine, at_scale, tmp_path
):
    with start_portal(tmp_path, engine=engine, has_pages=False, **at_scale) as portal:
        async with (
            visitors(portal, *portal.webs * (SEATS + 1)) as (*three, fourth),
            AsyncExitStack() as streams,
        ):
            for visitor in three:
                await streams.enter_async_context(talking(visitor))
            assert states(portal) == ["live"] * SEATS

            engine.process.kill()

            port = httpx.URL(engine.url).port
            with (
                start_engine(seats=100, port=port or 0, ENGINE_WARM="none"),
                portal.worker(),
            ):
                await fourth.until_seated(within_s=COMPARED_WITHIN_S)
                assert await listed(engine) == seated(portal)


@asynccontextmanager
async def talking(visitor: Visitor) -> AsyncIterator[None]:
    """A live session of theirs, whose avatar has been heard."""
    opened = (await visitor.create()).json()["data"]
    async with WireViewer() as viewer:
        session_id, sdp = opened["session_id"], opened["sdp"]["sdp"]
        answer = await viewer.answer(sdp)
        await visitor.post("/session/start", session_id=session_id, sdp=answer)
        await viewer.connected()
        await visitor.post("/text", session_id=session_id, text="Good evening.")
        await viewer.heard()
        yield


async def test_a_database_killed_under_load_leaves_no_seat_taken(
    engine, at_scale, postgres, tmp_path
):
    # Whom the outage kept from leaving is gone all the same.
    at_scale |= {"LEASE_REST_S": "2"}
    with start_portal(
        tmp_path, engine=engine, web_count=2, has_pages=False, **at_scale
    ) as portal:
        async with visitors(portal, *portal.webs * 4) as crowd:
            with portal.worker() as worker:
                async with Load.of(crowd) as load:
                    await load.until_fine(within_s=DATABASE_BACK_WITHIN_S)

                    await asyncio.to_thread(postgres.restart)

                    await load.until_fine(within_s=DATABASE_BACK_WITHIN_S)
                await until_it_works(portal, worker, within_s=DATABASE_BACK_WITHIN_S)
            await until_empty(portal, engine, crowd[0], within_s=OPENING_FREED_WITHIN_S)


@dataclass
class Load:
    """People who come and go without a pause, and the statuses of the answers they get."""

    statuses: list[int] = field(default_factory=list)
    _answered: asyncio.Condition = field(default_factory=asyncio.Condition)

    @classmethod
    @asynccontextmanager
    async def of(cls, crowd: list[Visitor]) -> AsyncIterator["Load"]:
        load = cls()
        coming = [asyncio.create_task(load._come_and_go(one)) for one in crowd]
        try:
            yield load
        finally:
            for task in coming:
                task.cancel()
            await asyncio.gather(*coming, return_exceptions=True)

    async def until_fine(self, *, within_s: float) -> None:
        """Return when from now on so many answers in a row are no mistake of ours."""
        self.statuses.clear()

        def is_fine() -> bool:
            last = self.statuses[-FINE_IN_A_ROW:]
            return len(last) == FINE_IN_A_ROW and 500 not in last

        await self._until(is_fine, within_s)

    async def _until(self, condition: Callable[[], bool], within_s: float) -> None:
        async with asyncio.timeout(within_s), self._answered:
            await self._answered.wait_for(condition)

    async def _come_and_go(self, visitor: Visitor) -> None:
        while True:
            answer = await visitor.create()
            await self._note(answer)
            if answer.is_success:
                session_id = answer.json()["data"]["session_id"]
                await self._note(await visitor.stop(session_id))

    async def _note(self, answer: httpx.Response) -> None:
        async with self._answered:
            self.statuses.append(answer.status_code)
            self._answered.notify_all()


async def until_it_works(portal: Portal, worker: Server, *, within_s: float) -> None:
    """Give the worker something to do, and return when it has done it."""
    before = worker.log.read_text().count(" executed in ")
    sweep = "from streaming.tasks import sweep_sessions; sweep_sessions()"
    await asyncio.to_thread(portal.manage, "shell", "-v", "0", "-c", sweep)
    async with asyncio.timeout(within_s):
        while worker.log.read_text().count(" executed in ") == before:  # noqa: ASYNC110
            await asyncio.sleep(_POLL_S)


async def until_empty(
    portal: Portal, engine: EngineProcess, visitor: Visitor, *, within_s: float
) -> None:
    """Return when neither side has a session, while a visitor looks in."""
    async with asyncio.timeout(within_s):
        while seated(portal) or await listed(engine):
            answer = await visitor.create()
            if answer.is_success:
                await visitor.stop(answer.json()["data"]["session_id"])
            await asyncio.sleep(_POLL_S)
