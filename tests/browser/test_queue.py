"""Waiting for a seat, as people at four and more windows see it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.conftest import Door, Lobby, Visitor
from tests.browser.studio import Studio
from tests.browser.test_accessibility import check, fits
from tests.portal import SEATS, Portal

#: Long enough to be seen on a busy machine.
SHORT_OFFER_S = 5


@dataclass
class House:
    """A full house: every seat is held by a program, which is quicker than a window."""

    portal: Portal
    tokens: list[str]
    sessions: list[str] = field(default_factory=list)

    def fill(self) -> None:
        self.sessions = [self._post(nth, "create", {}) for nth in range(SEATS)]

    def free_one(self) -> None:
        nth = len(self.sessions) - 1
        self._post(nth, "stop", {"session_id": self.sessions.pop()})

    def _post(self, nth: int, verb: str, body: dict[str, str]) -> str:
        answer = httpx.post(
            f"{self.portal.url}/persona/heygen/session/{verb}",
            json=body,
            headers={"Authorization": f"Token {self.tokens[nth]}"},
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["data"].get("session_id"))


@dataclass
class People:
    """Hands out visitors, each once in a test."""

    crowd: Door
    #: Where they go.
    portal: Portal
    used: int = 0

    async def next(self) -> Visitor:
        self.used += 1
        if self.used > len(self.crowd.visitors):
            await self.crowd.guest()
        return replace(self.crowd.visitors[self.used - 1], portal=self.portal)

    async def enter(self) -> Studio:
        return await Studio.enter(await self.next())

    async def join_line(self) -> Studio:
        studio = await self.enter()
        await studio.call()
        await studio.phase_is("waiting")
        return studio


@pytest.fixture(scope="module")
def sitters(portal: Portal) -> list[str]:
    return portal.make_users(*[f"sitter{nth}" for nth in range(SEATS)])


@pytest.fixture
def full_house(portal: Portal, sitters: list[str]) -> Iterator[House]:
    house = House(portal, sitters)
    house.fill()
    yield house
    while house.sessions:
        house.free_one()


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def crowd(browser: Browser, lobby: Lobby) -> AsyncIterator[Door]:
    """Keeps who has come for a while."""
    door = Door(browser, lobby)
    yield door
    for visitor in door.visitors:
        await visitor.context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def people(crowd: Door, portal: Portal) -> AsyncIterator[People]:
    people = People(crowd, portal)
    crowd.overlooks = False
    yield people
    for visitor in crowd.visitors:
        await visitor.stop_sessions()
        for page in visitor.context.pages:
            await page.close()
    crowd.hear_complaints()
    crowd.complaints.clear()


async def test_the_fourth_sees_its_place_is_offered_a_seat_takes_it_and_talks(
    people: People,
) -> None:
    seated = [await people.enter() for _ in range(SEATS)]
    for studio in seated:
        await studio.go_live()
    fourth = await people.join_line()
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
    full_house: House, people: People
) -> None:
    first, second = await people.join_line(), await people.join_line()
    await expect(second.poster).to_contain_text("You are number 2 in line")
    news = second.page.locator("[data-part=news]")
    await expect(news).to_contain_text("You are number 2 in line")

    await first.button("Leave the line").click()

    await first.phase_is("ended")
    await expect(first.poster).to_have_text("You left the line.")
    await expect(second.poster).to_contain_text("You are next in line")
    await expect(news).to_contain_text("You are next in line")


async def test_step_by_step_new_waits_too_and_start_is_still_pressed_by_hand(
    full_house: House, people: People
) -> None:
    studio = await people.enter()
    await studio.button("New").click()
    await studio.phase_is("waiting")

    await asyncio.to_thread(full_house.free_one)
    await studio.page.get_by_role("button", name="Take it").click()

    await studio.phase_is("ready")
    await expect(studio.button("Start")).to_be_enabled()


async def test_a_reload_keeps_the_place_and_a_closed_page_gives_it_up(
    full_house: House, people: People
) -> None:
    first, second = await people.join_line(), await people.join_line()

    await second.page.reload()
    await second.phase_is("waiting")
    await expect(second.poster).to_contain_text("You are number 2 in line")
    await first.page.close(run_before_unload=True)

    await expect(second.poster).to_contain_text("You are next in line")


async def test_waiting_and_the_offer_are_accessible_and_fit_a_phone(
    full_house: House, people: People
) -> None:
    people.crowd.overlooks = True  # axe uses inline styles, which the policy refuses
    studio = await people.join_line()
    await studio.page.set_viewport_size({"width": 320, "height": 740})
    await fits(studio.page)
    await check(studio.page)

    await asyncio.to_thread(full_house.free_one)
    await studio.phase_is("offered")

    await fits(studio.page)
    await check(studio.page)


async def test_a_written_question_keeps_the_focus_when_the_seat_comes(
    full_house: House, people: People
) -> None:
    studio = await people.join_line()
    await studio.message.fill("What do you")

    await asyncio.to_thread(full_house.free_one)
    await studio.phase_is("offered")
    await studio.page.keyboard.type(" like?")

    assert await studio.message.input_value() == "What do you like?"
    await expect(studio.page.get_by_role("alert")).to_contain_text(
        ["A seat is free for you"]
    )


async def test_who_waits_is_listed_with_their_place(
    full_house: House, people: People
) -> None:
    waiting = await people.next()
    studio = await Studio.enter(waiting)
    await studio.call()
    await studio.phase_is("waiting")

    page = await waiting.page("/sessions/")

    row = page.get_by_role("row").filter(has_text="Mira").first
    await expect(row).to_contain_text("Waiting, number 1")


@pytest.fixture
def hasty_portal(portal: Portal) -> Iterator[Portal]:
    """A web process whose offers are soon over."""
    with portal.another_web(QUEUE_OFFER_S=str(SHORT_OFFER_S)) as hasty:
        yield hasty


async def test_a_missed_seat_goes_to_the_next_in_line(
    hasty_portal: Portal, full_house: House, people: People
) -> None:
    full_house.portal = people.portal = hasty_portal
    first, second = await people.join_line(), await people.join_line()

    await asyncio.to_thread(full_house.free_one)
    await first.phase_is("offered")
    await first.phase_is("ended")
    await second.phase_is("offered")

    await expect(first.poster).to_have_text(
        "You missed the seat: it went to the next in line."
    )
    await second.page.get_by_role("button", name="Take it").click()
    await second.phase_is("live")
    await first.button("Join again").click()
    await first.phase_is("waiting")
