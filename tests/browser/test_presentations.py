"""A presentation from its first word in the portal to its last in the studio."""

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Door, Visitor
from tests.browser.studio import Studio
from tests.browser.test_accessibility import check, fits

PERSONA = "/personas/mira"
TEXT = (
    "Thank you all for coming.\n\nWelcome to the house. It has two rooms and a garden."
)


async def test_a_presentation_is_made_played_interrupted_and_removed(
    door: Door,
) -> None:
    door.overlooks = True  # axe looks by inline styles, which the policy refuses
    operator = await door.operator()
    await add_link(await operator.page(f"{PERSONA}/new-exhibit/"))
    editor = await operator.page(f"{PERSONA}/presentations/")
    await write(editor)
    await check(editor)

    studio = await Studio.enter(operator, "/studio/?persona=mira")
    await studio.go_live()
    await play(studio)
    await check(studio.page)
    await ask_in_between(studio)
    await studio.button("Close").click()

    await tidy_up(operator, editor)


async def add_link(page: Page) -> None:
    await page.get_by_label("Name").fill("garden")
    await page.get_by_label("Kind").select_option("link")
    await page.get_by_label("Title").fill("The garden")
    await page.get_by_label("Address").fill("https://garden.example.org/roses")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name="The garden")).to_be_visible()


async def write(page: Page) -> None:
    """Two parts in the wrong order, put right by the keyboard; the first shows the link."""
    await page.get_by_label("Title").fill("Tour")
    await page.get_by_label("Text").fill(TEXT)
    await page.get_by_role("button", name="Make it").click()
    parts = page.get_by_role("group", name="Part ")
    await expect(parts).to_have_count(2)
    await expect(parts.nth(1)).to_contain_text(
        "characters, about"
    )  # the script is there

    await parts.nth(1).get_by_label("Text").press("Alt+ArrowUp")
    first = parts.nth(0)
    await expect(first.get_by_label("Text")).to_have_value(
        "Welcome to the house. It has two rooms and a garden."
    )
    await expect(first.get_by_label("Text")).to_be_focused()
    await first.get_by_label("Shows").select_option(label="The garden (link)")
    await page.get_by_role("button", name="Add a part").click()
    await parts.nth(2).get_by_label("Remove").check()
    await page.get_by_role("button", name="Save", exact=True).last.click()

    await expect(page.get_by_text("The presentation is saved.")).to_be_visible()
    await expect(parts).to_have_count(2)
    await expect(parts.nth(1).get_by_label("Text")).to_have_value(
        "Thank you all for coming."
    )
    await fits(page)


def standing(page: Page) -> Locator:
    """Where the presentation stands, as it is told."""
    return page.locator("[data-part=presentation-state]")


async def play(studio: Studio) -> None:
    """Its first words, the link beside them, and a pause by the keyboard."""
    page = studio.page
    await studio.button("Present").click()
    await studio.mood_is("speaking")
    await expect(page.get_by_role("heading", name="Tour")).to_be_visible()
    shown = page.get_by_role("complementary", name="The garden")
    await expect(shown.get_by_role("link")).to_contain_text("garden.example.org")
    await expect(studio.caption).to_contain_text("Welcome to the house.")

    await studio.stage.click()
    await page.keyboard.press("p")
    await expect(standing(page)).to_have_text("Part 1 of 2. Paused")
    await studio.mood_is("listening")
    await shown.get_by_role("button", name="Put away").click()
    await expect(shown).to_be_hidden()
    await page.get_by_role("button", name="Show “The garden” again").click()
    await expect(shown).to_be_visible()


async def ask_in_between(studio: Studio) -> None:
    """A question has the floor; who has heard enough of the answer goes to the next part."""
    page = studio.page
    await studio.button("Resume").click()
    await studio.mood_is("speaking")
    await studio.message.fill("Who are you?")
    await studio.button("Talk").click()
    await expect(standing(page)).to_have_text("Part 1 of 2, after the answer")
    await studio.button("Next part").click()
    await expect(standing(page)).to_have_text("Presented to its end", timeout=30_000)
    await expect(studio.log).to_contain_text("You: Who are you?")


async def tidy_up(operator: Visitor, editor: Page) -> None:
    """Others meet the same persona."""
    await editor.get_by_role("button", name="Remove this presentation").click()
    await expect(editor.get_by_text("“Tour” is removed.")).to_be_visible()
    link = await operator.page(f"{PERSONA}/exhibits/garden/")
    await link.get_by_role("button", name="Remove “The garden”").click()
    await expect(link.get_by_text("“The garden” is removed.")).to_be_visible()
