"""A persona on somebody else's site, in a browser that keeps cookies from frames."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Frame, FrameLocator, Locator, Page, expect

from tests.browser.chromium import AUTOPLAY, launched
from tests.browser.conftest import Door, Lobby
from tests.browser.looks import (
    assert_light_and_still,
    idle_keys,
    refuse_scripts,
    shoot,
    watch_shifts,
)
from tests.browser.other_site import OtherSite, other_site
from tests.browser.test_accessibility import check, fits
from tests.browser.test_queue import House
from tests.portal import SEATS, Portal

NO_COOKIES_IN_FRAMES = "--test-third-party-cookie-phaseout"

MAKE_KEY = """
from django.contrib.auth.models import User
from personas.models import Persona
from streaming.models import EmbedKey
owner, _ = User.objects.get_or_create(
    username="shopkeeper", is_staff=True, is_superuser=True
)
key = EmbedKey.objects.create(
    name="Shop", owner=owner, persona=Persona.objects.get(slug="edwin"),
    origins=[{origin!r}], visits_per_hour=1000, max_sessions=3,
)
print(key.key)
"""

#: Of boxes that sites leave room for: a corner of a phone, a column, half a page.
SIZES_PX = ((328, 440), (420, 640), (800, 500))

LISTEN = """
  window.heard = []
  for (const type of ["ready", "waiting", "live", "mood", "ended", "error"]) {
    addEventListener(`greenroom:${type}`, ({ detail }) => heard.push([type, detail]))
  }
"""


@pytest.fixture(scope="module")
def shop() -> Iterator[OtherSite]:
    with other_site() as site:
        yield site


@pytest.fixture(scope="module")
def key(portal: Portal, shop: OtherSite) -> str:
    said = portal.manage("shell", "-v", "0", "-c", MAKE_KEY.format(origin=shop.origin))
    return said.strip()


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def wary_browser() -> AsyncIterator[Browser]:
    async with launched(AUTOPLAY, NO_COOKIES_IN_FRAMES) as chromium:
        yield chromium


@pytest_asyncio.fixture(loop_scope="session")
async def street(wary_browser: Browser, lobby: Lobby) -> AsyncIterator[Door]:
    """Where people come from who have never heard of the portal."""
    door = Door(wary_browser, lobby)
    yield door
    for visitor in door.visitors:
        await visitor.context.close()
    door.hear_complaints()


@dataclass
class Box:
    """The box on the shop's page, as a passer-by sees it."""

    page: Page
    complaints: list[str]

    @classmethod
    async def pass_by(
        cls,
        street: Door,
        address: str,
        *,
        before: Callable[[Page], Awaitable[None]] | None = None,
    ) -> "Box":
        visitor = await street.stranger()
        await visitor.context.add_init_script(LISTEN)
        page = await visitor.context.new_page()
        visitor._listen(page)
        if before:
            await before(page)
        await page.goto(address)
        return cls(page, visitor.complaints)

    async def inside(self) -> Frame:
        """The page in the box, to be asked things."""
        element = await self.page.query_selector("greenroom-persona iframe")
        frame = await element.content_frame() if element else None
        assert frame
        return frame

    async def look(self, name: str) -> None:
        """Fit every size and please axe; a picture of each, the last also in the dark.

        axe itself makes the browser complain, so what is complained of is read before.
        """
        assert self.complaints == []
        inside = await self.inside()
        for width, height in SIZES_PX:
            await self.page.set_viewport_size({"width": width, "height": height})
            await fits(inside)
            await shoot(self.page, f"box-{name}-{width}x{height}")
        await check(self.page, inside)
        await shoot(self.page, f"box-{name}-{width}x{height}-dark")
        await self.page.emulate_media(color_scheme="light")
        self.complaints.clear()

    @property
    def frame(self) -> FrameLocator:
        return self.page.frame_locator("greenroom-persona iframe")

    @property
    def stage(self) -> Locator:
        return self.frame.locator("avatar-stage")

    def button(self, name: str) -> Locator:
        return self.frame.get_by_role("button", name=name)

    async def phase_is(self, phase: str) -> None:
        await expect(self.stage).to_have_attribute("phase", phase)

    async def until_heard(self, kind: str) -> Any:
        """What the page was told with the first event of a kind."""
        asked = f"heard.find(([type]) => type === {json.dumps(kind)})?.[1]"
        handle = await self.page.wait_for_function(asked)
        return await handle.json_value()


def element(portal: Portal, key: str, *, slug: str = "edwin") -> str:
    return (
        f'<script type="module" src="{portal.url}/embed.js"></script>'
        f'<greenroom-persona slug="{slug}" key="{key}"></greenroom-persona>'
    )


