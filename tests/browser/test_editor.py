"""A persona from its first words to an earlier version, in a real browser."""

import secrets

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Door, Visitor
from tests.browser.test_accessibility import check, fits


def bar(page: Page) -> Locator:
    return page.locator("[data-part=bar]")


async def saved(page: Page) -> None:
    await expect(bar(page)).to_have_attribute("data-state", "saved")


async def make(visitor: Visitor, name: str) -> Page:
    page = await visitor.page("/personas/new")
    await page.get_by_role("textbox", name="Name").fill(name)
    await page.get_by_role("button", name="Make it").click()
    await expect(page.get_by_role("heading", name=f"Edit {name}")).to_be_visible()
    await expect(page.locator("select#id_voice_id")).to_be_visible()
    return page


async def publish(page: Page, note: str) -> None:
    await bar(page).locator("summary", has_text="Publish…").click()
    await page.get_by_label("What has changed?").fill(note)
    async with page.expect_event("load"):  # the message before may be the same
        await page.get_by_role("button", name="Publish now").click()
    await expect(page.get_by_text("Published: everybody")).to_be_visible()


async def test_a_persona_is_made_tried_published_changed_and_rolled_back(
    door: Door,
) -> None:
    door.overlooks = True  # axe looks by inline styles, which the policy refuses
    guest = await door.guest()
    page = await make(guest, "Ida")

    await page.get_by_label("Title").fill("keeper of the lamps")
    await page.get_by_label("Knowledge").fill("The lamps burn whale oil.")
    await page.get_by_label("Marcus").check()
    await expect(page.locator("[data-part=card-title]")).to_have_text(
        "keeper of the lamps"
    )
    await expect(page.locator("[data-part=prompt]")).to_contain_text("whale oil")
    await saved(page)
    await expect(page.locator("[data-part=standing]")).to_have_text(
        "Unpublished changes"
    )
    await check(page)
    await fits(page)

    await try_out(page)
    await publish(page, "Lamps")

    await page.get_by_label("Title").fill("keeper of the lighthouse")
    await publish(page, "A bigger house")
    await page.get_by_role("link", name="Versions").click()
    changed = page.locator(".difference", has_text="Title")
    await expect(changed.locator("ins")).to_contain_text("lighthouse")
    await expect(changed.locator("del")).to_contain_text("lamps")
    await check(page)
    await fits(page)

    version = page.locator(".version", has_text="Lamps")
    await version.locator("summary").click()
    await version.get_by_role("button", name="Roll back to version 2").click()
    await expect(page.locator(".version").first).to_contain_text(
        "rolled back to version 2"
    )


async def try_out(page: Page) -> None:
    """The draft answers with what only the draft says."""
    await page.get_by_role("button", name="Talk to the draft").click()
    stage = page.locator("avatar-stage")
    await expect(stage).to_have_attribute("phase", "live")
    said = page.get_by_role("log", name="What was said")
    await expect(said).to_contain_text("I am Ida")
    await page.get_by_label("What you say to the draft").fill("What do the lamps burn?")
    await page.get_by_role("button", name="Ask", exact=True).click()
    await expect(said).to_contain_text("whale oil")
    await page.get_by_role("button", name="End", exact=True).click()
    await expect(stage).to_have_attribute("phase", "ended")


async def test_two_who_edit_at_once_lose_nothing(door: Door) -> None:
    door.overlooks = True  # a refused request is an error in the console
    guest = await door.guest()
    one = await make(guest, f"Pair {secrets.token_hex(4)}")
    other = await guest.page(one.url.removeprefix(guest.portal.url))

    await one.get_by_label("Title").fill("first")
    await saved(one)
    await other.get_by_label("Interests").fill("tides")
    await saved(other)
    await expect(other.get_by_label("Title")).to_have_value("first")

    await one.get_by_label("Title").fill("mine")
    await saved(one)
    await other.get_by_label("Title").fill("yours")
    await other.get_by_label("Style").fill("brisk")
    await expect(bar(other)).to_have_attribute("data-state", "clash")
    await expect(other.locator("[data-part=clash-words]")).to_be_visible()
    await other.get_by_role("button", name="Take theirs").click()
    await saved(other)
    await expect(other.get_by_label("Title")).to_have_value("mine")
    await expect(other.get_by_label("Style")).to_have_value("brisk")
