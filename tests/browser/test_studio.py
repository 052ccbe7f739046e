"""A viewer's session from New to Close, as seen and heard in Chromium."""

import asyncio
import re
import time

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.studio import CORNER, MOUTH, SPEECH, Studio

SILENCE = 1e-6


async def test_new_start_repeat_talk_interrupt_and_close(guest: Visitor) -> None:
    studio = await Studio.enter(guest)
    await expect(studio.button("Start")).to_be_disabled()
    await expect(studio.button("Talk")).to_be_disabled()

    await studio.go_live()
    await expect(studio.log).to_contain_text(
        "ICE connection state changed to: connected"
    )
    await expect(studio.page.locator("[data-part=ice-text]")).to_have_text("connected")
    await expect(studio.button("Interrupt")).to_be_disabled()

    await studio.repeat()
    await expect(studio.caption).to_contain_text("Good evening")
    await expect(studio.caption.locator(".word")).to_have_text(re.compile(r"^\S+$"))
    await studio.button("Interrupt").click()
    await studio.mood_is("listening")
    await expect(studio.caption).to_have_text("")

    await studio.message.fill("Who are you?")
    await studio.button("Talk").click()
    await studio.mood_is("speaking")
    await expect(studio.caption).not_to_have_text("")
    await expect(studio.log).to_contain_text("You: Who are you?")
    await expect(studio.log).to_contain_text(re.compile(r"heard after \d+ ms"))
    await studio.open_tab("Status")
    stages = studio.page.locator("turn-timings").get_by_role("img")
    await expect(stages).to_have_accessible_name(re.compile("its voice came here"))

    await studio.button("Close").click()
    await studio.phase_is("ended")
    await expect(studio.button("New")).to_be_enabled()
    assert await guest.open_sessions() == []


async def test_the_mouth_moves_while_the_avatar_speaks(guest: Visitor) -> None:
    studio = await Studio.enter(guest)
    await studio.go_live()
    await studio.repeat()

    mouth = await studio.movement(MOUTH)
    corner = await studio.movement(CORNER)

    assert mouth > 3 * corner, (mouth, corner)
    assert mouth > 6, mouth


async def test_there_is_sound_while_it_speaks_and_none_after_interrupt(
    guest: Visitor,
) -> None:
    studio = await Studio.enter(guest)
    await studio.go_live()
    assert await studio.sound(for_ms=800) < SILENCE

    await studio.repeat()
    spoken = await studio.sound(for_ms=1200)
    await studio.page.keyboard.press("Escape")
    await studio.mood_is("listening")
    await _until_silent(studio, within_s=10)  # what was on the way still arrives
    after = await studio.sound(for_ms=1200)

    assert spoken > 1e-4, spoken
    assert after < SILENCE, after


