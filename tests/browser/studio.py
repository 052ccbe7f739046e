"""The studio page, as a test reads and works it."""

from dataclasses import dataclass
from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Visitor

SPEECH = (
    "Good evening and welcome to the green room. The kettle is on, the mirrors are lit, "
    "and the curtain goes up in ten minutes. Please make yourself at home until then."
)

# Two regions of the picture, as shares of its size: around the mouth, and a corner.
MOUTH = (0.44, 0.52, 0.12, 0.16)
CORNER = (0.02, 0.06, 0.10, 0.16)

# How much a region of the received picture changes over a while: the mean over its pixels
# of the difference between the brightest and the darkest they get. Each frame counts.
_MOVEMENT = """
([x, y, w, h, forMs]) => new Promise((done) => {
  const video = document.querySelector("video")
  const { videoWidth: vw, videoHeight: vh } = video
  const canvas = new OffscreenCanvas(48, 32)
  const context = canvas.getContext("2d", { willReadFrequently: true })
  const lowest = new Uint8Array(48 * 32 * 4).fill(255)
  const highest = new Uint8Array(48 * 32 * 4)
  const end = performance.now() + forMs
  const look = (now) => {
    context.drawImage(video, x * vw, y * vh, w * vw, h * vh, 0, 0, 48, 32)
    context.getImageData(0, 0, 48, 32).data.forEach((value, i) => {
      lowest[i] = Math.min(lowest[i], value)
      highest[i] = Math.max(highest[i], value)
    })
    if (now < end) return video.requestVideoFrameCallback(look)
    const spans = highest.map((value, i) => value - lowest[i])
    done(spans.reduce((sum, span) => sum + span, 0) / spans.length)
  }
  video.requestVideoFrameCallback(look)
})
"""

_ENERGY = """
async () => {
  const stats = await window.__peer.getStats()
  for (const one of stats.values()) {
    if (one.type === "inbound-rtp" && one.kind === "audio") return one.totalAudioEnergy
  }
  return 0
}
"""

# A window onto the page's own connection; nothing of it is changed.
KEEP_PEER = """
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) {
    super(...given)
    window.__peer = this
  }
}
"""


@dataclass
class Studio:
    page: Page

    @classmethod
    async def enter(cls, visitor: Visitor, path: str = "/studio/") -> "Studio":
        await visitor.context.add_init_script(KEEP_PEER)
        studio = cls(await visitor.page(path))
        await expect(studio.page.locator("#voice option").nth(1)).to_be_attached()
        return studio

    @property
    def stage(self) -> Locator:
        return self.page.locator("avatar-stage")

    @property
    def log(self) -> Locator:
        return self.page.locator("status-log")

    @property
    def caption(self) -> Locator:
        return self.page.locator("[data-part=caption]")

    @property
    def message(self) -> Locator:
        return self.page.get_by_label("Message")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    async def open_tab(self, name: str) -> None:
        """One of those beside the stage: Conversation, Set-up, Background, Status."""
        await self.page.get_by_role("tab", name=name).click()

    async def go_live(self) -> None:
        """New, then Start: a silent, live session."""
        await self.button("New").click()
        await self.phase_is("ready")
        await self.button("Start").click()
        await self.phase_is("live")

    async def call(self) -> None:
        """The one big button."""
        await self.page.get_by_role("button", name="Talk to ").click()

    @property
    def poster(self) -> Locator:
        """The words before the closed curtain."""
        return self.page.locator("[data-part=poster-line]")

    async def phase_is(self, phase: str) -> None:
        await expect(self.stage).to_have_attribute("phase", phase)

    async def mood_is(self, mood: str) -> None:
        await expect(self.stage).to_have_attribute("mood", mood)

    async def repeat(self, text: str = SPEECH) -> None:
        await self.message.fill(text)
        await self.button("Repeat").click()
        await self.mood_is("speaking")

    async def movement(self, region: tuple[float, ...], *, for_ms: int = 1500) -> float:
        """How much a region of the received picture changes, 0 to 255."""
        moved: float = await self.page.evaluate(_MOVEMENT, [*region, for_ms])
        return moved

    async def sound(self, *, for_ms: int) -> float:
        """The received sound's energy over a while; silence is 0."""
        before: float = await self.page.evaluate(_ENERGY)
        await self.page.wait_for_timeout(for_ms)
        after: float = await self.page.evaluate(_ENERGY)
        return after - before

    async def canvas_pixel(self, x: float, y: float) -> list[int]:
        """RGBA of the keyed canvas at a share of its size, read as it is composited."""
        pixel: list[int] = await self.page.evaluate(_KEYED_PIXEL, [x, y])
        return pixel

    async def evaluate(self, script: str) -> Any:
        return await self.page.evaluate(script)


# Reading a WebGL canvas works only right after it was drawn, so wait for the next frame.
_KEYED_PIXEL = """
([x, y]) => new Promise((done) => {
  const keyed = document.querySelector("avatar-stage canvas")
  const video = document.querySelector("video")
  video.requestVideoFrameCallback(() => {
    const copy = new OffscreenCanvas(1, 1).getContext("2d")
    copy.drawImage(keyed, Math.floor(x * keyed.width), Math.floor(y * keyed.height), 1, 1, 0, 0, 1, 1)
    done([...copy.getImageData(0, 0, 1, 1).data])
  })
})
"""
