"""An OpenAI-compatible server on a real port that streams, stalls and fails as told."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Behaviour = Callable[[web.Request, dict[str, Any]], Awaitable[web.StreamResponse]]


@dataclass
class ModelServer:
    """Answers each request with the next behaviour; the last one is repeated."""

    base_url: str = ""
    behaviours: list[Behaviour] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    #: Set when somebody has asked.
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    #: Set when a client has gone before the answer was complete.
    left_early: asyncio.Event = field(default_factory=asyncio.Event)

    def will(self, *behaviours: Behaviour) -> None:
        self.behaviours = list(behaviours)

    async def complete(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.bodies.append(body)
        self.headers.append(dict(request.headers))
        self.asked.set()
        several = len(self.behaviours) > 1
        behave = self.behaviours.pop(0) if several else self.behaviours[0]
        try:
            return await behave(request, body)
        except (ConnectionError, asyncio.CancelledError):
            self.left_early.set()
            raise


@asynccontextmanager
async def model_server() -> AsyncIterator[ModelServer]:
    server = ModelServer()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", server.complete)
    runner = web.AppRunner(
        app, handler_cancellation=True, shutdown_timeout=0.2, access_log=None
    )
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    server.base_url = f"http://127.0.0.1:{port}/v1"
    try:
        yield server
    finally:
        await runner.cleanup()


# Behaviours ---------------------------------------------------------------------------


def says(
    text: str | Callable[[dict[str, Any]], str],
    *,
    first_s: float = 0.0,
    per_token_s: float = 0.0,
    finish: str | None = "stop",
) -> Behaviour:
    """Write `text` word by word, as a model would; all at once when not asked to stream.

    The text may depend on the request.
    """

    async def behave(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        whole = text if isinstance(text, str) else text(body)
        due_s = asyncio.get_running_loop().time() + first_s
        tokens = re.findall(r"\s*\S+", whole)
        if not body.get("stream"):
            await asyncio.sleep(first_s + per_token_s * len(tokens))
            return web.json_response(_completion(whole))
        reply = await _open(request)
        for token in tokens:
            await asyncio.sleep(due_s - asyncio.get_running_loop().time())
            await reply.write(_chunk({"content": token}))
            due_s += per_token_s
        if finish:
            await reply.write(_chunk({}, finish))
            await reply.write(b"data: [DONE]\n\n")
        return reply

    return behave


def wants(*calls: tuple[str, str], before: str = "") -> Behaviour:
    """Have tools called, each a name and its arguments, which come in small pieces."""

    async def behave(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        reply = await says(before, finish=None)(request, body)
        for index, (name, arguments) in enumerate(calls):
            head = {"id": f"id{index}", "type": "function", "index": index}
            function = {"name": name, "arguments": ""}
            await reply.write(_chunk({"tool_calls": [head | {"function": function}]}))
            for start in range(0, len(arguments), 5):
                piece = {"arguments": arguments[start : start + 5]}
                call = {"index": index, "function": piece}
                await reply.write(_chunk({"tool_calls": [call]}))
        await reply.write(_chunk({}, "tool_calls"))
        await reply.write(b"data: [DONE]\n\n")
        return reply

    return behave


def knows_no_tools(behaviour: Behaviour) -> Behaviour:
    """Refuse a request with tools, as servers of plain models do."""

    async def behave(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        if "tools" not in body:
            return await behaviour(request, body)
        refusal = answers(400, {"error": {"message": "tools: unknown field"}})
        return await refusal(request, body)

    return behave


def says_then_hangs(text: str) -> Behaviour:
    async def behave(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        reply = await says(text, finish=None)(request, body)
        await asyncio.Event().wait()
        return reply

    return behave


def says_then_breaks(text: str) -> Behaviour:
    """The connection is gone in the middle of the stream."""

    async def behave(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        reply = await says(text, finish=None)(request, body)
        assert request.transport is not None
        request.transport.abort()
        return reply

    return behave


async def never_ends(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    reply = await _open(request)
    while True:
        await reply.write(_chunk({"content": "And so on. "}))
        await asyncio.sleep(0.005)


async def only_pings(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    reply = await _open(request)
    while True:
        await reply.write(b": still thinking\n\n")
        await asyncio.sleep(0.02)


def answers(status: int, body: Any, **headers: str) -> Behaviour:
    """A plain answer; `body` may be text or JSON."""

    async def behave(request: web.Request, asked: dict[str, Any]) -> web.StreamResponse:
        return web.Response(
            status=status,
            text=body if isinstance(body, str) else json.dumps(body),
            content_type="text/html" if isinstance(body, str) else "application/json",
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )

    return behave


def streams(*events: str, delta: dict[str, Any] | None = None) -> Behaviour:
    """Whatever these events are, as they are."""

    async def behave(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        reply = await _open(request)
        for event in events:
            await reply.write(f"data: {event}\n\n".encode())
        if delta is not None:
            await reply.write(_chunk(delta))
        return reply

    return behave


async def _open(request: web.Request) -> web.StreamResponse:
    reply = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await reply.prepare(request)
    return reply


def _completion(text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {
        "id": "c1",
        "object": "chat.completion",
        "model": "stub",
        "choices": [choice],
    }


def _chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {
        "id": "c1",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "stub",
        "choices": [choice],
    }
    return f"data: {json.dumps(chunk)}\n\n".encode()
