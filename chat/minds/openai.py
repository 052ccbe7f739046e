"""Any OpenAI-compatible server as a mind. Nothing of its library leaves this module."""

import asyncio
import logging
import ssl
import threading
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, cast

from chat.minds.base import (
    Message,
    ModelBadReply,
    ModelError,
    ModelRateLimited,
    ModelRefused,
    ModelTimeout,
    ModelUnauthorized,
    ModelUnreachable,
    Tool,
)
from chat.minds.toolcalls import ToolCalls, offered

if TYPE_CHECKING:  # it takes most of a second to import; see `loaded`
    import openai
    from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

logger = logging.getLogger(__name__)

DEFAULT_BASE_URL = "https://api.openai.com/v1"

#: One more try when the server could not be reached or failed before its first word. Not
#: the library's own retries: those would also sit out a rate limit in front of a viewer.
MAX_TRIES = 2
RETRY_PAUSE_S = 0.2

#: How often a model may have something done before it has to answer with what it has.
MAX_TOOL_ROUNDS = 3

#: About half an hour of speech: a model that never ends is ended here.
MAX_REPLY_CHARS = 24_000
_MAX_SAID_CHARS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAIMind:
    """One model on one server. The client is opened for each reply, and closed with it."""

    model: str
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    timeout_s: float = 30.0
    temperature: float | None = None
    writes_slowly: ClassVar[bool] = True
    knows_tools: ClassVar[bool] = True

    async def reply(
        self, messages: Sequence[Message], tools: Sequence[Tool] = ()
    ) -> AsyncGenerator[str, None]:
        """Stream the model's answer. Raises `ModelError`, also in the middle of it."""
        source = self._rounds(_as_params(messages), tools)
        async with aclosing(_read_ahead(source)) as deltas:
            async for delta in deltas:
                yield delta

    async def _rounds(
        self, params: list[dict[str, Any]], tools: Sequence[Tool]
    ) -> AsyncGenerator[str, None]:
        """Ask, do what the model wants done, and ask again with what came of it."""
        wrote, gap = False, ""
        for rounds_left in reversed(range(MAX_TOOL_ROUNDS + 1)):
            request = _Request(params, tools if rounds_left else ())
            async with aclosing(self._tries(request)) as deltas:
                async for delta in deltas:
                    yield gap + delta
                    wrote, gap = True, ""
            if not request.calls:
                return
            params = [*params, *await request.calls.answered(tools)]
            gap = " " if wrote else ""  # what comes next is a sentence of its own

    async def _tries(self, request: "_Request") -> AsyncGenerator[str, None]:
        begun = False
        for tries_left in reversed(range(MAX_TRIES)):
            try:
                async with aclosing(self._attempt(request)) as deltas:
                    async for delta in deltas:
                        begun = True
                        yield delta
                return
            except ModelRefused as exc:
                if begun or not tries_left or not request.tools:
                    raise
                logger.warning("The model may know no tools, trying without: %s.", exc)
                request.tools = ()
            except ModelError as exc:
                if begun or not tries_left or not exc.retryable:
                    raise
                logger.warning("The model failed, trying once more: %s.", exc.code)
            await asyncio.sleep(RETRY_PAUSE_S)

    async def _attempt(self, request: "_Request") -> AsyncGenerator[str, None]:
        total_chars, finish = 0, ""
        request.calls.clear()
        async with aclosing(self._chunks(request)) as chunks:
            async for chunk in chunks:
                for choice in _choices(chunk):
                    finish = str(getattr(choice, "finish_reason", None) or finish)
                    delta = getattr(choice, "delta", None)
                    request.calls.add(delta)
                    if text := _text(delta):
                        total_chars += len(text)
                        yield text
                if total_chars > MAX_REPLY_CHARS:
                    break
        if not request.calls:
            _check_ending(finish, total_chars)

    async def _chunks(
        self, request: "_Request"
    ) -> AsyncGenerator["ChatCompletionChunk", None]:
        await loaded()
        with _translated():
            async with self._client() as client:
                stream = await client.chat.completions.create(
                    model=self.model,
                    messages=cast("list[ChatCompletionMessageParam]", request.params),
                    stream=True,
                    extra_headers=self._headers(),
                    **self._options(request),
                )
                async with stream:
                    chunks = aiter(stream)
                    while chunk := await self._next(chunks):
                        yield chunk

    def _options(self, request: "_Request") -> dict[str, Any]:
        """Only what was asked for: many servers refuse what they do not know."""
        options: dict[str, Any] = {}
        if self.temperature is not None:
            options["temperature"] = self.temperature
        if request.tools:
            options["tools"] = offered(request.tools)
        return options

    async def _next(self, chunks: Any) -> "ChatCompletionChunk | None":
        """The next chunk, or None at the end; a stream of mere pings is no answer."""
        async with asyncio.timeout(self.timeout_s):
            chunk: ChatCompletionChunk | None = await anext(chunks, None)
        return chunk

    def _headers(self) -> "dict[str, str | openai.Omit] | None":
        """Many local servers need no key, and some refuse one that they do not know."""
        import openai

        return None if self.api_key else {"Authorization": openai.Omit()}

    def _client(self) -> "openai.AsyncOpenAI":
        import openai

        return openai.AsyncOpenAI(
            api_key=self.api_key or "none",
            base_url=self.base_url or DEFAULT_BASE_URL,
            timeout=self.timeout_s,
            max_retries=0,
            http_client=openai.DefaultAsyncHttpxClient(
                verify=_trust(), timeout=self.timeout_s
            ),
        )


