"""From talking to reading, replaying, taking away and deleting what was said."""

import json

from playwright.async_api import expect

from tests.browser.conftest import Door, Visitor
from tests.browser.studio import KEEP_PEER, Studio

QUESTION = "What do you do?"


async def talked(guest: Visitor) -> None:
    """A session with one answered question, closed by its viewer."""
    studio = await Studio.enter(guest)
    await studio.go_live()
    await studio.message.fill(QUESTION)
    await studio.button("Talk").click()
    await studio.mood_is("speaking")
    await studio.mood_is("listening")
    await studio.button("Close").click()
    await studio.phase_is("ended")


async def test_what_was_said_is_found_replayed_taken_away_and_deleted(
    guest: Visitor,
) -> None:
    await talked(guest)
    await guest.context.add_init_script(KEEP_PEER)
    page = await guest.page("/history/")
    await page.get_by_role("searchbox").fill("what do you")
    await page.get_by_role("button", name="Search").click()
    await page.get_by_role("heading", level=3).get_by_role("link").first.click()
    await expect(
        page.get_by_role("list").filter(has_text=QUESTION).first
    ).to_be_visible()

    async with page.expect_download() as download:
        await page.get_by_role("link", name="JSON").click()
    told = json.loads((await (await download.value).path()).read_text())
    assert QUESTION in [turn["prompt"] for turn in told["turns"]]
    sentence = next(turn for turn in told["turns"] if turn["pieces"])["pieces"][0]

    await page.get_by_role("link", name="Replay", exact=True).click()
    await page.get_by_role("button", name="Replay with the avatar").click()
    stage = page.locator("avatar-stage")
    await expect(stage).to_have_attribute("phase", "live")
    await expect(stage.locator("[data-part=caption]")).to_have_text(sentence["text"])
    await expect(stage).to_have_attribute("mood", "speaking")
    await page.get_by_role("button", name="Pause", exact=True).click()
    await expect(page.locator("[data-part=state]")).to_have_text("Paused")
    await page.get_by_role("button", name="Play", exact=True).click()
    await expect(page.locator("[data-part=state]")).to_have_text("Replaying")
    await page.get_by_role("button", name="End the replay").click()
    await expect(stage).to_have_attribute("phase", "ended")

    await page.get_by_role("link", name="The record of this session").click()
    await page.get_by_text("Delete…").click()
    await page.get_by_role("button", name="Delete this session").click()
    await expect(page.get_by_role("status")).to_contain_text("was deleted")
    await expect(page.get_by_text(QUESTION)).to_have_count(0)
    usage = await guest.page("/usage/")
    await expect(usage.locator(".figure").nth(1)).to_have_text("2")


async def test_reading_along_needs_no_seat(door: Door) -> None:
    guest = await door.guest()
    await talked(guest)
    page = await guest.page("/history/")
    await page.get_by_role("heading", level=3).get_by_role("link").first.click()
    await page.get_by_role("link", name="Replay", exact=True).click()

    await page.get_by_role("button", name="Read along").click()

    await expect(page.locator("[data-part=state]")).to_have_text("Reading along")
    await expect(page.locator("[data-part=caption]")).not_to_be_empty()
    assert not await guest.open_sessions()
