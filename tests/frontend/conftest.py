"""A page in Chromium in which the pure modules can be imported by name."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Page, Route

from config.static_files import bare
from frontend.templatetags.import_map import module_paths
from tests.browser.chromium import launched

HERE = Path(__file__).resolve().parent
JS = HERE.parent.parent / "frontend" / "static" / "frontend" / "js"
ORIGIN = "http://modules.test"


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def module_page() -> AsyncIterator[Page]:
    """A page whose import map knows our modules and `tests/…`; nothing leaves it."""
    async with launched() as browser:
        page = await browser.new_page()
        await page.route(f"{ORIGIN}/**", _answer)
        await page.goto(f"{ORIGIN}/")
        yield page


async def _answer(route: Route) -> None:
    path = route.request.url.removeprefix(f"{ORIGIN}/").split("?")[0]
    if not path:
        await route.fulfill(content_type="text/html", body=module_html())
        return
    folder, _, name = path.partition("/")
    file = {"js": JS, "served": JS, "tests": HERE}[folder] / name
    text = file.read_text()
    body = bare(text) if folder == "served" else text
    await route.fulfill(content_type="text/javascript", body=body)


def module_html() -> str:
    imports = {name: f"/js/{path}" for name, path in module_paths()}
    imports |= {"tests/runner": "/tests/runner.mjs"}
    text = json.dumps({"imports": imports})
    return f'<!doctype html><script type="importmap">{text}</script>'
