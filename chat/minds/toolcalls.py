"""What a model asks to have done, in the middle of an answer that it streams."""

import asyncio
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chat.minds.base import Tool
from config.errors import DomainError

logger = logging.getLogger(__name__)

#: More than this is a model that has lost its way.
MAX_CALLS = 8
MAX_ARGUMENTS_CHARS = 4_000
MAX_RESULT_CHARS = 8_000
TOOL_TIMEOUT_S = 5.0


@dataclass(slots=True)
class _Call:
    id: str = ""
    name: str = ""
    arguments: str = ""


class ToolCalls:
    """The calls of one answer, put together from the pieces in which they come."""

    def __init__(self) -> None:
        self._calls: dict[int, _Call] = {}

    def __bool__(self) -> bool:
        return bool(self._calls)

    def clear(self) -> None:
        self._calls.clear()

    def add(self, delta: Any) -> None:
        """Read one piece of the stream; anything that is not a call is passed over."""
        for index, piece in _pieces(delta):
            if index not in self._calls and len(self._calls) >= MAX_CALLS:
                continue
            call = self._calls.setdefault(index, _Call(id=f"call_{index}"))
            function = getattr(piece, "function", None)
            call.id = _text(piece, "id") or call.id
            call.name += _text(function, "name")
            call.arguments += _text(function, "arguments")
            call.arguments = call.arguments[: MAX_ARGUMENTS_CHARS + 1]

    async def answered(self, tools: Sequence[Tool]) -> list[dict[str, Any]]:
        """Do it all, one after the other; what the model is told of it, as messages."""
        calls = list(self._calls.values())
        by_name = {tool.name: tool for tool in tools}
        asked = {"role": "assistant", "tool_calls": [_as_param(c) for c in calls]}
        results = [
            {
                "role": "tool",
                "tool_call_id": call.id,
                "content": await _outcome(call, by_name.get(call.name)),
            }
            for call in calls
        ]
        return [asked, *results]


def offered(tools: Sequence[Tool]) -> list[dict[str, Any]]:
    """The tools as the chat completions API wants them described."""
    return [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": dict(tool.parameters),
            },
        }
        for tool in tools
    ]


async def _outcome(call: _Call, tool: Tool | None) -> str:
    """A tool that fails says so to the model, which goes on with its answer."""
    if tool is None:
        return "There is no such tool."
    arguments = _arguments(call.arguments)
    if arguments is None:
        return "The arguments must be one JSON object."
    try:
        async with asyncio.timeout(TOOL_TIMEOUT_S):
            return (await tool.run(arguments))[:MAX_RESULT_CHARS]
    except TimeoutError:
        return "It took too long."
    except DomainError as exc:
        return f"It failed: {exc}"
    except Exception:  # the edge between a model and our code
        logger.exception("The tool %s failed.", tool.name)
        return "It failed."


def _arguments(text: str) -> Mapping[str, Any] | None:
    if len(text) > MAX_ARGUMENTS_CHARS:
        return None
    try:
        arguments = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return None
    return arguments if isinstance(arguments, dict) else None


def _pieces(delta: Any) -> Iterator[tuple[int, Any]]:
    """The library does not check what it parses, so a piece may be anything."""
    pieces = getattr(delta, "tool_calls", None)
    for place, piece in enumerate(pieces if isinstance(pieces, list) else []):
        index = getattr(piece, "index", None)
        yield index if isinstance(index, int) else place, piece


def _text(holder: Any, name: str) -> str:
    value = getattr(holder, name, None)
    return value if isinstance(value, str) else ""


def _as_param(call: _Call) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments or "{}"}
    return {"id": call.id, "type": "function", "function": function}
