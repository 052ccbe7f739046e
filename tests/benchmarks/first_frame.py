"""How long from the click on "Talk to …" to the first picture, in Chromium.

    python -m tests.benchmarks.first_frame [--runs 20] [--quality medium]

Engine, portal and browser are real and on this machine. The clock runs in the page: from
the click event to the first `requestVideoFrameCallback` whose picture is not black in its
centre. The first runs warm the engine's pictures up and are not counted.
"""

import argparse
import asyncio
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from tests.benchmarks.machine import machine
from tests.browser.chromium import AUTOPLAY, launched
from tests.portal import start_portal

WARM_UPS = 3
NAME, PASSWORD = "bench", "a long and quiet evening"
STEPS = ("new", "start", "ice", "frame", "total")

# Notes when things happen, on the page's own clock; changes nothing of what the page does.
WATCH = """
window.bench = {}
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) {
    super(...given)
    this.addEventListener("iceconnectionstatechange", () => {
      if (this.iceConnectionState === "connected") bench.ice ??= performance.now()
    })
  }
}
addEventListener("click", ({ target, timeStamp }) => {
  if (!target.closest("[data-do=begin]")) return
  performance.clearResourceTimings()
  window.bench = { click: timeStamp }
  const video = document.querySelector("video")
  const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })
  bench.seen = new Promise((done) => {
    const look = (now, { width, height }) => {
      pixel.drawImage(video, width / 2, height / 2, 1, 1, 0, 0, 1, 1)
      const [red, green, blue] = pixel.getImageData(0, 0, 1, 1).data
      if (red + green + blue > 90) done(performance.now())
      else video.requestVideoFrameCallback(look)
    }
    video.requestVideoFrameCallback(look)
  })
}, true)
"""

READ = """
async () => {
  const { click, seen } = window.bench
  const frame = await seen
  const done = (path) => performance.getEntriesByType("resource")
    .find(({ name }) => name.endsWith(path)).responseEnd
  return {
    click,
    frame,
    ice: window.bench.ice,
    new: done("/session/create"),
    start: done("/session/start"),
  }
}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument(
        "--quality", choices=("low", "medium", "high"), default="medium"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, start_portal(Path(folder)) as portal:
        portal.make_staff(NAME, PASSWORD)
        runs = asyncio.run(measure(portal.url, options.runs, options.quality))
    report(runs, options.quality)


async def measure(url: str, count: int, quality: str) -> list[dict[str, float]]:
    """`count` runs, each as milliseconds per step."""
    async with launched(AUTOPLAY) as browser:
        page = await browser.new_page()
        await page.add_init_script(WATCH)
        await page.goto(f"{url}/accounts/login/?next=/studio/")
        await page.locator("[name=login]").fill(NAME)
        await page.locator("[name=password]").fill(PASSWORD)
        await page.locator("main [type=submit]").click()
        await page.locator("#voice option").nth(1).wait_for(state="attached")
        await page.locator("#quality").select_option(quality)
        runs = [await one_run(page) for _ in range(WARM_UPS + count)]
    return runs[WARM_UPS:]


async def one_run(page: Page) -> dict[str, float]:
    await page.locator("[data-do=begin]").click()
    await page.locator("avatar-stage[phase=live]").wait_for()
    at: dict[str, Any] = await page.evaluate(READ)
    await page.locator("[data-do=close]").click()
    await page.locator("avatar-stage[phase=ended]").wait_for()
    return {
        "new": at["new"] - at["click"],
        "start": at["start"] - at["new"],
        "ice": at["ice"] - at["new"],
        "frame": at["frame"] - max(at["ice"], at["start"]),
        "total": at["frame"] - at["click"],
    }


def report(runs: list[dict[str, float]], quality: str) -> None:
    meaning = {
        "new": "click to the avatar's offer (New)",
        "start": "offer to our answer accepted (Start)",
        "ice": "offer to ICE connected (overlaps Start)",
        "frame": "from the later of both to the first picture",
        "total": "click to the first picture",
    }
    print(machine())
    print(
        f"{len(runs)} runs after {WARM_UPS} to warm up, quality {quality}; milliseconds"
    )
    print(f"{'':46}{'p50':>8}{'p95':>8}{'max':>8}")
    for step in STEPS:
        values = sorted(run[step] for run in runs)
        p50, p95 = statistics.median(values), _percentile(values, 95)
        print(f"{meaning[step]:46}{p50:8.0f}{p95:8.0f}{values[-1]:8.0f}")


def _percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


if __name__ == "__main__":
    main()
