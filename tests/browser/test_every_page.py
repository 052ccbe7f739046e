"""Every page that people read, as the rules of `tests.access` list them.

Each is opened once, by somebody who may see it, on a site with one of everything. It must
please axe in light and in dark, complain of nothing, hold still while it loads, need little
script, and fit from a phone to a wide screen. Its pictures are kept for people to look at.
"""

import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.access.routes import address
from tests.access.rules import RULES, Rule
from tests.access.world import World
from tests.browser.conftest import Door, Lobby, Visitor
from tests.browser.looks import (
    WIDTHS_PX,
    assert_light_and_still,
    idle_keys,
    refuse_scripts,
    shoot,
    watch_shifts,
)
from tests.browser.test_accessibility import check, fits
from tests.portal import Portal, start_portal

PAGES = [rule for rule in RULES if rule.page]
BUILD = """
import json
from tests.access.world import build_world
names = build_world().names
print(json.dumps({name: value if isinstance(value, int) else str(value)
                  for name, value in names.items()}))
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
    await watch_shifts(page)
    await page.set_viewport_size({"width": WIDTHS_PX[0], "height": 900})

    await page.goto(_url(site, rule), wait_until="networkidle")

    assert visitor.complaints == []
    await assert_light_and_still(page)
    await _looks(page, rule)
    await check(page)
    await page.close()


@pytest.mark.parametrize("who", ["owner", "staff", "anonymous"])
async def test_no_key_can_be_pressed_in_vain_before_its_script_is_there(
    site: Site, who: str
) -> None:
    page = await site.people[who].context.new_page()
    await refuse_scripts(page)
    idle = []
    for rule in PAGES:
        if rule.page == who:
            await page.goto(_url(site, rule), wait_until="domcontentloaded")
            idle += [f"{rule}: {key}" for key in await idle_keys(page)]
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
    await shoot(page, f"{name}-{WIDTHS_PX[0]}-dark")
    await page.emulate_media(color_scheme="light")
    for width in WIDTHS_PX:
        await page.set_viewport_size({"width": width, "height": 900})
        await fits(page)
        await shoot(page, f"{name}-{width}")
