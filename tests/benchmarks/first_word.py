"""From a prompt to the first sound of the answer in Chromium: the old flow beside ours.

    python -m tests.benchmarks.first_word [--runs 12]

Portal, engine and browser are real and on this machine, and so is the model's server, which
takes 300 ms to its first token and then writes 50 a second. One page in one live session
asks the same question in two ways:

* old: what streaming demos do. The page has the whole answer written (`/openai/complete`),
  then hands it over as one text to repeat
* ours: the page's own "ask"; sentences are handed over as the model completes them

The clock runs in the page: from the call until the received sound is louder than silence.
"Own overhead" is what the portal adds to the model and the engine: from the request's
arrival at the model to the acceptance of the first piece by the avatar, less the time in
which the model wrote that piece and the word behind it (which makes it certain), less what
the engine takes to accept a text of that length.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Page

from tests.benchmarks.listening_page import HUSH, listening_page
from tests.benchmarks.machine import machine, p95
from tests.browser.chromium import AUTOPLAY, launched
from tests.chat.model_server import ModelServer, model_server, says
from tests.portal import Portal, start_portal

FIRST_TOKEN_S = 0.3
TOKENS_PER_S = 50
WARM_UPS = 2
NAME, PASSWORD = "bench", "a long and quiet evening"
PROMPT = "Tell me about the lighthouse."
SENTENCES = (
    "The lighthouse was first lit in the autumn of 1871, when most of the harbour still "
    "worked under sail.",
    "It stands thirty-four metres high and is built of grey granite that came by ship "
    "from the north.",
    "In clear weather its light could be seen from eighteen nautical miles away, and "
    "every keeper was proud of that.",
    "The lens weighs almost two tonnes, and yet you can turn it with a single finger "
    "because it floats.",
    "For a hundred years a keeper climbed the stairs each evening to wind the clockwork "
    "that moved it.",
    "On the night of the great storm he stayed up there for three days, because nobody "
    "could reach the door.",
    "Today a small motor does the work, and the keeper's rooms are a museum.",
    "If you have half an hour, go straight up to the lantern room and look around you.",
)
LENGTHS = (1, 3, 8)

# The old flow, which no page of ours has any more.
OLD_WAY = """
bench.post = async (path, body) => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token }
  return (await fetch(path, { method: "POST", headers, body: JSON.stringify(body) })).json()
}
bench.ways = {
  ours: (text) => bench.send({ type: "ask", text }),
  old: async (prompt) => {
    const { text } = await bench.post("/openai/complete", { prompt })
    await bench.post("/persona/heygen/text", { session_id: bench.session, text })
  },
}
"""

ASK = """
async ([way, prompt]) => {
  await bench.quiet()
  bench.frames.length = 0
  const began = performance.now()
  bench.ways[way](prompt)
  const heard = await bench.until(() => bench.loudness() > 0.01)
  return heard - began
}
"""

TOLD = """
async () => {
  await bench.until(() => bench.frames.some(({ type }) => type === "turn.timings"))
  const last = (type) => bench.frames.findLast((frame) => frame.type === type).data
  const [first] = bench.frames.filter(({ type }) => type === "chat.sentence")
  return { timings: last("turn.timings"), piece: first.data.text }
}
"""


@dataclass(frozen=True, slots=True)
class Runs:
    """Milliseconds of several runs of one way with answers of one length."""

    heard_ms: list[float]
    own_ms: list[float]


async def main(count: int) -> None:
    async with model_server() as model:
        with tempfile.TemporaryDirectory() as folder:
            starting = start_portal(
                Path(folder), OPENAI_BASE_URL=model.base_url, OPENAI_MODEL="stub"
            )
            portal = await asyncio.to_thread(starting.__enter__)
            try:
                await asyncio.to_thread(portal.make_staff, NAME, PASSWORD)
                await _measure(portal, model, count)
            finally:
                await asyncio.to_thread(starting.__exit__, None, None, None)


async def _measure(portal: Portal, model: ModelServer, count: int) -> None:
    async with launched(AUTOPLAY) as browser:
        page = await listening_page(browser, portal.url, NAME, PASSWORD)
        await page.evaluate(OLD_WAY)
        engine_ms = await _engine_ms(page, portal)
        _print_head(count, engine_ms)
        for length in LENGTHS:
            answer = " ".join(SENTENCES[:length])
            model.will(
                says(answer, first_s=FIRST_TOKEN_S, per_token_s=1 / TOKENS_PER_S)
            )
            old = await _run(page, "old", count, engine_ms)
            ours = await _run(page, "ours", count, engine_ms)
            _print_rows(length, old, ours)


async def _engine_ms(page: Page, portal: Portal) -> float:
    """How long the engine takes to accept a first piece, when asked directly."""
    headers = {"X-Api-Key": portal.engine.api_key}
    took_ms = []
    async with httpx.AsyncClient(base_url=portal.engine.url, headers=headers) as http:
        listed = (await http.get("/v1/streaming.list")).json()
        session_id = listed["data"]["sessions"][0]["session_id"]
        task = {"session_id": session_id, "text": SENTENCES[0], "task_mode": "async"}
        for _ in range(12):
            began_s = time.monotonic()
            answer = await http.post("/v1/streaming.task", json=task)
            answer.raise_for_status()
            took_ms.append((time.monotonic() - began_s) * 1000)
            await page.evaluate(HUSH)
    return statistics.median(took_ms[2:])


async def _run(page: Page, way: str, count: int, engine_ms: float) -> Runs:
    runs = Runs([], [])
    for number in range(WARM_UPS + count):
        heard_ms: float = await page.evaluate(ASK, [way, PROMPT])
        told = await page.evaluate(TOLD)
        await page.evaluate(HUSH)
        if number < WARM_UPS:
            continue
        runs.heard_ms.append(heard_ms)
        if way == "ours":
            runs.own_ms.append(_own_ms(told, engine_ms))
    return runs


def _own_ms(told: dict[str, Any], engine_ms: float) -> float:
    """What the portal added until its first piece was accepted."""
    words = len(told["piece"].split())
    model_ms = (FIRST_TOKEN_S + words / TOKENS_PER_S) * 1000
    return float(told["timings"]["accepted_ms"]) - model_ms - engine_ms


# Printing ---------------------------------------------------------------------------------


def _print_head(count: int, engine_ms: float) -> None:
    print(
        f"Prompt to first sound in Chromium, {count} runs after {WARM_UPS} to warm up"
    )
    print(machine())
    print(
        f"model: {FIRST_TOKEN_S * 1000:.0f} ms to the first token, {TOKENS_PER_S} tokens/s; "
        f"engine: accepts a first piece in {engine_ms:.1f} ms"
    )
    print()
    print(
        f"{'':12}{'old, ms':>18}{'ours, ms':>18}{'sooner':>10}{'own overhead, ms':>20}"
    )
    print(
        f"{'sentences':12}"
        + f"{'p50':>10}{'p95':>8}" * 2
        + f"{'':>10}{'p50':>12}{'p95':>8}"
    )


def _print_rows(length: int, old: Runs, ours: Runs) -> None:
    cells = [f"{length:<12}"]
    for runs in (old, ours):
        cells.append(
            f"{statistics.median(runs.heard_ms):10.0f}{p95(runs.heard_ms):8.0f}"
        )
    ratio = statistics.median(old.heard_ms) / statistics.median(ours.heard_ms)
    cells.append(f"{ratio:8.1f} x")
    cells.append(f"{statistics.median(ours.own_ms):12.1f}{p95(ours.own_ms):8.1f}")
    print("".join(cells), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=12)
    asyncio.run(main(parser.parse_args().runs))
