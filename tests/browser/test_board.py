"""The operators' board in Chromium: real sessions, watched, moved and stopped."""

import re
from typing import Any

import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Door, Visitor, sign_out
from tests.browser.studio import Studio
from tests.browser.test_accessibility import check, fits
from tests.portal import SEATS

NUMBER = re.compile(r"^[−+]?\d+")
#: A browser reports every five seconds, from its second look on.
REPORTED_WITHIN_MS = 30_000


@pytest_asyncio.fixture(loop_scope="session")
async def operator(door: Door) -> Visitor:
    """Staff in a house that is empty yet."""
    visitor = await door.operator()
    await post(visitor, "/operate/stop-all", line="yes")
    return visitor


async def post(visitor: Visitor, path: str, **form: Any) -> None:
    """What a page of this visitor's would post."""
    cookies = {
        str(one.get("name")): str(one.get("value"))
        for one in await visitor.context.cookies()
    }
    answer = await visitor.context.request.post(
        visitor.portal.url + path,
        form=form,
        headers={"X-CSRFToken": cookies["csrftoken"], "Origin": visitor.portal.url},
    )
    assert answer.ok, await answer.text()


async def open_board(operator: Visitor) -> Page:
    page = await operator.page("/operate/")
    await expect(page.get_by_text("Updating live")).to_be_visible()
    return page


async def take(visitor: Visitor, *, seats: int) -> None:
    """So many sessions that nobody has answered yet; beyond the last seat, a ticket."""
    for _ in range(seats):
        await post(visitor, "/persona/heygen/session/create")


def row_of(place: Page | Locator, visitor: Visitor) -> Locator:
    return place.get_by_role("row").filter(has_text=visitor.name)


async def confirm(page: Page, verb: str) -> None:
    await page.get_by_role("dialog").get_by_role("button", name=verb).click()


async def test_a_session_comes_shows_how_it_fares_and_is_stopped(
    door: Door, operator: Visitor
) -> None:
    board = await open_board(operator)
    await expect(board.get_by_text("Every seat is free")).to_be_visible()
    guest = await door.guest()
    studio = await Studio.enter(guest)

    await studio.go_live()

    row = row_of(board, guest)
    await expect(row).to_contain_text("Live")
    await expect(row).to_contain_text("connected")
    for name in ("fps", "kbit_s", "rtt_ms", "freezes_total", "av_offset_ms"):
        cell = row.locator(f"[data-field={name}]")
        await expect(cell).to_have_text(NUMBER, timeout=REPORTED_WITHIN_MS)
    await expect(board).to_have_title(re.compile(f"^1 of {SEATS} seats"))

    await row.get_by_role("button", name="Stop").click()
    await expect(board.get_by_role("dialog")).to_contain_text(guest.name)
    await confirm(board, "Stop it")

    await studio.phase_is("ended")
    await expect(board.get_by_text("Every seat is free")).to_be_visible()
    await expect(board.locator("[data-part=done]")).to_contain_text("was stopped")


async def test_the_line_is_shown_and_moved(door: Door, operator: Visitor) -> None:
    board = await open_board(operator)
    line = board.get_by_role("table", name="Waiting in line")
    first, second = await door.guest(), operator
    await take(first, seats=SEATS + 1)
    await take(second, seats=1)
    place = "[data-field=position]"
    await expect(row_of(line, second).locator(place)).to_have_text("2")
    await expect(row_of(line, second)).to_contain_text("about")
    up = row_of(line, second).get_by_role("button", name="Up")

    await up.focus()
    await board.keyboard.press("Enter")

    await expect(row_of(line, second).locator(place)).to_have_text("1")
    await expect(row_of(line, first).locator(place)).to_have_text("2")
    await expect(board.locator("[data-part=done]")).to_contain_text("number 1")
    await expect(up).to_be_focused()

    await board.get_by_role("button", name="Stop all").click()
    dialog = board.get_by_role("dialog")
    await expect(dialog).to_contain_text(f"Stop all {SEATS} sessions?")
    await board.keyboard.press("Escape")
    await expect(row_of(line, first)).to_be_visible()
    await board.get_by_role("button", name="Stop all").click()
    await dialog.get_by_label("Also send away the 2 visitors").check()
    await confirm(board, f"Stop {SEATS} sessions")

    await expect(board.get_by_text("Every seat is free")).to_be_visible()
    await expect(line).to_be_hidden()


