"""An OpenAI-compatible transcription server on a real port that keeps what it was sent."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass(frozen=True)
class Received:
    """One request: its file, its other fields, and how it was authorised."""

    audio: bytes = field(repr=False)
    file_name: str
    media_type: str
    fields: dict[str, str]
    authorization: str


@dataclass
class TranscriptionServer:
    """Answers after `takes_s` with `text`, which may depend on what was received."""

    base_url: str = ""
    takes_s: float = 0.0
    text: str | Callable[[Received], str] = "Who are you?"
    received: list[Received] = field(default_factory=list)
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(
        self, is_it: Callable[[Received], bool], *, timeout_s: float = 20.0
    ) -> None:
        """Return once something of the kind has been received."""
        async with asyncio.timeout(timeout_s):
            while not any(is_it(one) for one in self.received):
                self._came.clear()
                await self._came.wait()

    async def transcribe(self, request: web.Request) -> web.Response:
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        received = Received(
            audio=file.file.read(),
            file_name=file.filename,
            media_type=file.content_type,
            fields={name: str(form[name]) for name in form if name != "file"},
            authorization=request.headers.get("Authorization", ""),
        )
        self.received.append(received)
        self._came.set()
        await asyncio.sleep(self.takes_s)
        text = self.text if isinstance(self.text, str) else self.text(received)
        return web.json_response({"text": text})


@asynccontextmanager
async def transcription_server() -> AsyncIterator[TranscriptionServer]:
    server = TranscriptionServer()
    app = web.Application(client_max_size=32 * 1024 * 1024)
    app.router.add_post("/v1/audio/transcriptions", server.transcribe)
    runner = web.AppRunner(app, shutdown_timeout=0.2, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield server
    finally:
        await runner.cleanup()
