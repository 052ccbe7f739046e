"""Coming in, going out, and the pages around the studio."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import PASSWORD, Door, Visitor, sign_in, sign_out
from tests.browser.studio import Studio


async def test_signing_up_out_and_in_again(door: Door) -> None:
    visitor = await door.stranger()
    page = await visitor.page("/")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("face to face")

    await page.get_by_role("main").get_by_role("link", name="Sign up").click()
    await page.get_by_label("Username").fill("nina")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_label("Password (again)").fill(PASSWORD)
    await page.get_by_role("main").get_by_role("button", name="Sign up").click()
    await expect(page.get_by_role("link", name="Talk to Mira")).to_be_visible()
    await sign_out(page)
    await expect(
        page.get_by_role("main").get_by_role("link", name="Sign in")
    ).to_be_visible()
    await page.get_by_role("main").get_by_role("link", name="Sign in").click()
    await sign_in(page, "nina")

    await expect(page.get_by_role("link", name="Studio")).to_be_visible()


async def test_a_wrong_password_is_refused_in_words(door: Door) -> None:
    visitor = await door.stranger()
    page = await visitor.page("/accounts/login/")

    await page.get_by_role("textbox", name="Username or e-mail").fill("nobody")
    await page.get_by_label("Password", exact=True).fill("not the password")
    await page.get_by_role("main").get_by_role("button", name="Sign in").click()

    await expect(page.get_by_role("alert")).to_contain_text("not correct")


@pytest.mark.parametrize("path", ["/studio/", "/sessions/", "/account/tokens/"])
async def test_a_stranger_is_led_to_the_sign_in_page(door: Door, path: str) -> None:
    visitor = await door.stranger()

    page = await visitor.page(path)

    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.url.endswith(f"?next={path}")


async def test_the_chosen_persona_opens_the_studio(guest: Visitor) -> None:
    page = await guest.page("/")
    card = page.get_by_role("listitem").filter(has_text="Pico")

    await card.get_by_role("button", name="More about Pico").click()
    await card.get_by_role("button", name="Make current").click()
    await expect(card.get_by_text("Current", exact=True)).to_be_visible()
    await page.get_by_role("link", name="Studio").click()

    await expect(page.get_by_role("button", name="Talk to Pico")).to_be_visible()


async def test_a_token_is_shown_once_works_and_can_be_revoked(guest: Visitor) -> None:
    page = await guest.page("/account/tokens/")
    await page.get_by_label("Name").fill("kiosk")
    await page.get_by_role("button", name="Create token").click()
    secret = await page.locator("#secret").inner_text()
    program = await guest.context.browser.new_context()  # type: ignore[union-attr]
    headers = {"Authorization": f"Token {secret}"}
    url = f"{guest.portal.url}/persona"

    assert (await program.request.get(url, headers=headers)).status == 200
    await page.goto(f"{guest.portal.url}/account/tokens/")
    await expect(page.locator("#secret")).to_have_count(0)
    await page.get_by_role("button", name="Revoke kiosk").click()

    await expect(page.get_by_role("status")).to_contain_text("no longer works")
    assert (await program.request.get(url, headers=headers)).status == 401
    await program.close()


async def test_own_sessions_are_listed_and_can_be_stopped_there(guest: Visitor) -> None:
    studio = await Studio.enter(guest)
    await studio.button("New").click()
    await studio.phase_is("ready")

    page = await guest.page("/sessions/")
    await expect(page.get_by_role("row").filter(has_text="Mira")).to_contain_text(
        "Ready"
    )
    await page.get_by_role("button", name="Stop the session").click()

    await expect(page.get_by_role("row").filter(has_text="Mira")).to_contain_text(
        "Closed"
    )
    await studio.phase_is("ended")


async def test_the_operators_window_follows_a_session_live(door: Door) -> None:
    guest, operator = await door.guest(), await door.operator()
    studio = await Studio.enter(guest)
    await studio.button("New").click()
    await studio.phase_is("ready")
    [row] = await guest.open_sessions()
    window = await operator.page(f"/sessions/{row['session_id']}/")
    state = window.locator("[data-part=state]")
    await expect(state).to_have_text("Ready to start")

    await studio.button("Start").click()
    await expect(state).to_have_text("Live")
    await expect(window.locator("[data-part=ice]")).to_have_text("connected")
    await studio.repeat()
    await expect(window.locator("[data-part=speaking]")).to_have_text("yes")
    await expect(window.locator("[data-part=caption]")).to_contain_text("Good evening")
    await expect(window.locator("[data-part=media]")).to_contain_text("fps")
    await window.get_by_role("button", name="Stop this session").click()

    # What was a window is now the session's record.
    await expect(window.get_by_role("heading", name="What happened")).to_be_visible()
    await expect(window.get_by_role("main")).to_contain_text("Staff stopped it")
    await studio.phase_is("ended")
    await expect(studio.page.locator("[data-part=poster-line]")).to_contain_text(
        "staff stopped it"
    )


async def test_staff_see_what_others_have_open(door: Door) -> None:
    guest, operator = await door.guest(), await door.operator()
    studio = await Studio.enter(guest)
    await studio.button("New").click()
    await studio.phase_is("ready")

    page = await operator.page("/sessions/")

    row = page.get_by_role("row").filter(has_text=guest.name)
    await expect(row).to_contain_text("Mira")


async def test_another_ones_session_does_not_exist(door: Door) -> None:
    guest, other = await door.guest(), await door.guest()
    studio = await Studio.enter(guest)
    await studio.button("New").click()
    await studio.phase_is("ready")
    [row] = await guest.open_sessions()

    page = await other.page(f"/sessions/{row['session_id']}/")

    await expect(page.get_by_role("heading", name="Nobody is here")).to_be_visible()
    door.overlooks = True  # the browser itself notes the 404 in the console
