"""How long a seat takes from one viewer to the next: the offer, and their first picture.

    python -m tests.benchmarks.hand_over [runs]

Engine, portal and browser are real and on this machine; no worker runs. All seats are
taken; one person talks, another waits in a page of their own. The clock starts when the
first presses Close. It notes when the offer is on the waiting page, and, that page's key
being pressed at once, its first picture. Then they change places.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.async_api import Browser, Page

from tests.benchmarks.machine import machine
from tests.browser.chromium import AUTOPLAY, launched
from tests.engine_process import start_engine
from tests.portal import start_portal

PASSWORD = "a long and quiet evening"
WARM_UPS = 1

# In the page, since each look from outside takes milliseconds of its own.
TAKE_AT_ONCE = """
() => new Promise((done) => {
  const stage = document.querySelector("avatar-stage")
  const at = {}
  const look = () => {
    const phase = stage.getAttribute("phase")
    if (phase === "offered" && !at.offer) {
      requestAnimationFrame(() => {
        at.offer = Date.now()
        document.querySelector("[data-do=take]").click()
      })
    }
    if (phase === "live") done({ ...at, picture: Date.now() })
  }
  new MutationObserver(look).observe(stage, { attributes: true })
})
"""


def main(count: int) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        start_engine(seats=1) as engine,
        start_portal(Path(folder), engine=engine, ENGINE_SEATS="1") as portal,
    ):
        for name in ("ann", "ben"):
            portal.make_staff(name, PASSWORD)
        runs = asyncio.run(_measure(portal.url, count))
    print(machine())
    print(f"one seat, from Close to the next in line, {len(runs)} runs; milliseconds")
    for nth, what in enumerate(("offer shown", "first picture after a click at once")):
        values = [run[nth] for run in runs]
        print(
            f"{what:40} p50 {statistics.median(values):5.0f}   max {max(values):5.0f}"
        )


async def _measure(url: str, count: int) -> list[tuple[float, float]]:
    """(offer, picture) of each run, in milliseconds."""
    async with launched(AUTOPLAY) as browser:
        talks = await _studio(browser, url, "ann")
        waits = await _studio(browser, url, "ben")
        await _begin(talks, "live")
        runs = []
        for _ in range(WARM_UPS + count):
            await _begin(waits, "waiting")
            runs.append(await _hand_over(talks, waits))
            talks, waits = waits, talks
        return runs[WARM_UPS:]


async def _studio(browser: Browser, url: str, name: str) -> Page:
    page = await (await browser.new_context()).new_page()
    await page.goto(f"{url}/accounts/login/?next=/studio/")
    await page.locator("[name=login]").fill(name)
    await page.locator("[name=password]").fill(PASSWORD)
    await page.locator("main [type=submit]").click()
    await page.locator("#voice option").nth(1).wait_for(state="attached")
    return page


async def _begin(page: Page, phase: str) -> None:
    await page.locator("[data-do=begin]").click()
    await page.locator(f"avatar-stage[phase={phase}]").wait_for()


async def _hand_over(talks: Page, waits: Page) -> tuple[float, float]:
    seen = asyncio.ensure_future(waits.evaluate(TAKE_AT_ONCE))
    await waits.locator("avatar-stage").count()  # by now the page watches itself
    closed_ms = time.time() * 1000
    await talks.locator("[data-do=close]").click()
    at = await seen
    return at["offer"] - closed_ms, at["picture"] - closed_ms


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
