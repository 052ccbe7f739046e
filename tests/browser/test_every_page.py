"""Every page that people read, as the rules of `tests.access` list them.

Each is opened once, by somebody who may see it, on a site with one of everything. It must
please axe in light and in dark, complain of nothing, hold still while it loads, need little
script, and fit from a phone to a wide screen. Its pictures are kept for people to look at:
in the folder that `GREENROOM_SCREENSHOTS` names, or `tests/screenshots/`.
"""

import json
import os
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.access.routes import address
from tests.access.rules import RULES, Rule
from tests.access.world import World
from tests.browser.conftest import Door, Lobby, Visitor
from tests.browser.test_accessibility import check, fits
from tests.engine_process import ROOT
from tests.portal import Portal, start_portal

PAGES = [rule for rule in RULES if rule.page]
SCREENSHOTS = Path(os.environ.get("GREENROOM_SCREENSHOTS", ROOT / "tests/screenshots"))
WIDTHS_PX = (1440, 768, 360)
#: Of all of our own scripts that a page loads, uncompressed.
SCRIPT_MAX_BYTES = 150_000
LAYOUT_SHIFT_MAX = 0.05

BUILD = """
import json
from tests.access.world import build_world
names = build_world().names
print(json.dumps({name: value if isinstance(value, int) else str(value)
                  for name, value in names.items()}))
"""

WATCH_SHIFTS = """
window.__shift = 0
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.__shift += one.value
}).observe({ type: "layout-shift", buffered: true })
"""

#: Keys that would do nothing before the page's script is there, where somebody can press them.
IDLE_KEYS = """
() => [...document.querySelectorAll("button[type=button]:not([popovertarget])")]
  .filter((key) => !key.disabled && key.ariaDisabled !== "true")
  .filter((key) => key.checkVisibility({ visibilityProperty: true }))
  .map((key) => key.outerHTML.slice(0, 120))
"""

SCRIPT_BYTES = """
() => performance.getEntriesByType("resource")
  .filter(({ name }) => /\\/static\\/frontend\\/|\\/i18n\\/|embed/.test(name))
  .filter(({ name }) => new URL(name).pathname.endsWith(".js"))
  .reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0)
"""


@dataclass
class Site:
    """A portal of its own with the world in it, and people who are signed in."""

    portal: Portal
    world: World
    people: dict[str, Visitor]


@pytest.fixture(scope="module")
def furnished(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Portal, World]]:
    with start_portal(tmp_path_factory.mktemp("every-page")) as portal:
        names = json.loads(portal.manage("shell", "-v", "0", "-c", BUILD))
        yield portal, World({}, names)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def site(
    browser: Browser, furnished: tuple[Portal, World]
) -> AsyncIterator[Site]:
    portal, world = furnished
    door = Door(browser, Lobby(portal), overlooks=True)
    cookies = dict(
        zip(
            ("owner", "staff"),
            portal.sign_in("§owner", "§staff"),
            strict=True,
        )
    )
    people = {
        who: await door._known(who, cookie, {}) for who, cookie in cookies.items()
    }
    people["anonymous"] = await door.stranger()
    yield Site(portal, world, people)
    for visitor in people.values():
        await visitor.context.close()


@pytest.mark.parametrize("rule", PAGES, ids=str)
async def test_a_page_is_fit_to_be_seen(site: Site, rule: Rule) -> None:
    visitor = site.people[rule.page]
    visitor.complaints.clear()
    page = await visitor.context.new_page()
    visitor._listen(page)
    await page.add_init_script(WATCH_SHIFTS)
    await page.set_viewport_size({"width": WIDTHS_PX[0], "height": 900})

    await page.goto(_url(site, rule), wait_until="networkidle")

    assert visitor.complaints == []
    assert await page.evaluate("window.__shift") <= LAYOUT_SHIFT_MAX
    assert await page.evaluate(SCRIPT_BYTES) <= SCRIPT_MAX_BYTES
    await _looks(page, rule)
    await check(page)
    await page.close()


@pytest.mark.parametrize("who", ["owner", "staff", "anonymous"])
async def test_no_key_can_be_pressed_in_vain_before_its_script_is_there(
    site: Site, who: str
) -> None:
    page = await site.people[who].context.new_page()
    await page.route(
        "**/*",
        lambda route: (
            route.abort()
            if route.request.resource_type == "script"
            else route.continue_()
        ),
    )
    idle = []
    for rule in PAGES:
        if rule.page == who:
            await page.goto(_url(site, rule), wait_until="domcontentloaded")
            idle += [f"{rule}: {key}" for key in await page.evaluate(IDLE_KEYS)]
    await page.close()
    assert idle == []


def _url(site: Site, rule: Rule) -> str:
    path = address(rule.route, site.world, rule.where)
    return f"{site.portal.url}{path}?{rule.query.format_map(site.world.names)}"


async def _looks(page: Page, rule: Rule) -> None:
    """Fit every width, and keep a picture of each; of the widest also a dark one."""
    name = re.sub(r"\W+", "-", rule.route).strip("-") or "home"
    if rule.page != "owner":
        name = f"{name}-{rule.page}"
    await page.emulate_media(reduced_motion="reduce", color_scheme="dark")
    await _shoot(page, f"{name}-{WIDTHS_PX[0]}-dark")
    await page.emulate_media(color_scheme="light")
    for width in WIDTHS_PX:
        await page.set_viewport_size({"width": width, "height": 900})
        await fits(page)
        await _shoot(page, f"{name}-{width}")


async def _shoot(page: Page, name: str) -> None:
    """Playwright makes the folder."""
    await page.screenshot(
        path=SCREENSHOTS / f"{name}.jpg",
        type="jpeg",
        quality=70,
        full_page=True,
        animations="disabled",  # or keys may be on their way from dark to light
    )
