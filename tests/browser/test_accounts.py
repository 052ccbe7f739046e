"""Coming in with an account from elsewhere, against a server that gives such accounts."""

import secrets
from collections.abc import Iterator
from dataclasses import replace

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.conftest import Door, Visitor
from tests.portal import Portal
from tests.services.identity import Identity, start_identity


@pytest.fixture(scope="module")
def identity() -> Iterator[Identity]:
    with start_identity() as running:
        yield running


@pytest.fixture(scope="module")
def elsewhere(portal: Portal, identity: Identity) -> Iterator[Portal]:
    """The portal as a web process shows it that knows of the other server."""
    with portal.another_web(**identity.settings()) as web:
        yield web


@pytest_asyncio.fixture(loop_scope="session")
async def stranger(door: Door, elsewhere: Portal, identity: Identity) -> Visitor:
    """Somebody whom only the other server knows."""
    name = f"nora{secrets.token_hex(3)}"
    identity.refuses = False
    identity.person |= {
        "sub": name,
        "preferred_username": name,
        "email": f"{name}@example.com",
    }
    return replace(await door.stranger(), portal=elsewhere, name=name)


async def go_on(page: Page) -> None:
    await page.get_by_role("button", name="Go on with The Museum").click()


async def test_who_is_known_elsewhere_comes_in_without_a_password(
    stranger: Visitor,
) -> None:
    page = await stranger.page("/accounts/login/?next=/account/")
    await go_on(page)

    await expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    await expect(page.get_by_label("First name")).to_have_value("Nora")
    await expect(page.get_by_text("The Museum")).to_be_visible()
    assert page.url == f"{stranger.portal.url}/account/"


async def test_the_second_time_it_is_the_same_account(stranger: Visitor) -> None:
    for _ in range(2):
        page = await stranger.page("/accounts/signup/")
        await go_on(page)
        await expect(page.get_by_role("button", name="Your menu")).to_be_visible()
        await stranger.context.clear_cookies()

    rows = stranger.portal.rows(
        f"SELECT count(*) FROM auth_user WHERE username = '{stranger.name}'"  # noqa: S608
    )
    assert rows == [(1,)]