async def _until_silent(studio: Studio, *, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while await studio.sound(for_ms=200) > SILENCE:
        assert time.monotonic() < deadline, "still talking"


async def test_interrupt_silences_this_end_at_once_and_not_for_good(
    guest: Visitor,
) -> None:
    studio = await Studio.enter(guest)
    await studio.go_live()
    await studio.repeat()

    await studio.button("Interrupt").click()
    assert await studio.evaluate("document.querySelector('video').muted")
    await studio.mood_is("listening")
    await studio.repeat("And here I am again, after the interruption.")

    assert not await studio.evaluate("document.querySelector('video').muted")


async def test_the_big_button_does_new_and_start_and_the_persona_greets(
    guest: Visitor,
) -> None:
    studio = await Studio.enter(guest)

    await studio.page.get_by_role("button", name="Talk to ").click()

    await studio.phase_is("live")
    await studio.mood_is("speaking")
    await expect(studio.caption).not_to_have_text("")


async def test_the_seat_is_free_again_after_the_tab_is_closed(guest: Visitor) -> None:
    studio = await Studio.enter(guest)
    await studio.go_live()
    assert len(await guest.open_sessions()) == 1

    await studio.page.close(run_before_unload=True)

    await guest.until_no_session()


async def test_the_seat_is_free_again_after_the_page_crashed(guest: Visitor) -> None:
    studio = await Studio.enter(guest)
    await studio.go_live()

    await _crash(studio.page)  # no page-hide handler runs now

    await guest.until_no_session()


async def _crash(page: Page) -> None:
    tools = await page.context.new_cdp_session(page)
    crashed = asyncio.ensure_future(page.wait_for_event("crash"))
    order = asyncio.ensure_future(tools.send("Page.crash"))
    await crashed
    order.cancel()  # a crashed page answers nothing


async def test_choices_are_what_the_session_has(guest: Visitor) -> None:
    studio = await Studio.enter(guest)
    voice = await studio.page.locator("#voice option").nth(2).get_attribute("value")
    avatar = await studio.page.locator("#avatar option").last.get_attribute("value")
    await studio.page.get_by_label("Voice").select_option(voice)
    await studio.page.get_by_label("Avatar").select_option(avatar)
    await studio.page.get_by_label("Quality").select_option("low")

    await studio.go_live()

    [row] = await guest.open_sessions()
    assert (row["voice_id"], row["avatar_name"]) == (voice, avatar)
    assert await studio.evaluate("document.querySelector('video').videoHeight") == 360


async def test_a_lost_socket_comes_back_and_misses_nothing(guest: Visitor) -> None:
    await guest.context.add_init_script(
        "window.sockets = []; window.WebSocket = class extends WebSocket {"
        "constructor(...given) { super(...given); window.sockets.push(this) } }"
    )
    studio = await Studio.enter(guest)
    await studio.go_live()

    await studio.evaluate("window.sockets.at(-1).close(4000)")
    await expect(studio.stage).to_have_attribute("link", "lost")
    await expect(studio.stage).to_have_attribute("link", "open")
    await studio.repeat()

    addresses = await studio.evaluate("window.sockets.map(({ url }) => url)")
    assert len(addresses) == 2
    assert "?after=" in addresses[1]


async def test_keys_alone_are_enough(guest: Visitor) -> None:
    studio = await Studio.enter(guest)
    keyboard = studio.page.keyboard
    begin = studio.page.get_by_role("button", name="Talk to ")
    for _ in range(20):
        if await begin.evaluate("(button) => button === document.activeElement"):
            break
        await keyboard.press("Tab")
    else:
        pytest.fail("The first button cannot be reached by Tab.")

    await keyboard.press("Enter")
    await studio.phase_is("live")
    await studio.mood_is("speaking")
    await keyboard.press("Escape")
    await studio.mood_is("listening")
    await studio.message.focus()
    await keyboard.type("What do you like?")
    await keyboard.press("Enter")
    await studio.mood_is("speaking")
    await keyboard.press("Escape")
    await studio.mood_is("listening")
    await keyboard.type(SPEECH)
    await keyboard.press("Shift+Enter")
    await expect(studio.caption).to_have_text(SPEECH)


async def test_single_keys_work_outside_of_fields_and_can_be_switched_off(
    guest: Visitor,
) -> None:
    studio = await Studio.enter(guest)
    mute = studio.page.locator("[data-do=mute]")
    await studio.page.get_by_text("Set-up").click()

    await studio.page.keyboard.press("m")
    await expect(mute).to_have_attribute("aria-pressed", "true")
    await studio.page.keyboard.press("?")
    dialog = studio.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Shift or Ctrl + Enter")
    await dialog.get_by_label("Single keys").uncheck()
    await dialog.get_by_role("button", name="Close").click()
    await studio.page.keyboard.press("m")

    await expect(mute).to_have_attribute("aria-pressed", "true")


async def test_refused_sound_is_asked_for_by_a_tap(guest: Visitor) -> None:
    await guest.context.add_init_script(_STRICT_AUTOPLAY)
    studio = await Studio.enter(guest)
    await studio.go_live()

    await expect(studio.button("Tap to hear")).to_be_visible()
    assert await studio.evaluate("document.querySelector('video').muted")
    await studio.button("Tap to hear").click()

    await expect(studio.button("Tap to hear")).to_be_hidden()
    assert not await studio.evaluate("document.querySelector('video').muted")


# What Safari does: no sound until a touch on the video's own page after it has a stream.
_STRICT_AUTOPLAY = """
{
  const play = HTMLMediaElement.prototype.play
  let touched = false
  addEventListener("click", ({ target }) => (touched ||= Boolean(target.closest("[data-do=hear]"))), true)
  HTMLMediaElement.prototype.play = function () {
    if (!touched && !this.muted) return Promise.reject(new DOMException("", "NotAllowedError"))
    return play.call(this)
  }
}
"""


async def test_an_idle_viewer_is_asked_and_can_stay(guest: Visitor) -> None:
    studio = await Studio.enter(guest)
    await studio.go_live()
    await studio.page.clock.install()
    await studio.page.clock.fast_forward(100_000)

    await expect(studio.page.get_by_text("Still there?")).to_be_visible()
    await studio.button("Stay").click()
    await studio.page.clock.fast_forward(2_000)

    await expect(studio.page.get_by_text("Still there?")).to_be_hidden()
    await studio.phase_is("live")


async def test_what_is_too_long_to_repeat_stays_in_the_box(guest: Visitor) -> None:
    studio = await Studio.enter(guest)
    await studio.go_live()
    await studio.message.fill("word " * 300)

    await studio.button("Repeat").click()

    await expect(studio.log).to_contain_text("Repeat takes at most 1000 characters")
    assert await studio.message.input_value() == "word " * 300
