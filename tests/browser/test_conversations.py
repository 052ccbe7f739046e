"""From a word in the studio to the page where it can be read, taken along and deleted."""

from playwright.async_api import Page, expect

from tests.browser.conftest import Door, Visitor
from tests.browser.studio import Studio
from tests.browser.test_accessibility import check

# The browser reads the file as it would for a video: its parser, not ours.
CUES = """
(url) => new Promise((done, failed) => {
  const video = document.createElement("video")
  const track = document.createElement("track")
  track.src = url
  track.addEventListener("error", () => failed(new Error("no captions")))
  track.addEventListener("load", () => done(
    [...track.track.cues].map((cue) => ({
      starts: cue.startTime,
      ends: cue.endTime,
      voice: cue.getCueAsHTML().querySelector("[title]")?.title,
      words: cue.getCueAsHTML().textContent,
    }))
  ))
  video.append(track)
  document.body.append(video)
  track.track.mode = "hidden"
})
"""


async def test_what_was_said_is_read_remembered_and_deleted_by_whom_it_belongs_to(
    door: Door,
) -> None:
    door.overlooks = True  # axe looks at pages by inline styles
    guest = await door.guest()
    studio = await Studio.enter(guest)
    await studio.go_live()
    await studio.message.fill("Who are you & why?")
    await studio.button("Talk").click()
    await studio.mood_is("speaking")
    await studio.button("Close").click()
    await studio.phase_is("ended")

    page = await guest.page("/conversations/?q=WHY")
    await check(page)
    await page.get_by_role("link", name="Mira").click()
    await expect(page.get_by_text("Who are you & why?")).to_be_visible()
    await check(page)
    await captions_are_right(page, visitor=guest.name)
    await text_can_be_downloaded(page)
    await memories_need_no_script(door, guest)

    await page.get_by_text("Delete…").click()
    await page.get_by_role("button", name="Delete this conversation").click()

    await expect(page.get_by_role("status")).to_contain_text("was deleted")
    await expect(page.get_by_text("Nothing was said yet")).to_be_visible()


async def captions_are_right(page: Page, *, visitor: str) -> None:
    link = page.get_by_role("link", name="WebVTT captions")

    asked, *said = await page.evaluate(CUES, await link.get_attribute("href"))

    assert (asked["voice"], asked["words"]) == (visitor, "Who are you & why?")
    assert said[0]["voice"].startswith("Mira")
    assert asked["starts"] < said[0]["starts"] < said[0]["ends"]


async def text_can_be_downloaded(page: Page) -> None:
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="Text", exact=True).click()

    assert (await coming.value).suggested_filename.endswith(".txt")


async def memories_need_no_script(door: Door, guest: Visitor) -> None:
    """All of it in a small window of a browser that runs none."""
    plain = await door.stranger(
        java_script_enabled=False,
        viewport={"width": 320, "height": 740},
        storage_state=await guest.context.storage_state(),
    )
    page = await plain.page("/memories/")
    card = page.get_by_role("region", name="Mira")

    await card.get_by_role("button", name="remember me").click()
    await expect(card.get_by_text("Remembers", exact=True)).to_be_visible()
    await card.get_by_label("should know of you").fill("I sail.")
    await card.get_by_role("button", name="Add").click()
    await card.get_by_text("Change", exact=True).click()
    await card.get_by_label("in your words").fill("I sail & row.")
    await card.get_by_role("button", name="Save").click()
    await expect(card.get_by_text("I sail & row.").first).to_be_visible()
    await card.get_by_text("Stop remembering…").click()
    await card.get_by_role("button", name="Stop, and delete the list").click()

    await expect(card.get_by_text("Off", exact=True)).to_be_visible()
    await expect(card.get_by_text("I sail & row.")).to_have_count(0)
