"""Whole visits: from signing up to deleting the account, a colleague, and without a mouse."""

import json
import secrets
import zipfile

from playwright.async_api import Page, expect

from tests.browser.conftest import PASSWORD, Door, sign_in, sign_out
from tests.browser.studio import Studio
from tests.browser.test_accessibility import fits
from tests.browser.test_editor import bar, make, publish

PHONE = {"width": 360, "height": 740}


def new_name(kind: str) -> str:
    return f"{kind}{secrets.token_hex(3)}"


async def sign_up(page: Page, name: str) -> None:
    await page.get_by_label("Username").fill(name)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_label("Password (again)").fill(PASSWORD)
    await page.get_by_role("main").get_by_role("button", name="Sign up").click()
    await expect(page.get_by_role("button", name="Your menu")).to_be_visible()


async def test_from_signing_up_to_deleting_the_account(door: Door) -> None:
    visitor = await door.stranger()
    page = await visitor.page("/accounts/signup/")
    name = new_name("nina")
    await sign_up(page, name)

    page = await make(visitor, "Ida")
    await page.get_by_label("Knowledge").fill("My favourite lamp burns whale oil.")
    await publish(page, "First words")
    slug = page.url.split("/personas/")[1].split("/")[0]

    studio = await Studio.enter(visitor, f"/studio/?persona={slug}")
    await studio.call()
    await studio.phase_is("live")
    await studio.mood_is("listening")
    await studio.message.fill("What does your favourite lamp burn?")
    await studio.button("Talk").click()
    await expect(studio.caption).to_contain_text("whale oil")
    await studio.button("Close").click()
    await studio.phase_is("ended")

    page = await visitor.page("/")
    await page.get_by_role("link", name="History").click()
    await page.get_by_role("heading", level=3).get_by_role("link").first.click()
    await expect(page.get_by_role("main")).to_contain_text("favourite lamp")

    await page.goto(f"{visitor.portal.url}/account/")
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Export my data").click()
    with zipfile.ZipFile(await (await download.value).path()) as archive:
        everything = b" ".join(archive.read(one) for one in archive.namelist())
        assert json.loads(archive.read("profile.json"))["username"] == name
    assert b"favourite lamp" in everything

    await page.get_by_role("link", name="Delete my account").click()
    await page.get_by_label("Your password").fill(PASSWORD)
    await page.get_by_role("button", name="Delete my account for good").click()
    await expect(page.get_by_role("link", name="Sign up").first).to_be_visible()
    await page.goto(f"{visitor.portal.url}/accounts/login/")
    await page.get_by_role("textbox", name="Username or e-mail").fill(name)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("main").get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("not correct")


async def test_a_colleague_is_invited_and_edits_what_is_shared(door: Door) -> None:
    host = await door.guest()
    page = await make(host, "Ida")
    slug = page.url.split("/personas/")[1].split("/")[0]
    await page.goto(f"{host.portal.url}/teams/")
    await page.get_by_label("Name of the team").fill("Lighthouse")
    await page.get_by_role("button", name="Found it").click()
    await page.get_by_label("Comes in as").select_option("editor")
    await page.get_by_role("button", name="Make a link").click()
    link = await page.locator("#link").inner_text()
    await page.goto(f"{host.portal.url}/personas/{slug}/share")
    await page.get_by_label("Shared with the team").select_option(label="Lighthouse")
    await page.get_by_role("main").get_by_role("button", name="Save").click()

    # On a phone, without an account yet.
    colleague = await door.stranger(viewport=PHONE)
    page = await colleague.page(link.removeprefix(host.portal.url))
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Lighthouse")
    await fits(page)
    await page.get_by_role("link", name="Sign up and join").click()
    await sign_up(page, new_name("otto"))
    await page.get_by_role("button", name="Join the team").click()
    await expect(page.get_by_role("heading", name="Ida")).to_be_visible()
    await fits(page)
    await page.goto(f"{host.portal.url}/personas/{slug}/edit")
    await page.get_by_label("Title").fill("keeper of the lamps")
    await expect(bar(page)).to_have_attribute("data-state", "saved")
    await fits(page)
    await sign_out(page)


async def test_a_visit_without_a_mouse(door: Door) -> None:
    """From signing in to an interrupted answer and out again, by the keyboard alone."""
    guest = await door.guest()
    page = await guest.page("/")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()

    await tab_to(page, "Talk to Pico")
    await page.keyboard.press("Enter")
    stage = page.locator("avatar-stage")
    await expect(stage).to_be_visible()
    await tab_to(page, "Talk to Pico")
    await page.keyboard.press("Enter")
    await expect(stage).to_have_attribute("phase", "live")
    await expect(page.get_by_label("Message")).to_be_focused()
    await page.keyboard.type("What can you teach me?")
    await page.keyboard.press("Enter")
    await expect(stage).to_have_attribute("mood", "speaking")
    await page.keyboard.press("Escape")
    await expect(stage).to_have_attribute("mood", "listening")

    await tab_to(page, "Your menu", backwards=True)
    await page.keyboard.press("Enter")
    await tab_to(page, "Sign out")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("face to face")
    guest.name = ""  # nobody any more: what was theirs cannot be asked for


async def tab_to(page: Page, name: str, *, backwards: bool = False) -> None:
    """Press Tab until what has that name is focused, and is seen to be."""
    for _ in range(120):
        await page.keyboard.press("Shift+Tab" if backwards else "Tab")
        words, outline = await page.evaluate(
            """() => {
              const now = document.activeElement
              const style = getComputedStyle(now)
              const label = now.getAttribute("aria-label") ?? now.textContent
              return [label.replace(/\\s+/g, " ").trim(), style.outlineStyle]
            }"""
        )
        if words.startswith(name):
            assert outline != "none", f"{name} does not show that it is focused"
            return
    raise AssertionError(f"The keyboard does not come to {name}")


async def test_signing_in_comes_back_to_where_one_wanted_to_go(door: Door) -> None:
    visitor = await door.stranger()
    page = await visitor.page("/accounts/signup/")
    name = new_name("ada")
    await sign_up(page, name)
    await sign_out(page)

    await page.goto(f"{visitor.portal.url}/history/")
    await sign_in(page, name)

    assert page.url == f"{visitor.portal.url}/history/"