async def test_an_account_is_drained_and_undrained_by_keys(operator: Visitor) -> None:
    board = await open_board(operator)
    account = board.get_by_role("listitem").filter(has_text="Local engine")
    await account.get_by_role("button", name="Drain").focus()

    await board.keyboard.press("Enter")
    await expect(account).to_contain_text("Drained")
    undrain = account.get_by_role("button", name="Undrain")
    await expect(undrain).to_be_focused()
    await board.keyboard.press("Enter")

    await expect(account).to_contain_text("Well")


async def test_the_days_plot_can_be_read_by_keys_and_as_a_table(
    operator: Visitor,
) -> None:
    await take(operator, seats=1)
    board = await open_board(operator)
    moment = board.locator("[data-part=moment]")
    await expect(moment).to_contain_text(f"1 of {SEATS} seats occupied")
    await expect(board.locator("[data-part=summary]")).to_contain_text("At most")

    slider = board.get_by_role("slider", name="Moment")
    await slider.focus()
    await board.keyboard.press("Home")

    await expect(moment).to_contain_text(f"0 of {SEATS} seats occupied")
    assert await slider.get_attribute("aria-valuetext") == await moment.inner_text()
    await board.get_by_text("By the hour, as a table").click()
    await expect(board.locator("[data-part=hours] tr")).not_to_have_count(0)


# The notice goes as soon as the connection is back, which may be sooner than we look.
_LOSE_CONNECTION = """
() => new Promise((done) => {
  const place = document.querySelector("[data-part=problems]")
  new MutationObserver(() => done(place.innerText)).observe(place, { childList: true })
  window.sockets.at(-1).close(4000)
})
"""


async def test_a_lost_connection_is_told_and_comes_back(operator: Visitor) -> None:
    await operator.context.add_init_script(
        "window.sockets = []; window.WebSocket = class extends WebSocket {"
        "constructor(...given) { super(...given); window.sockets.push(this) } }"
    )
    board = await open_board(operator)
    await expect(board.get_by_text("Every seat is free")).to_be_visible()

    told = await board.evaluate(_LOSE_CONNECTION)

    assert "connection was lost" in told
    await expect(board.get_by_text("Updating live")).to_be_visible()
    await expect(board.get_by_role("alert")).to_be_hidden()


async def test_who_is_signed_out_elsewhere_sees_nothing_any_more(
    door: Door, operator: Visitor
) -> None:
    other = await door.operator()
    board, elsewhere = await open_board(other), await other.page("/")
    await expect(board.get_by_role("heading", name="Accounts")).to_be_visible()

    await sign_out(elsewhere)
    other.name = ""  # so that nobody expects more of these cookies
    await expect(elsewhere.get_by_role("link", name="Sign in").first).to_be_visible()
    await post(operator, "/operate/stop-idle")  # boards look again

    alert = board.get_by_role("alert")
    await expect(alert).to_contain_text("You are signed out")
    await expect(alert.get_by_role("link", name="Sign in")).to_be_visible()
    await expect(board.get_by_role("heading", name="Accounts")).to_be_hidden()


async def test_the_board_is_accessible_and_never_scrolls_sideways(
    door: Door, operator: Visitor
) -> None:
    door.overlooks = True  # axe looks by inline styles, which the policy refuses
    await take(operator, seats=SEATS + 1)
    board = await open_board(operator)
    await expect(board.get_by_role("button", name="Take out")).to_be_visible()
    await expect(board.locator("[data-part=moment]")).to_contain_text("occupied")
    await board.get_by_text("By the hour, as a table").click()
    await check(board)
    for width in (320, 820, 1600):
        await board.set_viewport_size({"width": width, "height": 740})
        await fits(board)

    await board.get_by_role("button", name="Stop all").click()
    await check(board)
