"""From a click on Interrupt to silence, in Chromium.

    python -m tests.benchmarks.interrupt [--runs 50]

Portal, engine and browser are real and on this machine. "Muted" is when the page plays
nothing any more, "silent" when nothing comes any more from the engine, which is heard
beside the muting. Speech is interrupted in the middle, at a moment that differs from run
to run.
"""

import argparse
import asyncio
import statistics
import tempfile
from pathlib import Path

from playwright.async_api import Page

from tests.benchmarks.listening_page import listening_page
from tests.benchmarks.machine import machine, p95
from tests.browser.chromium import AUTOPLAY, launched
from tests.portal import start_portal

WARM_UPS = 2
NAME, PASSWORD = "bench", "a long and quiet evening"
SPEECH = (
    "There is no full stop in this sentence until its very end, since it goes on and on "
    "and on, and everybody who hears it may well wonder how long somebody can speak "
    "without a breath, and whether there is anything that would make them stop."
)

# As often as the portal lets one viewer speak: more would be refused.
EVERY_MS = 2_100

SPEAK = """
async ([text, intoMs, everyMs]) => {
  await new Promise((done) => setTimeout(done, everyMs))
  bench.send({ type: "say", text })
  const began = await bench.until(() => bench.loudness() > 0.01)
  await bench.until(() => performance.now() - began > intoMs && bench.loudness() > 0.01)
  const button = document.querySelector("[data-do=interrupt]")
  const video = document.querySelector("video")
  const clicked = performance.now()
  button.click()
  const muted = bench.until(() => video.muted || video.volume === 0)
  const silent = await bench.quiet()
  return { muted: (await muted) - clicked, silent: Math.max(0, silent - clicked) }
}
"""


async def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder, start_portal(Path(folder)) as portal:
        portal.make_staff(NAME, PASSWORD)
        async with launched(AUTOPLAY) as browser:
            page = await listening_page(browser, portal.url, NAME, PASSWORD)
            runs = [await _run(page, n) for n in range(WARM_UPS + count)][WARM_UPS:]
    _print(runs)


async def _run(page: Page, number: int) -> dict[str, float]:
    into_ms = 400 + 37 * (number % 20)
    ran: dict[str, float] = await page.evaluate(SPEAK, [SPEECH, into_ms, EVERY_MS])
    return ran


def _print(runs: list[dict[str, float]]) -> None:
    print(f"Interrupt to silence in Chromium, {len(runs)} runs")
    print(machine())
    for name in ("muted", "silent"):
        values = [run[name] for run in runs]
        print(
            f"{name:8} p50 {statistics.median(values):6.0f} ms   p95 {p95(values):6.0f} ms"
            f"   longest {max(values):6.0f} ms"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    asyncio.run(main(parser.parse_args().runs))
