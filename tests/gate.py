"""A gate before an avatar service, which lets through, holds or refuses what the portal asks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

ARRIVES_WITHIN_S = 60.0


@dataclass
class Hold:
    """What is to become of the calls to one address."""

    #: Whether the service hears of a call before it is held.
    service_hears: bool
    arrived: int = 0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def until_arrived(self, count: int = 1) -> None:
        """Return once so many calls are held."""
        async with asyncio.timeout(ARRIVES_WITHIN_S):
            while self.arrived < count:
                self._changed.clear()
                await self._changed.wait()

    async def keep(self) -> None:
        """Never returns; ends with its caller."""
        self.arrived += 1
        self._changed.set()
        await asyncio.Event().wait()


@dataclass
class Refusal:
    """One call to come that the service shall not hear of."""

    status: int
    body: object
    calls_left: int

    def is_due(self) -> bool:
        self.calls_left -= 1
        return self.calls_left == 0


class Gate:
    """Hands every call on to the service, and its answer back, unless told to hold them.

    A call that is held stays held until its caller has had enough, or is dead.
    """

    def __init__(self, service_url: str) -> None:
        self.url = ""
        self._service_url = service_url
        self._holds: dict[str, Hold] = {}
        self._refusals: dict[str, Refusal] = {}

    def hold(self, path: str, *, service_hears: bool = False) -> Hold:
        """Hold the calls to `path`; with `service_hears`, only their answers."""
        self._holds[path] = Hold(service_hears)
        return self._holds[path]

    def refuse(self, path: str, body: object, *, nth: int, status: int = 400) -> None:
        """Answer the `nth` call to `path` from now, counted from 1, with `body`."""
        self._refusals[path] = Refusal(status, body, nth)

    def hold_no_more(self, path: str) -> None:
        """Let what comes from now on pass; what is held stays held."""
        del self._holds[path]

    async def handle(self, request: web.Request) -> web.Response:
        refusal = self._refusals.get(request.path)
        if refusal and refusal.is_due():
            return web.json_response(refusal.body, status=refusal.status)
        hold = self._holds.get(request.path)
        if hold and not hold.service_hears:
            await hold.keep()
        answer = await self._ask_service(request)
        if hold and hold.service_hears:
            await hold.keep()
        return answer

    async def _ask_service(self, request: web.Request) -> web.Response:
        headers = {
            name: request.headers[name]
            for name in ("X-Api-Key", "Content-Type")
            if name in request.headers
        }
        try:
            async with (
                aiohttp.ClientSession(self._service_url) as service,
                service.request(
                    request.method,
                    request.path_qs,
                    headers=headers,
                    data=await request.read(),
                ) as answer,
            ):
                return web.Response(
                    status=answer.status,
                    body=await answer.read(),
                    content_type=answer.content_type,
                )
        except aiohttp.ClientConnectionError:
            return web.Response(status=502)


@asynccontextmanager
async def gate_before(service_url: str) -> AsyncIterator[Gate]:
    """Stand before the service until the block ends."""
    gate = Gate(service_url)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", gate.handle)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    gate.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield gate
    finally:
        await runner.cleanup()
