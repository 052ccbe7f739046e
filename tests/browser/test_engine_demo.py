"""The engine's own page, in a browser: choose, start, speak, interrupt, close."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.engine_process import EngineProcess, start_engine

SEES = "() => { const v = document.querySelector('video'); return v.videoWidth > 0 }"

SEAT_IS_FREE = """
async () => {
  const headers = { "X-Api-Key": "demo" }
  for (;;) {
    const answer = await fetch("/v1/streaming.list", { headers })
    if (!(await answer.json()).data.sessions.length) return
  }
}
"""


@pytest.fixture(scope="module")
def stage() -> Iterator[EngineProcess]:
    with start_engine(api_key="", seats=1, ENGINE_DEMO="true") as engine:
        yield engine


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, stage: EngineProcess) -> AsyncIterator[Page]:
    """The page, which may not complain unless the test says so."""
    context = await browser.new_context(viewport={"width": 1280, "height": 820})
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type in ("error", "warning")
            and "the server responded with a status of" not in message.text
            else None
        ),
    )
    await page.goto(stage.url)
    yield page
    if page.url != "about:blank" and (
        await page.get_by_role("button", name="Close").is_enabled()
    ):
        await page.get_by_role("button", name="Close").click()
        await state(page, "idle")
    await context.close()
    assert complaints == []


async def state(page: Page, name: str) -> None:
    await expect(page.locator("body")).to_have_attribute("data-state", name)


async def start(page: Page) -> None:
    await page.get_by_role("button", name="Start").click()
    await state(page, "live")


async def test_one_click_brings_the_avatar_and_words_are_spoken_and_cut(page: Page):
    await page.get_by_label("Voice").select_option("en-us+f3")

    await start(page)
    assert await page.evaluate(SEES)

    await page.get_by_role("textbox", name="Say something").fill("On and on. " * 50)
    await page.get_by_role("button", name="Say it").click()
    await state(page, "talking")
    await page.get_by_role("button", name="Interrupt").click()
    await state(page, "live")
    await page.get_by_role("checkbox", name="Listen").check()
    await expect(page.locator("#log")).to_contain_text("start_listening 100")

    await page.get_by_role("button", name="Close").click()
    await state(page, "idle")
    await expect(page.get_by_role("alert")).to_be_hidden()


async def test_what_the_engine_refuses_is_shown_and_can_be_tried_again(
    page: Page, browser: Browser, stage: EngineProcess
):
    await start(page)
    other = await (await browser.new_context()).new_page()
    await other.goto(stage.url)

    await other.get_by_role("button", name="Start").click()
    await expect(other.get_by_role("alert")).to_contain_text("(10004)")
    await page.goto("about:blank")  # which gives its seat back

    await other.evaluate(SEAT_IS_FREE)
    await start(other)
    await expect(other.get_by_role("alert")).to_be_hidden()
    await other.get_by_role("button", name="Close").click()
    await state(other, "idle")
    await other.context.close()


async def test_a_key_is_asked_for_where_one_is_needed(browser: Browser):
    with start_engine(api_key="secret", ENGINE_DEMO="1", ENGINE_WARM="none") as engine:
        page = await (await browser.new_context()).new_page()
        await page.goto(engine.url)
        await expect(page.get_by_role("alert")).to_contain_text("Unauthorized (400112)")

        await page.get_by_label("API key").fill("secret")
        await page.get_by_role("button", name="Start").click()
        await expect(page.locator("#log")).to_contain_text("/v1/streaming.start 100")
        await page.context.close()


async def test_no_script_but_the_pages_own_may_run(page: Page, stage: EngineProcess):
    answer = await page.request.get(stage.url)
    policy = answer.headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in await answer.text()
    assert "style=" not in await answer.text()