async def test_a_passer_by_talks_to_a_persona_on_somebody_elses_site(
    portal: Portal, shop: OtherSite, key: str, street: Door
) -> None:
    box = await Box.pass_by(street, shop.put("/talk", element(portal, key)))
    assert await box.until_heard("ready") == {"persona": "Edwin Hale"}

    await box.button("Talk to Edwin Hale").click()
    await box.phase_is("live")
    await expect(box.stage).to_have_attribute("mood", "speaking")
    await expect(box.frame.locator("video")).to_have_js_property("paused", False)
    # Sound may come first.
    await expect(box.frame.locator("video")).not_to_have_js_property("videoWidth", 0)

    await box.button("Interrupt").click()
    await box.frame.get_by_label("Message").fill("Who are you?")
    await box.frame.get_by_label("Message").press("Enter")
    log = box.frame.get_by_role("log")
    await expect(log).to_contain_text("Who are you?")
    await expect(log).to_contain_text("I am Edwin Hale")
    await expect(box.frame.locator("[data-part=caption]")).to_contain_text("Edwin")

    await box.page.evaluate("document.querySelector('greenroom-persona').end()")
    assert await box.until_heard("ended") == {"reason": "you_closed"}
    assert await box.until_heard("live") == {}
    assert await box.page.context.cookies() == []
    [row] = portal.rows(
        "SELECT user_name, used FROM streaming_usageentry "
        "WHERE user_name LIKE 'Visitor of Shop #%'"
    )
    assert row


FILL = (
    "<style>body { margin: 0 } greenroom-persona "
    "{ block-size: 100vh; max-inline-size: none; border-radius: 0 }</style>"
)


async def test_the_box_is_fit_to_be_seen(
    portal: Portal, shop: OtherSite, key: str, street: Door
) -> None:
    address = shop.put("/look", FILL + element(portal, key))
    box = await Box.pass_by(street, address, before=watch_shifts)
    await box.until_heard("ready")
    await assert_light_and_still(await box.inside())
    await box.look("idle")

    await box.button("Talk to Edwin Hale").click()
    await box.phase_is("live")
    await expect(box.frame.locator("video")).not_to_have_js_property("videoWidth", 0)
    await expect(box.frame.locator("[data-part=caption]")).not_to_be_empty()
    await box.look("live")
    await box.frame.get_by_label("Message").fill("Who are you?")
    await box.frame.get_by_label("Message").press("Enter")
    await expect(box.frame.get_by_role("log")).to_contain_text("I am Edwin Hale")
    await box.look("answering")
    await box.button("End the conversation").click()
    await box.phase_is("ended")
    await box.look("ended")
    await box.page.route("**/session/create", lambda route: route.abort())
    await box.button("Talk again").click()
    await expect(box.frame.get_by_text("The connection is down")).to_be_visible()
    box.complaints.clear()  # the browser notes that nothing came through
    await box.look("problem")


async def test_no_key_of_the_box_can_be_pressed_in_vain(
    portal: Portal, shop: OtherSite, key: str, street: Door
) -> None:
    street.overlooks = True  # the browser notes each script that does not come
    frame = f'<iframe src="{portal.url}/embed/edwin/?key={key}" referrerpolicy="origin"></iframe>'
    box = await Box.pass_by(street, shop.put("/slow", frame), before=refuse_scripts)
    [_, inside] = box.page.frames

    assert await inside.title() == "Edwin Hale"
    assert await idle_keys(inside) == []
    assert await inside.evaluate("document.querySelector('[type=submit]').disabled")


async def test_who_finds_all_seats_taken_waits_in_line_and_takes_the_next(
    portal: Portal, shop: OtherSite, key: str, street: Door
) -> None:
    street.overlooks = True  # a candidate may come when the conversation is over
    house = House(portal, portal.make_users(*[f"shopper{nth}" for nth in range(SEATS)]))
    house.fill()
    try:
        box = await Box.pass_by(street, shop.put("/line", element(portal, key)))
        await box.button("Talk to Edwin Hale").click()
        await box.phase_is("waiting")
        await expect(box.stage).to_contain_text("You are next in line")
        assert await box.until_heard("waiting") == {"position": 1, "offered": False}
        house.free_one()
        await box.button("Take it").click()
        await box.phase_is("live")
        await box.button("End the conversation").click()
        await box.phase_is("ended")
    finally:
        while house.sessions:
            house.free_one()


async def test_a_site_that_the_key_does_not_name_is_told_so(
    portal: Portal, key: str, street: Door
) -> None:
    street.overlooks = True  # the browser notes that the page was refused
    with other_site() as elsewhere:
        address = elsewhere.put("/", element(portal, key))
        box = await Box.pass_by(street, address)

        error = await box.until_heard("error")

        assert error["code"] == "origin_not_allowed"
        await expect(
            box.frame.get_by_role("heading", name="may not be talked to on this site")
        ).to_be_visible()


async def test_a_browser_shows_no_box_to_a_site_that_hides_who_it_is(
    portal: Portal, key: str, street: Door
) -> None:
    street.overlooks = True  # the browser says whose policy it keeps
    with other_site() as elsewhere:
        frame = (
            f'<iframe src="{portal.url}/embed/edwin/?key={key}" '
            'referrerpolicy="no-referrer"></iframe>'
        )
        box = await Box.pass_by(street, elsewhere.put("/", frame))

        shown = box.page.frame_locator("iframe").locator("body")

        await expect(shown).not_to_contain_text("Edwin")
        assert any("frame-ancestors" in said for said in street.complaints)
