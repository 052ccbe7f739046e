"""A speech service like OpenAI's, with the engine's own voices behind it."""

import io
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import av
import numpy as np
from aiohttp import web

from streaming.engine.speech import Delivery, find_voice
from streaming.engine.speech.sound import RATE_HZ
from streaming.engine.speech.synthesis import synthesise

VOICES = {"nova": "en-gb+f3", "onyx": "en-gb"}


@dataclass
class SpeechServer:
    """Says what it is asked to, as bare samples or as a file."""

    url: str = ""
    key: str = ""
    sends: str = "pcm"
    asked: list[dict[str, Any]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            return web.json_response({"error": {"message": "bad key"}}, status=401)
        body = await request.json()
        self.asked.append(body)
        voice = find_voice(VOICES[body["voice"]])
        speech = synthesise(body["input"], voice, Delivery(body.get("speed", 1.0)))
        sound = np.ascontiguousarray(speech.pcm[::2])
        if self.sends == "wav":
            return web.Response(body=_wav(sound), content_type="audio/wav")
        if self.sends == "mp3":
            return web.Response(body=_mp3(sound), content_type="audio/mpeg")
        reply = web.StreamResponse(headers={"Content-Type": "audio/pcm"})
        await reply.prepare(request)
        for start in range(0, len(sound), 4001):  # samples are cut in two on the way
            await reply.write(sound.tobytes()[2 * start : 2 * start + 8002])
        await reply.write_eof()
        return reply


@asynccontextmanager
async def speech_server() -> AsyncIterator[SpeechServer]:
    server = SpeechServer()
    app = web.Application()
    app.router.add_post("/v1/audio/speech", server.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield server
    finally:
        await runner.cleanup()


def _wav(sound: "np.ndarray") -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ // 2)
        out.writeframes(sound.tobytes())
    return file.getvalue()


def _mp3(sound: "np.ndarray") -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as out:
        stream = out.add_stream("mp3", rate=RATE_HZ // 2)
        frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), "s16p", "mono")
        frame.sample_rate = RATE_HZ // 2
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            out.mux(packet)
    return file.getvalue()
