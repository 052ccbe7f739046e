"""What a page must be like to be seen, and pictures of it for people to look at.

The pictures are kept in the folder that `GREENROOM_SCREENSHOTS` names, or
`tests/screenshots/`.
"""

import os
from pathlib import Path

from playwright.async_api import Frame, Page, Route

from tests.engine_process import ROOT

SCREENSHOTS = Path(os.environ.get("GREENROOM_SCREENSHOTS", ROOT / "tests/screenshots"))
WIDTHS_PX = (1440, 768, 360)
#: Of all of our own scripts that a page loads, uncompressed.
SCRIPT_MAX_BYTES = 150_000
LAYOUT_SHIFT_MAX = 0.05

_WATCH_SHIFTS = """
window.__shifts = []
new PerformanceObserver((list) => {
  window.__shifts.push(...list.getEntries().filter((one) => !one.hadRecentInput))
}).observe({ type: "layout-shift", buffered: true })
"""

#: How far things have moved since there was something to see: a frame lays out its page once
#: without its style sheet, and paints nothing of that.
_SHIFTED = """
() => {
  const [painted] = performance.getEntriesByName("first-paint")
  return window.__shifts
    .filter(({ startTime }) => startTime >= (painted?.startTime ?? 0))
    .reduce((sum, { value }) => sum + value, 0)
}
"""

#: Keys that would do nothing before the page's script is there, where somebody can press them.
_IDLE_KEYS = """
() => [...document.querySelectorAll("button[type=button]:not([popovertarget])")]
  .filter((key) => !key.disabled && key.ariaDisabled !== "true")
  .filter((key) => key.checkVisibility({ visibilityProperty: true }))
  .map((key) => key.outerHTML.slice(0, 120))
"""

_SCRIPT_BYTES = """
() => performance.getEntriesByType("resource")
  .filter(({ name }) => /\\/static\\/frontend\\/|\\/i18n\\/|embed/.test(name))
  .filter(({ name }) => new URL(name).pathname.endsWith(".js"))
  .reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0)
"""


async def watch_shifts(page: Page) -> None:
    """From the next page on, note how far things move while it loads."""
    await page.add_init_script(_WATCH_SHIFTS)


async def assert_light_and_still(page: Page | Frame) -> None:
    """Little script, and nothing moved while it was loaded."""
    assert await page.evaluate(_SHIFTED) <= LAYOUT_SHIFT_MAX
    assert await page.evaluate(_SCRIPT_BYTES) <= SCRIPT_MAX_BYTES


async def refuse_scripts(page: Page) -> None:
    """From now on pages are as they are before their scripts are there."""

    async def refuse(route: Route) -> None:
        is_script = route.request.resource_type == "script"
        await (route.abort() if is_script else route.continue_())

    await page.route("**/*", refuse)


async def idle_keys(page: Page | Frame) -> list[str]:
    """What can be pressed, and does nothing without a script."""
    found: list[str] = await page.evaluate(_IDLE_KEYS)
    return found


async def shoot(page: Page, name: str) -> None:
    """Keep a picture; Playwright makes the folder."""
    await page.screenshot(
        path=SCREENSHOTS / f"{name}.jpg",
        type="jpeg",
        quality=70,
        full_page=True,
        animations="disabled",  # or keys may be on their way from dark to light
    )
