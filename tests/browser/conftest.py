"""The portal and people who use it: real processes, real browser, nothing replaced."""

import asyncio
import itertools
import secrets
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
#: Chromium's word for how WebGL gets into a page that is drawn without a GPU.
_NO_GPU = "GPU stall due to ReadPixels"
OPERATOR = "olga"
#: What a reload may take and some more for a busy machine.
SEAT_FREE_WITHIN_S = 40.0
GUESTS_AT_ONCE = 60
OPERATORS_AT_ONCE = 15

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
class Lobby:
    """Cookies of people who have signed in already, many at a time.

    Signing in by the pages, which `test_pages.py` shows, takes longer than many tests.
    """

    portal: Portal
    _guests: list[tuple[str, str]] = field(default_factory=list)
    _operators: list[tuple[str, str]] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def guest(self) -> tuple[str, str]:
        """Somebody whom nobody has seen yet: name and session cookie."""
        if not self._guests:
            await self._let_in()
        return self._guests.pop()

    async def operator(self) -> tuple[str, str]:
        """The operator, in a session of their own."""
        if not self._operators:
            await self._let_in()
        return self._operators.pop()

    async def _let_in(self) -> None:
        names = [f"guest{next(self._numbers)}" for _ in range(GUESTS_AT_ONCE)]
        names += [OPERATOR] * OPERATORS_AT_ONCE
        cookies = await asyncio.to_thread(self.portal.sign_in, *names)
        people = list(zip(names, cookies, strict=True))
        self._guests += people[:GUESTS_AT_ONCE]
        self._operators += people[GUESTS_AT_ONCE:]


@pytest.fixture(scope="session")
def lobby(portal: Portal) -> Lobby:
    return Lobby(portal)


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

    async def until_no_session(self) -> None:
        """Return once no session of theirs is open any more, asking not too often."""
        async with asyncio.timeout(SEAT_FREE_WITHIN_S):
            while await self.open_sessions():  # noqa: ASYNC110  (the portal's)
                await asyncio.sleep(0.1)

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
        is_bad = message.type in ("error", "warning")
        if is_bad and _NO_GPU not in message.text:
            self._note(page, f"{message.text} ({message.location['url']})")

    def _note(self, page: Page, complaint: str) -> None:
        self.complaints.append(f"{page.url}: {complaint}")


@dataclass
class Door:
    """Lets people in: anonymous, new, or staff; each with fresh cookies."""

    browser: Browser
    lobby: Lobby
    visitors: list[Visitor] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    #: For tests in which the browser must complain, of a refused request for one.
    overlooks: bool = False

    async def stranger(self, **options: Any) -> Visitor:
        context = await self.browser.new_context(**options)
        visitor = Visitor("", context, self.lobby.portal, self.complaints)
        self.visitors.append(visitor)
        return visitor

    async def guest(self, **options: Any) -> Visitor:
        """Somebody new, signed in."""
        return await self._known(*await self.lobby.guest(), options)

    async def operator(self, **options: Any) -> Visitor:
        """Staff, signed in."""
        return await self._known(*await self.lobby.operator(), options)

    def hear_complaints(self) -> None:
        """Fail with what pages have complained of, all of it."""
        assert self.overlooks or not self.complaints, "\n".join(self.complaints)

    async def _known(self, name: str, cookie: str, options: dict[str, Any]) -> Visitor:
        visitor = await self.stranger(**options)
        visitor.name = name
        url = self.lobby.portal.url
        await visitor.context.add_cookies(
            [
                {"name": "sessionid", "value": cookie, "url": url},
                {"name": "csrftoken", "value": secrets.token_hex(16), "url": url},
            ]
        )
        return visitor


async def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    await page.get_by_role("textbox", name="Username or e-mail").fill(name)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("main").get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("button", name="Your menu")).to_be_visible()


async def sign_out(page: Page) -> None:
    await page.get_by_role("button", name="Your menu").click()
    await page.get_by_role("button", name="Sign out").click()


@pytest_asyncio.fixture(loop_scope="session")
async def door(browser: Browser, lobby: Lobby) -> AsyncIterator[Door]:
    """Whoever came in leaves at the end, and no page may have complained meanwhile."""
    door = Door(browser, lobby)
    yield door
    for visitor in door.visitors:
        await visitor.stop_sessions()
        await visitor.context.close()
    door.hear_complaints()


@pytest_asyncio.fixture(loop_scope="session")
async def guest(door: Door) -> Visitor:
    return await door.guest()
