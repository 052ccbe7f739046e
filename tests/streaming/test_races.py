"""Everybody comes at once: real web processes race for the seats of one account."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.engine_process import EngineProcess, start_engine
from tests.portal import SEATS, Portal, start_portal

WEBS = 4
USERS = 40
REQUESTS = 200
CREATE = "/persona/heygen/session/create"
#: For all of them together. On two cores it takes about a tenth of that.
ALL_ANSWERED_WITHIN_S = 60.0


@pytest.fixture
def lavish_engine() -> Iterator[EngineProcess]:
    """An upstream of nobody else's that would open a session for everyone."""
    with start_engine(seats=REQUESTS + 1, ENGINE_WARM="none") as engine:
        yield engine


@pytest.fixture(params=["postgres", "sqlite"])
def portal(
    request: pytest.FixtureRequest, tmp_path: Path, lavish_engine: EngineProcess
) -> Iterator[Portal]:
    """Four web processes before three seats."""
    settings = {"API_RATE": "100000/min"}
    if request.param == "postgres":
        server = request.getfixturevalue("postgres")
        settings["DATABASE_URL"] = server.fresh_database()
        settings["REDIS_URL"] = request.getfixturevalue("redis")
    with start_portal(
        tmp_path, engine=lavish_engine, web_count=WEBS, has_pages=False, **settings
    ) as portal:
        yield portal


async def create_at_once(
    portal: Portal, tokens: list[str], **body: Any
) -> list[httpx.Response]:
    """As many requests as `REQUESTS`, dealt out to users and processes; their answers."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(
        limits=limits, timeout=ALL_ANSWERED_WITHIN_S
    ) as client:

        def create(number: int) -> Awaitable[httpx.Response]:
            web = portal.webs[number % WEBS]
            # Not in step with the webs: each user is at every one of them.
            token = tokens[number // WEBS % USERS]
            headers = {"Authorization": f"Token {token}"}
            return client.post(web.url + CREATE, json=body, headers=headers)

        return await asyncio.gather(*(create(number) for number in range(REQUESTS)))


async def ever_upstream(engine: EngineProcess) -> list[str]:
    """The sessions that the engine has, and those that it ever had."""
    async with httpx.AsyncClient(base_url=engine.url, headers=engine.headers) as client:
        now = (await client.get("/v1/streaming.list")).json()["data"]["sessions"]
        before = (await client.get("/v2/streaming.list")).json()["data"]["data"]
    return [session["session_id"] for session in [*now, *before]]


async def test_two_hundred_at_once_get_three_seats_and_clear_refusals(portal):
    tokens = await asyncio.to_thread(
        portal.make_users, *[f"user-{number}" for number in range(USERS)]
    )

    answers = await create_at_once(portal, tokens, wait=False)

    assert Counter(
        (answer.status_code, answer.json().get("code")) for answer in answers
    ) == {(200, None): SEATS, (409, "no_seat"): REQUESTS - SEATS}
    opened = [
        answer.json()["data"]["session_id"] for answer in answers if answer.is_success
    ]
    assert len(set(opened)) == SEATS
    assert len(await ever_upstream(portal.engine)) == SEATS
