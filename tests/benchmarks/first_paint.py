"""How soon the studio is there, how still it stands, and what it has to fetch, in Chromium.

    python -m tests.benchmarks.first_paint [--runs 10] [--path /studio/]

Portal and browser are real and on this machine. "Cold" is a browser that has never been
here; "warm" the same page opened again. Times are the browser's own, from the beginning of
the navigation: first contentful paint, largest contentful paint, and the end of loading.
"""

import argparse
import asyncio
import statistics
import tempfile
from pathlib import Path

from playwright.async_api import Browser, BrowserContext

from tests.benchmarks.machine import machine
from tests.browser.chromium import launched
from tests.portal import start_portal

NAME = "bench"
FIGURES = ("first paint", "largest paint", "loaded", "shift", "requests", "script kB")

WATCH = """
window.__seen = { largest: 0, shift: 0 }
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) window.__seen.largest = one.startTime
}).observe({ type: "largest-contentful-paint", buffered: true })
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) window.__seen.shift += one.value
}).observe({ type: "layout-shift", buffered: true })
"""

READ = """
() => {
  const [paint] = performance.getEntriesByName("first-contentful-paint")
  const [page] = performance.getEntriesByType("navigation")
  const fetched = performance.getEntriesByType("resource")
  const scripts = fetched.filter(({ name }) => new URL(name).pathname.endsWith(".js"))
  return {
    "first paint": paint.startTime,
    "largest paint": window.__seen.largest,
    "loaded": page.loadEventEnd,
    "shift": window.__seen.shift,
    "requests": fetched.length + 1,
    "script kB": scripts.reduce((sum, one) => sum + one.decodedBodySize, 0) / 1000,
  }
}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--path", default="/studio/")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, start_portal(Path(folder)) as portal:
        [cookie] = portal.sign_in(NAME)
        runs = asyncio.run(
            measure(portal.url, options.path, cookie, count=options.runs)
        )
    report(runs, options.path)


async def measure(
    url: str, path: str, cookie: str, *, count: int
) -> dict[str, list[dict[str, float]]]:
    """Runs of either kind; the very first of all warms the portal and is not counted."""
    runs: dict[str, list[dict[str, float]]] = {"cold": [], "warm": []}
    async with launched() as browser:
        for nth in range(count + 1):
            context = await _newcomer(browser, url, cookie)
            seen = {kind: await one_run(context, url + path) for kind in runs}
            await context.close()
            for kind, figures in seen.items() if nth else ():
                runs[kind].append(figures)
    return runs


async def _newcomer(browser: Browser, url: str, cookie: str) -> BrowserContext:
    context = await browser.new_context()
    await context.add_cookies([{"name": "sessionid", "value": cookie, "url": url}])
    await context.add_init_script(WATCH)
    return context


async def one_run(context: BrowserContext, address: str) -> dict[str, float]:
    page = await context.new_page()
    await page.goto(address, wait_until="networkidle")
    figures: dict[str, float] = await page.evaluate(READ)
    await page.close()
    return figures


def report(runs: dict[str, list[dict[str, float]]], path: str) -> None:
    print(machine())
    print(f"{path}: {len(runs['cold'])} runs; milliseconds where nothing else is said")
    print(f"{'':16}{'cold p50':>10}{'max':>9}{'warm p50':>11}{'max':>9}")
    for figure in FIGURES:
        cells = []
        for kind in ("cold", "warm"):
            values = [run[figure] for run in runs[kind]]
            cells += [statistics.median(values), max(values)]
        digits = 3 if figure == "shift" else 0
        print(
            f"{figure:16}{cells[0]:10.{digits}f}{cells[1]:9.{digits}f}"
            f"{cells[2]:11.{digits}f}{cells[3]:9.{digits}f}"
        )


if __name__ == "__main__":
    main()
