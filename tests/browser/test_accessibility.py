"""Pages in the middle of a session: axe finds nothing, phones scroll in one direction.

Pages as they are opened are seen in `test_every_page.py`.
"""

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Frame, Page

from tests.browser.conftest import Door
from tests.browser.studio import Studio

SCHEMES: dict[Any, dict[str, Any]] = {
    "light": {"resultTypes": ["violations"]},
    "dark": {"resultTypes": ["violations"], "runOnly": ["color-contrast"]},
}
_COLOURS_HAVE_SETTLED = """
() => Promise.all(
  document.getAnimations()
    .filter((one) => one instanceof CSSTransition)
    .map(({ finished }) => finished.catch(() => {}))
)
"""


@pytest.fixture
def axe_door(door: Door) -> Door:
    """axe looks at a page by inline styles, which the policy refuses with complaints."""
    door.overlooks = True
    return door


async def test_a_live_studio_and_its_second_window_are_accessible(
    axe_door: Door,
) -> None:
    guest, operator = await axe_door.guest(), await axe_door.operator()
    studio = await Studio.enter(guest)
    await studio.open_tab("Background")
    await studio.page.get_by_label("Remove background").check()
    await studio.go_live()
    await studio.repeat()
    await check(studio.page)
    [row] = await guest.open_sessions()

    await check(await operator.page(f"/sessions/{row['session_id']}/"))
    await check(await operator.page("/sessions/"))
    await studio.button("Keys").click()
    await check(studio.page)


async def test_the_narrowest_phone_scrolls_no_session_sideways(door: Door) -> None:
    guest = await door.guest(viewport={"width": 320, "height": 740})
    studio = await Studio.enter(guest)
    await studio.open_tab("Background")
    await studio.page.get_by_label("Remove background").check()
    await studio.button("New").click()
    await studio.phase_is("ready")
    await fits(studio.page)
    [row] = await guest.open_sessions()

    await fits(await guest.page(f"/sessions/{row['session_id']}/"))


async def test_a_phone_on_its_side_shows_the_whole_stage_and_the_message_box(
    door: Door,
) -> None:
    guest = await door.guest(viewport={"width": 667, "height": 375})
    studio = await Studio.enter(guest)
    await fits(studio.page)

    for part in (studio.stage, studio.message):
        box = await part.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 375


async def check(page: Page, frame: Frame | None = None) -> None:
    """Every rule in light; in dark, where only colours differ, those for contrast."""
    seen = frame or page
    for scheme, options in SCHEMES.items():
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await seen.evaluate(_COLOURS_HAVE_SETTLED)
        found = await Axe().run(seen, options=options)
        assert found.violations_count == 0, (
            f"{seen.url} {scheme}\n{found.generate_report()}"
        )


async def fits(page: Page | Frame) -> None:
    wide, room = await page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= room, f"{page.url} is {wide} px wide in a window of {room}"
