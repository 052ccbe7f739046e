"""The portal and people who use it: real processes, real browser, nothing replaced."""

import itertools
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
)

from tests.browser.chromium import AUTOPLAY, launched
from tests.portal import Portal, start_portal

PASSWORD = "a long and quiet evening"
OPERATOR = "olga"

expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser, on the event loop that the browser lives on."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with start_portal(tmp_path_factory.mktemp("portal")) as running:
        running.make_staff(OPERATOR, PASSWORD)
        yield running


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with launched(AUTOPLAY) as chromium:
        yield chromium


@dataclass
class Visitor:
    """One person with a browser window of their own."""

    name: str
    context: BrowserContext
    portal: Portal
    complaints: list[str]

    async def page(self, path: str = "/") -> Page:
        """A new tab at `path`."""
        page = await self.context.new_page()
        self._listen(page)
        await page.goto(self.portal.url + path)
        return page

    async def rest(self, path: str) -> Any:
        answer = await self.context.request.get(self.portal.url + path)
        assert answer.ok, await answer.text()
        return (await answer.json())["data"]

    async def open_sessions(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = (await self.rest("/persona/heygen/sessions"))[
            "sessions"
        ]
        return rows

    async def stop_sessions(self) -> None:
        """Give every seat back; leaving the page alone would keep it for a few seconds."""
        if not self.name:
            return
        cookies = await self.context.cookies(self.portal.url)
        [token] = [one["value"] for one in cookies if one["name"] == "csrftoken"]
        for row in await self.open_sessions():
            answer = await self.context.request.post(
                f"{self.portal.url}/persona/heygen/session/stop",
                data={"session_id": row["session_id"]},
                headers={"X-CSRFToken": token},
            )
            assert answer.ok, await answer.text()

    def _listen(self, page: Page) -> None:
        """Errors in the console include violations of the content security policy."""
        page.on("console", lambda message: self._hear(page, message))
        page.on("pageerror", lambda error: self._note(page, str(error)))

    def _hear(self, page: Page, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._note(page, message.text)

    def _note(self, page: Page, complaint: str) -> None:
        self.complaints.append(f"{page.url}: {complaint}")


@dataclass
class Door:
    """Lets people in: anonymous, newly signed up, or staff; each with fresh cookies."""

    browser: Browser
    portal: Portal
    visitors: list[Visitor] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    #: For tests in which the browser must complain, of a refused request for one.
    overlooks: bool = False

    numbers = itertools.count(1)

    async def stranger(self, **options: Any) -> Visitor:
        context = await self.browser.new_context(**options)
        visitor = Visitor("", context, self.portal, self.complaints)
        self.visitors.append(visitor)
        return visitor

    async def guest(self, **options: Any) -> Visitor:
        """Somebody who has just signed up."""
        visitor = await self.stranger(**options)
        visitor.name = f"guest{next(self.numbers)}"
        page = await visitor.page("/accounts/signup/")
        await page.get_by_label("Username").fill(visitor.name)
        await page.get_by_label("Password", exact=True).fill(PASSWORD)
        await page.get_by_label("Password (again)").fill(PASSWORD)
        await page.get_by_role("main").get_by_role("button", name="Sign up").click()
        await expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        await page.close()
        return visitor

    async def operator(self, **options: Any) -> Visitor:
        """Staff, signed in."""
        visitor = await self.stranger(**options)
        visitor.name = OPERATOR
        page = await visitor.page("/accounts/login/")
        await sign_in(page, OPERATOR)
        await page.close()
        return visitor


async def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    await page.get_by_role("textbox", name="Username or e-mail").fill(name)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("main").get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("button", name="Sign out")).to_be_visible()


@pytest_asyncio.fixture(loop_scope="session")
async def door(browser: Browser, portal: Portal) -> AsyncIterator[Door]:
    """Whoever came in leaves at the end, and no page may have complained meanwhile."""
    door = Door(browser, portal)
    yield door
    for visitor in door.visitors:
        await visitor.stop_sessions()
        await visitor.context.close()
    assert door.overlooks or door.complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def guest(door: Door) -> Visitor:
    return await door.guest()
