"""An HTTP server that behaves as badly as it is told to, for tests of clients."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

Behaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class RudeServer:
    """Answers each request with the next behaviour; the last one is repeated."""

    url: str = ""
    behaviours: list[Behaviour] = field(default_factory=list)
    #: What was asked: (method, path, headers in lower case, JSON body, bytes or None).
    asked: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)
    #: How it lists its sessions, if not in turn; then being asked to is not counted.
    listing: Behaviour | None = None
    _heard: asyncio.Event = field(default_factory=asyncio.Event)

    def will(self, *behaviours: Behaviour) -> None:
        self.behaviours = list(behaviours)

    async def until_asked(self, count: int, *, timeout_s: float = 5.0) -> None:
        """Return once it has heard `count` requests."""
        async with asyncio.timeout(timeout_s):
            while len(self.asked) < count:
                self._heard.clear()
                await self._heard.wait()

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            request = await _read_request(reader)
            if self.listing and request[1].endswith("streaming.list"):
                await self.listing(writer)
                return
            self.asked.append(request)
            self._heard.set()
            await self._next()(writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client left, which some behaviours provoke; or the test is over
        finally:
            writer.close()

    def _next(self) -> Behaviour:
        if len(self.behaviours) > 1:
            return self.behaviours.pop(0)
        return self.behaviours[0]


@asynccontextmanager
async def rude_server() -> AsyncIterator[RudeServer]:
    rude = RudeServer()
    server = await asyncio.start_server(rude.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    rude.url = f"http://127.0.0.1:{port}"
    try:
        yield rude
    finally:
        server.close()


async def _read_request(
    reader: asyncio.StreamReader,
) -> tuple[str, str, dict[str, str], Any]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {
        name.lower(): value for name, _, value in (x.partition(": ") for x in lines)
    }
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return method, path, headers, _decoded(body) if body else None


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body


# Behaviours ---------------------------------------------------------------------------


def answers(body: Any, *, status: int = 200, **headers: str) -> Behaviour:
    """A proper answer; `body` may be any text, JSON or not."""
    content = (body if isinstance(body, str) else json.dumps(body)).encode()

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(_head(status, len(content), headers) + content)
        await writer.drain()

    return behave


def lists(*upstream_ids: str) -> Behaviour:
    """The service's list of its sessions."""
    rows = [{"session_id": name, "status": "connected"} for name in upstream_ids]
    return answers({"code": 100, "data": {"sessions": rows}})


async def says_nothing(writer: asyncio.StreamWriter) -> None:
    """Accepts, and never answers, until the client has had enough."""
    while not writer.is_closing():
        await asyncio.sleep(0.02)
        writer.write(b"")
        await writer.drain()


async def hangs_up(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def stops_in_the_middle(writer: asyncio.StreamWriter) -> None:
    writer.write(_head(200, 1000, {}) + b'{"code": 100, "da')
    await writer.drain()


async def never_ends(writer: asyncio.StreamWriter) -> None:
    """An answer without a length that goes on for ever."""
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while not writer.is_closing():
        writer.write(b" " * 65536)
        await writer.drain()


async def drips(writer: asyncio.StreamWriter) -> None:
    """A byte now and then: no single read is slow, the whole is."""
    writer.write(_head(200, 10_000, {}))
    while not writer.is_closing():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


def once(let: asyncio.Event, behaviour: Behaviour) -> Behaviour:
    """`behaviour`, but not before `let` is set."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        await let.wait()
        await behaviour(writer)

    return behave


def _head(status: int, length: int, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += ["Connection: close", "", ""]
    return "\r\n".join(lines).encode()
