"""Waiting for a seat, as people at four and more windows see it."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.conftest import Door
from tests.browser.portal import SEATS, Portal, start_portal
from tests.browser.studio import Studio

SHORT_OFFER_S = 3


async def seat_everybody(door: Door) -> list[Studio]:
    """As many people as there are seats, each with a stream or about to have one."""
    studios = [await Studio.enter(await door.guest()) for _ in range(SEATS)]
    for studio in studios:
        await studio.button("New").click()
        await studio.phase_is("ready")
    return studios


async def join_line(door: Door) -> Studio:
    studio = await Studio.enter(await door.guest())
    await studio.call()
    await studio.phase_is("waiting")
    return studio


async def test_the_fourth_sees_its_place_is_offered_a_seat_takes_it_and_talks(
    door: Door,
) -> None:
    seated = await seat_everybody(door)
    for studio in seated:
        await studio.button("Start").click()
        await studio.phase_is("live")
    fourth = await join_line(door)
    await expect(fourth.poster).to_contain_text("You are next in line, ")
    await expect(fourth.page).to_have_title("Next in line · Greenroom")
    await seated[0].repeat()

    await seated[0].button("Close").click()

    await fourth.phase_is("offered")
    await expect(fourth.poster).to_have_text("A seat is free for you")
    take = fourth.page.get_by_role("button", name="Take it")
    await expect(take).to_be_focused()
    await fourth.page.keyboard.press("Enter")
    await fourth.phase_is("live")
    await fourth.mood_is("speaking")
    assert await fourth.sound(for_ms=800) > 1e-4
    await expect(fourth.page).to_have_title("Studio · Greenroom")


async def test_places_move_up_and_whoever_leaves_the_line_is_out_of_it(
    door: Door,
) -> None:
    await seat_everybody(door)
    first, second = await join_line(door), await join_line(door)
    await expect(second.poster).to_contain_text("You are number 2 in line")
    news = second.page.locator("[data-part=news]")
    await expect(news).to_contain_text("You are number 2 in line")

    await first.button("Leave the line").click()

    await first.phase_is("ended")
    await expect(first.poster).to_have_text("You left the line.")
    await expect(second.poster).to_contain_text("You are next in line")
    await expect(news).to_contain_text("You are next in line")


async def test_step_by_step_new_waits_too_and_start_is_still_pressed_by_hand(
    door: Door,
) -> None:
    seated = await seat_everybody(door)
    studio = await Studio.enter(await door.guest())
    await studio.button("New").click()
    await studio.phase_is("waiting")

    await seated[0].button("Close").click()
    await studio.page.get_by_role("button", name="Take it").click()

    await studio.phase_is("ready")
    await expect(studio.button("Start")).to_be_enabled()


async def test_a_reload_keeps_the_place_and_a_closed_page_gives_it_up(
    door: Door,
) -> None:
    await seat_everybody(door)
    first, second = await join_line(door), await join_line(door)

    await second.page.reload()
    await second.phase_is("waiting")
    await expect(second.poster).to_contain_text("You are number 2 in line")
    await first.page.close(run_before_unload=True)

    await expect(second.poster).to_contain_text("You are next in line")


async def test_a_written_question_keeps_the_focus_when_the_seat_comes(
    door: Door,
) -> None:
    seated = await seat_everybody(door)
    studio = await join_line(door)
    await studio.message.fill("What do you")

    await seated[0].button("Close").click()
    await studio.phase_is("offered")
    await studio.page.keyboard.type(" like?")

    assert await studio.message.input_value() == "What do you like?"
    await expect(studio.page.get_by_role("alert")).to_contain_text(
        ["A seat is free for you"]
    )


async def test_who_waits_is_listed_with_their_place(door: Door) -> None:
    await seat_everybody(door)
    waiting = await door.guest()
    studio = await Studio.enter(waiting)
    await studio.call()
    await studio.phase_is("waiting")

    page = await waiting.page("/sessions/")

    row = page.get_by_role("row").filter(has_text="Mira")
    await expect(row).to_contain_text("Waiting, number 1")


@pytest.fixture(scope="module")
def hasty_portal(
    portal: Portal, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """One seat, and offers that are soon over; the engine is that of the other portal."""
    folder = tmp_path_factory.mktemp("hasty")
    hasty = {"QUEUE_OFFER_S": str(SHORT_OFFER_S), "ENGINE_SEATS": "1"}
    hasty |= {"ENGINE_EXCLUSIVE": "false"}
    with start_portal(folder, engine=portal.engine, **hasty) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def hasty_door(browser: Browser, hasty_portal: Portal) -> AsyncIterator[Door]:
    door = Door(browser, hasty_portal)
    yield door
    for visitor in door.visitors:
        await visitor.stop_sessions()
        await visitor.context.close()
    assert door.complaints == []


async def test_a_missed_seat_goes_to_the_next_in_line(hasty_door: Door) -> None:
    seated = await Studio.enter(await hasty_door.guest())
    await seated.go_live()
    first, second = await join_line(hasty_door), await join_line(hasty_door)

    await seated.button("Close").click()
    await first.phase_is("offered")
    async with asyncio.timeout(SHORT_OFFER_S * 4):
        await first.phase_is("ended")
        await second.phase_is("offered")

    await expect(first.poster).to_have_text(
        "You missed the seat: it went to the next in line."
    )
    await second.page.get_by_role("button", name="Take it").click()
    await second.phase_is("live")
    await first.button("Join again").click()
    await first.phase_is("waiting")
