"""Coming back to a session: a reload, another window, a stream that broke."""

import asyncio
from typing import Any

import httpx
from playwright.async_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.studio import Studio
from tests.portal import SEATS, Portal

QUESTION = "Who are you?"


async def upstream_ids(portal: Portal) -> list[str]:
    """What the engine itself lists."""
    async with httpx.AsyncClient(headers=portal.engine.headers) as client:
        answer = await client.get(f"{portal.engine.url}/v1/streaming.list")
    listed: list[dict[str, Any]] = answer.json()["data"]["sessions"]
    return [one["session_id"] for one in listed]


async def stop_upstream(portal: Portal) -> None:
    """The avatar service ends by itself what it has."""
    async with httpx.AsyncClient(headers=portal.engine.headers) as client:
        for session_id in await upstream_ids(portal):
            body = {"session_id": session_id}
            await client.post(f"{portal.engine.url}/v1/streaming.stop", json=body)


async def live_and_talking(visitor: Visitor) -> Studio:
    studio = await Studio.enter(visitor)
    await studio.go_live()
    await studio.message.fill(QUESTION)
    await studio.button("Talk").click()
    await studio.mood_is("speaking")
    return studio


async def test_a_reload_goes_on_in_the_same_session_and_conversation(
    guest: Visitor, portal: Portal
) -> None:
    studio = await live_and_talking(guest)
    [before] = await guest.open_sessions()

    for _ in range(2):
        await studio.page.reload()
        await studio.phase_is("live")

    [after] = await guest.open_sessions()
    assert after["session_id"] == before["session_id"]
    assert len(await upstream_ids(portal)) <= SEATS
    await expect(studio.log).to_contain_text(f"You: {QUESTION}")
    await expect(studio.log).to_contain_text("Welcome back; the conversation goes on")
    await studio.mood_is("listening")
    await studio.repeat()
    assert await studio.sound(for_ms=800) > 1e-4


async def test_sound_that_needs_a_touch_after_a_reload_is_asked_for(
    guest: Visitor,
) -> None:
    studio = await Studio.enter(guest)
    await studio.go_live()
    await guest.context.add_init_script(_NO_SOUND_BY_ITSELF)

    await studio.page.reload()
    await studio.phase_is("live")

    await expect(studio.button("Tap to hear")).to_be_visible()


_NO_SOUND_BY_ITSELF = """
{
  const play = HTMLMediaElement.prototype.play
  HTMLMediaElement.prototype.play = function () {
    if (!this.muted) return Promise.reject(new DOMException("", "NotAllowedError"))
    return play.call(this)
  }
}
"""


async def test_a_session_that_ended_while_the_page_was_away_says_why_and_goes_on(
    guest: Visitor,
) -> None:
    studio = await live_and_talking(guest)
    [before] = await guest.open_sessions()
    await studio.page.goto("about:blank")
    await guest.until_no_session()

    await studio.page.goto(f"{guest.portal.url}/studio/")
    await studio.phase_is("ended")
    await expect(studio.poster).to_contain_text("the seat was given back")
    await expect(studio.log).to_contain_text(f"You: {QUESTION}")
    await studio.button("Continue this conversation").click()
    await studio.phase_is("live")

    [after] = await guest.open_sessions()
    assert after["session_id"] != before["session_id"]


async def test_a_duplicated_tab_asks_before_it_takes_the_stream(guest: Visitor) -> None:
    first = await Studio.enter(guest)
    await first.go_live()
    second = Studio(await _duplicate(first.page))
    await second.phase_is("elsewhere")
    await first.phase_is("live")

    await second.button("Move it here").click()

    await second.phase_is("live")
    await first.phase_is("elsewhere")
    await second.repeat()
    assert await second.sound(for_ms=800) > 1e-4
    assert len(await guest.open_sessions()) == 1


async def _duplicate(page: Page) -> Page:
    """What a browser's "duplicate tab" does: same address, a copy of the tab's storage."""
    kept = await page.evaluate("JSON.stringify({ ...sessionStorage })")
    copy = await page.context.new_page()
    await copy.add_init_script(
        f"for (const [key, value] of Object.entries({kept}))"
        "  if (!sessionStorage.length) sessionStorage.setItem(key, value)"
    )
    await copy.goto(page.url)
    return copy


async def test_a_session_that_its_service_ended_goes_on_in_a_new_one_by_itself(
    guest: Visitor, portal: Portal
) -> None:
    studio = await live_and_talking(guest)
    [before] = await guest.open_sessions()
    await stop_upstream(portal)

    await asyncio.to_thread(portal.manage, "reconcile")

    await expect(studio.log).to_contain_text("Reconnecting…")
    await expect(studio.log).to_contain_text("Welcome back; the conversation goes on")
    [after] = await guest.open_sessions()
    assert after["session_id"] != before["session_id"]
    await studio.mood_is("listening")
    await studio.repeat()


async def test_an_ended_conversation_is_continued_from_the_list(
    guest: Visitor,
) -> None:
    studio = await live_and_talking(guest)
    await studio.button("Close").click()
    await studio.phase_is("ended")
    await studio.page.goto(f"{guest.portal.url}/sessions/")

    await studio.page.get_by_role("link", name="Continue").click()
    await studio.button("Continue this conversation").click()

    await studio.phase_is("live")
    await expect(studio.log).to_contain_text(f"You: {QUESTION}")


async def test_a_link_to_another_persona_does_not_lead_back(guest: Visitor) -> None:
    studio = await Studio.enter(guest)
    await studio.button("New").click()
    await studio.phase_is("ready")

    await studio.page.goto(f"{guest.portal.url}/studio/?persona=pico")

    await expect(studio.button("Talk to Pico")).to_be_visible()
    await studio.phase_is("idle")