@dataclass(slots=True)
class _Request:
    """One request, and what the answer to it wants done."""

    params: list[dict[str, Any]]
    tools: Sequence[Tool]
    calls: ToolCalls = field(default_factory=ToolCalls)


async def _read_ahead(source: AsyncGenerator[str, None]) -> AsyncGenerator[str, None]:
    """Pass `source` on, reading it in a task of its own.

    Closing a generator does not close those that it reads from, and the library has five
    of them below each other. Cancelled in the middle of a read, they all end in order.
    """
    come: asyncio.Queue[str | Exception | None] = asyncio.Queue()
    reading = asyncio.create_task(_read(source, come))
    try:
        while (item := await come.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield item
    finally:
        reading.cancel()
        await asyncio.wait([reading])


async def _read(
    source: AsyncGenerator[str, None], come: asyncio.Queue[str | Exception | None]
) -> None:
    try:
        async with aclosing(source):
            async for item in source:
                come.put_nowait(item)
    except Exception as exc:  # for whoever reads at the other end
        come.put_nowait(exc)
    else:
        come.put_nowait(None)


async def loaded() -> None:
    """Have the library imported, without holding up everybody else meanwhile.

    The import and a client's first use take a second or more; whoever expects questions
    calls this ahead of them.
    """
    if not _is_loaded.is_set():
        await asyncio.to_thread(_load)


_is_loaded = threading.Event()


def _load() -> None:
    client = OpenAIMind(model="")._client()
    _ = client.chat.completions  # imported on first use, too
    _is_loaded.set()


@cache
def _trust() -> ssl.SSLContext:
    """Made once: reading the trust store costs 15 ms, more than all else before a call."""
    return ssl.create_default_context()


def _as_params(messages: Sequence[Message]) -> list[dict[str, Any]]:
    return [{"role": message.role, "content": message.text} for message in messages]


def _choices(chunk: Any) -> list[Any]:
    """The library does not check what it parses, so a chunk may be anything."""
    choices = getattr(chunk, "choices", None)
    return choices if isinstance(choices, list) else []


def _text(delta: Any) -> str:
    refusal = getattr(delta, "refusal", None)
    if refusal:
        raise ModelRefused("The model declined to answer.", said=str(refusal))
    content = getattr(delta, "content", None)
    if not isinstance(content, str):
        return ""
    return content.replace("\0", "")  # a letter that PostgreSQL cannot keep


def _check_ending(finish: str, total_chars: int) -> None:
    """An answer that is empty, filtered or broken off is not one to pass over in silence."""
    if finish == "content_filter":
        raise ModelRefused("The model's provider filtered the answer.", said=finish)
    if not total_chars:
        raise ModelBadReply("The model's answer had no text.", said=finish)
    if not finish and total_chars <= MAX_REPLY_CHARS:
        raise ModelBadReply("The model's answer broke off.")


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what the library raises into our own errors."""
    import openai

    try:
        yield
    except openai.APIStatusError as exc:
        raise _from_status(exc) from exc
    except (openai.APITimeoutError, TimeoutError) as exc:
        raise ModelTimeout("The model did not answer in time.") from exc
    except openai.APIConnectionError as exc:
        cause = exc.__cause__ or exc
        raise ModelUnreachable(
            "The connection to the model failed.", said=_short(str(cause))
        ) from exc
    except openai.APIError as exc:  # sent inside the stream
        raise ModelBadReply(
            "The model reported an error.", said=_short(exc.message)
        ) from exc
    except (openai.OpenAIError, ValueError) as exc:
        raise ModelBadReply("The model's answer is not what we know.") from exc


def _from_status(exc: "openai.APIStatusError") -> ModelError:
    status, said = exc.status_code, _provider_words(exc)
    if status in (401, 403):
        return ModelUnauthorized("The model's provider refused our key.", said=said)
    if status == 429:
        return ModelRateLimited(
            "The model's provider asks us to slow down.",
            said=said,
            retry_after_s=_retry_after_s(exc.response.headers.get("Retry-After", "")),
        )
    if status in (408, 504):
        return ModelTimeout("The model did not answer in time.", said=said)
    if status >= 500:
        return ModelUnreachable(f"The model's server failed ({status}).", said=said)
    return ModelRefused(f"The model refused the request ({status}).", said=said)


def _provider_words(exc: "openai.APIStatusError") -> str:
    body = exc.body
    if isinstance(body, dict) and isinstance(body.get("message"), str):
        return _short(body["message"])
    return _short(body if isinstance(body, str) else str(body or ""))


def _retry_after_s(header: str) -> float | None:
    """The header holds seconds or a date; anything else is no help."""
    if header.replace(".", "", 1).isdecimal():
        return float(header)
    try:
        at = parsedate_to_datetime(header).astimezone(UTC)
    except ValueError:
        return None
    return max(0.0, (at - datetime.now(UTC)).total_seconds())


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MAX_SAID_CHARS else text[: _MAX_SAID_CHARS - 1] + "…"
