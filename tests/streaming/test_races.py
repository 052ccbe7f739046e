"""Everybody comes at once: real web processes race for the seats of one account."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.engine_process import EngineProcess, start_engine
from tests.portal import SEATS, Portal, Web, start_portal
from tests.prepared import prepared_database

WEBS = 4
USERS = 40
REQUESTS = 200
#: For the last of them. On two free cores that takes a tenth of it.
ANSWERED_WITHIN_S = 120.0

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def lavish_engine() -> Iterator[EngineProcess]:
    """An upstream of nobody else's that would open a session for everyone."""
    with start_engine(seats=REQUESTS + 1, ENGINE_WARM="none") as engine:
        yield engine


@pytest.fixture(params=["postgres", pytest.param("sqlite", marks=pytest.mark.nightly)])
def portal(
    request: pytest.FixtureRequest, tmp_path: Path, lavish_engine: EngineProcess
) -> Iterator[Portal]:
    """Four web processes before three seats."""
    settings = {"API_RATE": "100000/min"}
    if request.param == "postgres":
        server = request.getfixturevalue("postgres")
        settings["DATABASE_URL"] = prepared_database(server)
        settings["REDIS_URL"] = request.getfixturevalue("redis")
    with start_portal(
        tmp_path, engine=lavish_engine, web_count=WEBS, has_pages=False, **settings
    ) as portal:
        yield portal


@dataclass(frozen=True)
class Caller:
    """Who asks where, and whether they would wait."""

    web: Web
    token: str
    waits: bool

    async def create(self, http: httpx.AsyncClient) -> httpx.Response:
        return await self._post(http, "/session/create", {"wait": self.waits})

    async def claim(self, http: httpx.AsyncClient, session_id: str) -> httpx.Response:
        return await self._post(http, "/session/claim", {"session_id": session_id})

    async def _post(
        self, http: httpx.AsyncClient, path: str, body: dict[str, Any]
    ) -> httpx.Response:
        headers = {"Authorization": f"Token {self.token}"}
        url = f"{self.web.url}/persona/heygen{path}"
        return await http.post(url, json=body, headers=headers)


def callers(portal: Portal) -> list[Caller]:
    """As many as `REQUESTS`: each user calls at every process, and would wait at half."""
    tokens = portal.make_users(*[f"user-{number}" for number in range(USERS)])
    return [
        Caller(
            web=portal.webs[number % WEBS],
            token=tokens[number // WEBS % USERS],
            waits=(number + number // WEBS) % 2 == 0,
        )
        for number in range(REQUESTS)
    ]


async def ever_upstream(engine: EngineProcess) -> list[str]:
    """The sessions that the engine has, and those that it ever had."""
    async with httpx.AsyncClient(base_url=engine.url, headers=engine.headers) as client:
        now = (await client.get("/v1/streaming.list")).json()["data"]["sessions"]
        before = (await client.get("/v2/streaming.list")).json()["data"]["data"]
    return [session["session_id"] for session in [*now, *before]]


async def test_of_two_hundred_at_once_three_get_seats_and_the_others_a_place_or_word(
    portal,
):
    everybody = await asyncio.to_thread(callers, portal)
    # Each asks on a connection of its own: one kept may be closed just as it is used again.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(limits=limits, timeout=ANSWERED_WITHIN_S) as http:
        answers = await asyncio.gather(*(one.create(http) for one in everybody))
        asked = list(zip(everybody, answers, strict=True))
        tickets = {
            answer.json()["data"]["session_id"]: caller
            for caller, answer in asked
            if answer.status_code == 202
        }
        places = await asyncio.gather(
            *(caller.claim(http, ticket) for ticket, caller in tickets.items())
        )

    opened = [a.json()["data"]["session_id"] for a in answers if a.status_code == 200]
    assert len(set(opened)) == len(opened) == SEATS
    assert len(await ever_upstream(portal.engine)) == SEATS
    assert {
        (caller.waits, answer.status_code, answer.json().get("code"))
        for caller, answer in asked
        if answer.status_code != 200
    } == {(True, 202, None), (False, 409, "no_seat")}
    # One place for each, however often and wherever they asked, and no place for two.
    assert len({caller.token for caller in tickets.values()}) == len(tickets)
    assert {place.status_code for place in places} == {202}
    positions = sorted(place.json()["data"]["position"] for place in places)
    assert positions == list(range(1, len(tickets) + 1))
