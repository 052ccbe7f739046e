"""The gallery in a browser: it is searched while one types, and archiving can be undone."""

from playwright.async_api import Page, expect

from tests.browser.conftest import Visitor


def card(page: Page, name: str):
    return page.get_by_role("listitem").filter(
        has=page.get_by_role("heading", name=name, exact=True)
    )


async def test_it_answers_while_one_types_and_the_way_back_works(
    guest: Visitor,
) -> None:
    page = await guest.page("/")
    search = page.get_by_role("searchbox", name="Search personas")

    await search.press_sequentially("ROBÓT")
    await expect(card(page, "Pico")).to_be_visible()
    await expect(card(page, "Mira Lindgren")).to_have_count(0)
    await expect(page.get_by_role("status")).to_have_text("1 persona found")
    await expect(search).to_be_focused()
    await page.get_by_label("Whose").select_option("mine")
    await expect(
        page.get_by_role("heading", name="Nobody like that is here")
    ).to_be_visible()

    await page.go_back()
    await expect(card(page, "Pico")).to_be_visible()
    await expect(page.get_by_label("Whose")).to_have_value("")
    await page.go_back()
    await expect(card(page, "Mira Lindgren")).to_be_visible()
    await expect(search).to_have_value("")


async def test_a_copy_is_archived_and_brought_back_from_the_notice(
    guest: Visitor,
) -> None:
    page = await guest.page("/")
    await page.get_by_role("button", name="More about Pico").click()
    await page.get_by_role("button", name="Duplicate").click()
    await expect(page.get_by_role("status").first).to_contain_text("A private copy")
    own = card(page, "Pico").filter(has_text="Yours")

    await own.get_by_role("button", name="More about Pico").click()
    await own.get_by_role("button", name="Archive").click()
    await expect(card(page, "Pico")).to_have_count(1)
    await page.get_by_role("button", name="Undo").click()

    await expect(card(page, "Pico")).to_have_count(2)
