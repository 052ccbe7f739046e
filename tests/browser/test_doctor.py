"""The connection doctor, and what goes on where no picture comes through."""

from playwright.async_api import Page, expect

from tests.browser.conftest import Door, Visitor
from tests.browser.studio import Studio


async def test_the_doctor_looks_at_everything_and_gives_the_seat_back(
    door: Door,
) -> None:
    guest = await door.guest(permissions=["clipboard-read", "clipboard-write"])
    page = await guest.page("/doctor/")

    await page.get_by_role("button", name="Begin").click()
    await expect(page.get_by_role("button", name="Run it again")).to_be_enabled(
        timeout=40_000
    )

    for step in ("secure", "webrtc", "socket", "seat", "ice", "media"):
        await expect(page.locator(f"#step-{step}")).to_have_attribute(
            "data-state", "ok"
        )
    await expect(page.locator("#step-turn")).to_have_attribute("data-state", "skipped")
    # There is a microphone, but nobody here who could write down what is said.
    microphone = page.locator("#step-microphone")
    await expect(microphone).to_have_attribute("data-state", "warning")
    await expect(page.locator("#step-accounts")).to_have_count(0)
    await expect(page.get_by_role("status")).to_contain_text("It works")
    assert await guest.open_sessions() == []
    await page.get_by_role("button", name="Copy the report").click()
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert "[Fine] Sound and picture" in copied
    assert "candidate" not in copied


async def test_staff_also_see_whether_avatar_servers_answer(door: Door) -> None:
    operator = await door.operator()
    page = await operator.page("/doctor/")
    await _without_media(page)

    await page.get_by_role("button", name="Begin").click()

    accounts = page.locator("#step-accounts")
    await expect(accounts).to_have_attribute("data-state", "ok", timeout=40_000)
    await expect(page.locator("#step-webrtc")).to_have_attribute("data-state", "failed")


async def _without_media(page: Page) -> None:
    """As with an extension that takes WebRTC away; and nobody waits for a microphone."""
    await page.add_init_script(
        "delete window.RTCPeerConnection; delete window.AudioWorkletNode"
    )
    await page.reload()


# The video track never arrives at the page, as where a decoder is missing.
_NO_PICTURE = """
window.RTCPeerConnection = class extends RTCPeerConnection {
  async setRemoteDescription({ type, sdp }) {
    await super.setRemoteDescription({ type, sdp })
    for (const one of this.getTransceivers()) {
      if (one.receiver.track.kind === "video") one.direction = "inactive"
    }
  }
}
"""


async def test_without_a_picture_voice_and_text_go_on(guest: Visitor) -> None:
    await guest.context.add_init_script(_NO_PICTURE)
    studio = await Studio.enter(guest)

    await studio.call()

    await studio.phase_is("live")
    await expect(studio.page.locator(".stage-alone")).to_be_visible()
    await expect(studio.page.get_by_text("Voice only")).to_be_visible()
    await studio.message.fill("What do you like?")
    await studio.button("Talk").click()
    await studio.mood_is("speaking")
    await expect(studio.caption).not_to_have_text("")
    assert await studio.sound(for_ms=600) > 1e-5
