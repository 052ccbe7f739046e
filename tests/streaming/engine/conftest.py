"""The engine on a free port in the test's own process, and somebody who calls it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from streaming.engine.api import SESSIONS, STUDIO, create_app
from streaming.engine.faults import HEADER, FaultPlan
from streaming.engine.sessions import Sessions
from streaming.engine.studio import Studio
from tests.streaming.engine.virtual_clock import VirtualClock
from tests.wire_viewer import WireViewer

KEY = "key-of-the-test-account"


@dataclass
class Reply:
    """A status and the decoded body."""

    status: int
    body: dict[str, Any]
    headers: Any

    @property
    def data(self) -> Any:
        return self.body["data"]

    @property
    def failure(self) -> tuple[int, int]:
        """HTTP status and code of an error, whose message must be there."""
        assert self.body["message"]
        return self.status, self.body["code"]


@dataclass
class Caller:
    """Speaks the wire protocol to an engine, with the account's key unless told."""

    http: aiohttp.ClientSession
    headers: dict[str, str]

    async def post(self, call: str, **body: Any) -> Reply:
        return await self.send("POST", f"/v1/streaming.{call}", json=body)

    async def get(self, path: str) -> Reply:
        return await self.send("GET", path)

    async def send(self, method: str, path: str, **request: Any) -> Reply:
        request.setdefault("headers", self.headers)
        async with self.http.request(method, path, **request) as reply:
            return Reply(reply.status, await reply.json(), reply.headers)

    async def new(self, **body: Any) -> Any:
        reply = await self.post("new", **body)
        assert reply.status == 200, reply.body
        return reply.data

    async def start(self, session: Any, viewer: WireViewer) -> Reply:
        sdp = await viewer.answer(session["sdp"]["sdp"])
        return await self.post(
            "start",
            session_id=session["session_id"],
            sdp={"type": "answer", "sdp": sdp},
        )

    @asynccontextmanager
    async def watching(self, **body: Any) -> AsyncIterator[tuple[str, WireViewer]]:
        """A session whose pictures and sound arrive at a viewer."""
        session = await self.new(**{"quality": "low", **body})
        async with WireViewer() as viewer:
            reply = await self.start(session, viewer)
            assert reply.status == 200, reply.body
            await viewer.connected()
            yield session["session_id"], viewer

    def meeting(self, faults: str) -> "Caller":
        """The same caller, who asks for faults in every request."""
        return Caller(self.http, {**self.headers, HEADER: faults})

    def with_token(self, token: str) -> "Caller":
        return Caller(self.http, {"Authorization": f"Bearer {token}"})


@dataclass
class Engine:
    """An engine in this process, whose timers run on `clock`."""

    call: Caller
    clock: VirtualClock
    sessions: Sessions
    studio: Studio
    url: str


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
async def engine(clock: VirtualClock) -> AsyncIterator[Engine]:
    app = create_app(
        api_key=KEY, seats=3, clock=clock, faults=FaultPlan(takes_header=True)
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession(url) as http:
        call = Caller(http, {"X-Api-Key": KEY})
        yield Engine(call, clock, app[SESSIONS], app[STUDIO], url)
    await runner.cleanup()


@pytest.fixture
def call(engine: Engine) -> Caller:
    return engine.call
