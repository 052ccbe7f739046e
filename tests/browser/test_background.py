"""Removing the background: the screen goes, the avatar stays, in WebGL and without."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visitor
from tests.browser.studio import Studio

FACE = (0.5, 0.45)
CORNERS = [(0.03, 0.06), (0.97, 0.06), (0.04, 0.6)]

WITHOUT_WEBGL = """
const { getContext } = HTMLCanvasElement.prototype
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return kind === "webgl2" ? null : getContext.call(this, kind, ...more)
}
"""

# As if both ways had been timed here, and the GPU had won: the tests' one is a program.
WEBGL_WON = """
const gl = new OffscreenCanvas(1, 1).getContext("webgl2")
const { UNMASKED_RENDERER_WEBGL: name } = gl.getExtension("WEBGL_debug_renderer_info")
const kept = { renderer: gl.getParameter(name), kind: "webgl", ms: 0 }
localStorage.setItem("greenroom.keying", JSON.stringify(kept))
"""

# The strongest green excess among visible pixels of the keyed picture.
GREENEST = """
() => new Promise((done) => {
  const keyed = document.querySelector("avatar-stage canvas")
  document.querySelector("video").requestVideoFrameCallback(() => {
    const copy = new OffscreenCanvas(keyed.width, keyed.height).getContext("2d")
    copy.drawImage(keyed, 0, 0)
    const { data } = copy.getImageData(0, 0, keyed.width, keyed.height)
    let most = 0
    for (let i = 0; i < data.length; i += 4) {
      const excess = data[i + 1] - Math.max(data[i], data[i + 2])
      if (data[i + 3] > 25) most = Math.max(most, excess)
    }
    done(most)
  })
})
"""


@pytest.mark.parametrize("way", ["webgl", "canvas"])
async def test_the_screen_becomes_transparent_and_the_face_stays(
    guest: Visitor, way: str
) -> None:
    await guest.context.add_init_script(WITHOUT_WEBGL if way == "canvas" else WEBGL_WON)
    studio = await Studio.enter(guest)
    await studio.open_tab("Background")
    await studio.page.get_by_label("Remove background").check()

    await studio.go_live()

    await expect(studio.stage).to_have_attribute("keyed", "")
    assert (
        await studio.evaluate("document.querySelector('avatar-stage').keyingKind")
        == way
    )
    for corner in CORNERS:
        assert (await studio.canvas_pixel(*corner))[3] == 0
    assert (await studio.canvas_pixel(*FACE))[3] == 255
    assert await studio.evaluate(GREENEST) < 40


async def test_a_background_of_ones_own_stands_behind(guest: Visitor) -> None:
    studio = await Studio.enter(guest)
    await studio.open_tab("Background")
    await studio.page.get_by_label("Remove background").check()
    await studio.page.get_by_label("Background (CSS)").fill("rgb(12, 34, 56)")
    await studio.go_live()
    await expect(studio.stage).to_have_attribute("keyed", "")

    scene = studio.page.locator("[data-part=scene]")
    await expect(scene).to_have_css("background-color", "rgb(12, 34, 56)")

    await studio.page.get_by_label("Background (CSS)").fill("no such background")
    field = studio.page.get_by_label("Background (CSS)")
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(scene).to_have_css("background-color", "rgb(12, 34, 56)")
    await studio.page.get_by_label("Remove background").uncheck()
    await expect(studio.stage).not_to_have_attribute("keyed", "")


async def test_without_a_green_screen_a_new_session_is_offered(guest: Visitor) -> None:
    studio = await Studio.enter(guest)
    await studio.go_live()

    await studio.open_tab("Background")
    await studio.page.get_by_label("Remove background").check()
    await studio.button("New session").click()

    await expect(studio.stage).to_have_attribute("keyed", "")
    assert len(await guest.open_sessions()) == 1
