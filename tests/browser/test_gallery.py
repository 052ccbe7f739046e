"""The gallery in a browser: searching while one types, undoing, and cards in and out."""

import asyncio
import re
from pathlib import Path

from playwright.async_api import Locator, Page, Route, expect

from personas.cards.reading import read
from tests.browser.conftest import Visitor
from tests.personas.cards.made import card2, png_card


def card(page: Page, name: str) -> Locator:
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


async def test_a_file_that_was_chosen_before_the_script_came_is_looked_at(
    guest: Visitor, tmp_path: Path
) -> None:
    page = await guest.page("/")
    may_come = asyncio.Event()

    async def held(route: Route) -> None:
        await may_come.wait()
        await route.continue_()

    await page.route("**/drop-zone*.js", held)
    await page.goto(f"{guest.portal.url}/import/", wait_until="commit")
    (tmp_path / "ada.png").write_bytes(png_card(card2()))
    await page.get_by_label("Drop files here").set_input_files(tmp_path / "ada.png")
    may_come.set()

    await expect(page.get_by_role("heading", name="Ada Quill")).to_be_visible()


async def test_a_card_is_imported_exported_and_is_the_same_again(
    guest: Visitor, tmp_path: Path
) -> None:
    page = await guest.page("/")
    await page.get_by_role("link", name="Import").click()
    picture = png_card(card2())
    (tmp_path / "ada.png").write_bytes(picture)
    await page.get_by_label("Drop files here").set_input_files(tmp_path / "ada.png")
    await expect(page.get_by_role("heading", name="Ada Quill")).to_be_visible()
    await page.get_by_role("button", name="Import it").click()
    await expect(page.get_by_role("link", name="Talk to Ada Quill")).to_be_visible()

    await page.get_by_role("button", name="More about Ada Quill").click()
    await page.get_by_role("link", name="Export").click()
    async with page.expect_download() as download:
        await page.get_by_role(
            "link", name=re.compile("Download.*as a picture")
        ).click()
    path = tmp_path / (await download.value).suggested_filename
    await (await download.value).save_as(path)
    await page.goto(guest.portal.url + "/import/")
    await page.get_by_label("Drop files here").set_input_files(path)
    await page.get_by_role("button", name="Import it").click()

    await expect(card(page, "Ada Quill")).to_have_count(2)
    first, second = read(picture), read(path.read_bytes())
    assert first.values == {name: second.values[name] for name in first.values}
