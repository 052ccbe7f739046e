"""A viewer in a process of its own, to be killed: `lone_viewer.py URL KEY`."""

import asyncio
import sys
from pathlib import Path

import aiohttp

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from tests.wire_viewer import WireViewer  # noqa: E402


async def watch(url: str, api_key: str) -> None:
    headers = {"X-Api-Key": api_key}
    async with aiohttp.ClientSession(url, headers=headers) as http:
        async with http.post("/v1/streaming.new", json={"quality": "low"}) as reply:
            session = (await reply.json())["data"]
        async with WireViewer() as viewer:
            sdp = await viewer.answer(session["sdp"]["sdp"])
            start = {
                "session_id": session["session_id"],
                "sdp": {"type": "answer", "sdp": sdp},
            }
            async with http.post("/v1/streaming.start", json=start) as reply:
                reply.raise_for_status()
            await viewer.connected()
            sys.stdout.write("connected\n")
            sys.stdout.flush()
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(watch(*sys.argv[1:3]))
