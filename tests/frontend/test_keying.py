"""Both keyers against pictures whose alpha is known, and what a lost context does."""

from functools import cache
from typing import Any

import numpy as np
import pytest
from playwright.async_api import Page

from streaming.engine.face import Performer, Stage
from tests.keying_page import KEYERS, Verdict, as_address, as_pixels, judge, screen
from tests.known_alpha import Known, known_picture

pytestmark = pytest.mark.asyncio(loop_scope="session")

WIDTH, HEIGHT = 426, 240

KEY_STILL = (
    "async ({ address, screen, settings, ways }) => {"
    + KEYERS
    + """
  const picture = await still(address)
  const size = { width: picture.naturalWidth, height: picture.naturalHeight }
  const key = keyFor(screen, { ...KEY_DEFAULTS, ...settings })
  return ways.map((way) => {
    const keyer = make(way)
    keyer.draw(picture, size, key)
    return pixels(keyer.canvas, size)
  })
}"""
)

KEY_AFTER_LOSS = (
    "async ({ address, screen }) => {"
    + KEYERS
    + """
  const picture = await still(address)
  const size = { width: picture.naturalWidth, height: picture.naturalHeight }
  const key = keyFor(screen, KEY_DEFAULTS)
  const keyer = make("gpu")
  keyer.draw(picture, size, key)
  const before = pixels(keyer.canvas, size)
  const gl = keyer.canvas.getContext("webgl2")
  const losing = gl.getExtension("WEBGL_lose_context")
  const heard = (name) => new Promise((done) => keyer.canvas.addEventListener(name, (event) => {
    event.preventDefault()
    done()
  }, { once: true }))
  const lost = heard("webglcontextlost")
  losing.loseContext()
  await lost
  const wasLost = keyer.isLost
  const restored = heard("webglcontextrestored")
  setTimeout(() => losing.restoreContext())  // not before all have heard
  await restored
  keyer.prepare()
  keyer.draw(picture, size, key)
  return { wasLost, isSame: pixels(keyer.canvas, size) === before }
}"""
)

KEY_A_VIDEO = (
    "async ({ losses }) => {"
    + """
  localStorage.clear()
  const { VideoKeying } = await import("frontend/media/keyer")
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2")
  const { UNMASKED_RENDERER_WEBGL: name } = gl.getExtension("WEBGL_debug_renderer_info")
  const renderer = gl.getParameter(name)
  localStorage.setItem("greenroom.keying", JSON.stringify({ renderer, kind: "webgl", ms: 0 }))

  const film = document.createElement("canvas")
  Object.assign(film, { width: 64, height: 36 })
  const paint = film.getContext("2d")
  const timer = setInterval(() => {
    paint.fillStyle = "rgb(0 177 64)"
    paint.fillRect(0, 0, 64, 36)
    paint.fillStyle = "rgb(224 172 140)"
    paint.fillRect(24, 12, 16, 24)
  }, 20)
  const video = document.createElement("video")
  video.muted = true
  video.srcObject = film.captureStream(30)
  document.body.replaceChildren(video, document.createElement("canvas"))
  await video.play()

  const canvas = () => document.querySelector("canvas")
  const frame = () => new Promise((done) => video.requestVideoFrameCallback(done))
  const keyed = async () => {
    for (let tries = 0; tries < 200; tries += 1) {
      await frame()
      if (canvas().width !== 64) continue
      const copy = new OffscreenCanvas(64, 36).getContext("2d")
      copy.drawImage(canvas(), 0, 0)
      const at = (x, y) => copy.getImageData(x, y, 1, 1).data[3]
      if (at(3, 3) === 0 && at(32, 24) === 255) return true
    }
    return false
  }
  const keying = new VideoKeying({ video, canvas: canvas(), onScreen: () => {} })
  keying.start()
  const kinds = [await keyed() && keying.kind]
  for (let i = 0; i < losses; i += 1) {
    const losing = canvas().getContext("webgl2").getExtension("WEBGL_lose_context")
    const lost = new Promise((done) => canvas().addEventListener("webglcontextlost", done))
    const shown = canvas()
    losing.loseContext()
    await lost
    if (canvas() === shown) setTimeout(() => losing.restoreContext())
    kinds.push(await keyed() && keying.kind)
  }
  keying.destroy()
  clearInterval(timer)
  return kinds
}"""
)


@cache
def known() -> Known:
    """One picture, as it comes: with the screen's glow, and chroma at half size."""
    stage = Stage("june", width=WIDTH, height=HEIGHT, background="green")
    return known_picture(stage, Performer("june", seed=1), 1.0)


async def keyed(
    page: Page, rgb: Any, *ways: str, **settings: Any
) -> list[np.ndarray[Any, Any]]:
    await page.reload()
    asked = {"address": as_address(rgb), "screen": screen(), "settings": settings}
    height, width = rgb.shape[:2]
    answers = await page.evaluate(KEY_STILL, asked | {"ways": list(ways)})
    return [as_pixels(text, height, width) for text in answers]


async def verdicts(page: Page, *ways: str) -> list[Verdict]:
    picture = known()
    rgb = picture.frame.to_ndarray(format="rgb24")
    return [judge(one, picture.truth) for one in await keyed(page, rgb, *ways)]


async def test_edges_are_truer_and_less_green_than_the_first_demos(
    module_page: Page,
) -> None:
    gpu, cpu, demo = await verdicts(module_page, "gpu", "cpu", "demo")

    for ours in (gpu, cpu):
        assert ours.edge < 0.6 * demo.edge, (ours, demo)
        assert ours.spill < 0.25 * demo.spill, (ours, demo)
        assert ours.alpha < demo.alpha, (ours, demo)


async def test_both_ways_show_the_same(module_page: Page) -> None:
    rgb = known().frame.to_ndarray(format="rgb24")

    gpu, cpu = await keyed(module_page, rgb, "gpu", "cpu")

    apart = np.abs(gpu.astype(int) - cpu)[..., 3]
    assert apart.mean() < 0.3
    assert (apart > 40).mean() < 0.001
    shown = (gpu[..., 3] > 200) & (cpu[..., 3] > 200)
    assert np.abs(gpu.astype(int) - cpu)[shown].mean() < 1.5


async def test_hard_edges_are_made_softer_outside_as_well(module_page: Page) -> None:
    """As those of the engine are, in blocks of 2 x 2: so their stairs are seen less."""
    rows, columns = np.mgrid[0:120:2, 0:160:2]
    inside = (rows - 60) ** 2 + (columns - 80) ** 2 < 40**2
    inside = inside.repeat(2, 0).repeat(2, 1)
    rgb = np.where(inside[..., None], (120, 60, 40), (0, 177, 64)).astype(np.uint8)

    for picture in await keyed(module_page, rgb, "gpu", "cpu"):
        outside = picture[~inside][:, 3]
        assert ((outside > 10) & (outside < 200)).sum() > 150
        assert (outside > 200).sum() == 0


async def test_green_cloth_and_eyes_stay_as_they_are(module_page: Page) -> None:
    rgb = np.empty((120, 160, 3), np.uint8)
    rgb[...] = (0, 177, 64)
    rgb[20:, 40:120] = (70, 125, 70)
    rgb[60:70, 70:80] = (60, 140, 60)

    for picture in await keyed(module_page, rgb, "gpu", "cpu"):
        inside = picture[40:110, 60:100]
        assert (inside[..., 3] == 255).all()
        assert np.abs(inside[..., :3].astype(int) - rgb[40:110, 60:100]).max() <= 3
        assert (picture[:12, :, 3] == 0).all()


async def test_noise_on_the_screen_and_within_things_does_not_show(
    module_page: Page,
) -> None:
    noise = np.random.default_rng(7).normal(0, 9, (120, 160, 1))
    rgb = np.empty((120, 160, 3), np.float32)
    rgb[...] = (10, 170, 66)
    rgb[:, 60:100] = (120, 70, 50)
    dusty = np.clip(rgb + noise, 0, 255).astype(np.uint8)

    for picture in await keyed(module_page, dusty, "gpu", "cpu"):
        assert picture[:, :50, 3].max() == 0
        assert picture[:, 66:94, 3].min() == 255


async def test_things_stay_where_they_are_and_the_rest_goes(module_page: Page) -> None:
    """Without a GPU only a part is read; odd sizes and rims are the hard ones."""
    places = [(50, 90, 70, 120), (0, 12, 30, 60), (100, 121, 130, 163), (60, 66, 3, 9)]
    for wanted in [places, *([place] for place in places)]:
        rgb = np.empty((121, 163, 3), np.uint8)
        rgb[...] = (0, 177, 64)
        for top, bottom, left, right in wanted:
            rgb[top:bottom, left:right] = (200, 120, 90)

        for picture in await keyed(module_page, rgb, "gpu", "cpu"):
            for top, bottom, left, right in wanted:
                middle = picture[(top + bottom) // 2, (left + right) // 2]
                assert middle[3] > 230
            there = np.zeros((121, 163), bool)
            for top, bottom, left, right in wanted:
                there[max(0, top - 2) : bottom + 2, max(0, left - 2) : right + 2] = True
            assert picture[~there][:, 3].max() == 0


async def test_nothing_but_screen_leaves_nothing(module_page: Page) -> None:
    rgb = np.empty((121, 163, 3), np.uint8)
    rgb[...] = (0, 177, 64)

    for picture in await keyed(module_page, rgb, "gpu", "cpu"):
        assert picture[..., 3].max() == 0


async def test_a_lost_context_comes_back_as_it_was(module_page: Page) -> None:
    await module_page.reload()
    address = as_address(known().frame.to_ndarray(format="rgb24"))

    answer = await module_page.evaluate(
        KEY_AFTER_LOSS, {"address": address, "screen": screen()}
    )

    assert answer == {"wasLost": True, "isSame": True}


async def test_after_repeated_losses_it_goes_on_without_a_gpu(
    module_page: Page,
) -> None:
    await module_page.reload()

    kinds = await module_page.evaluate(KEY_A_VIDEO, {"losses": 3})

    assert kinds == ["webgl", "webgl", "webgl", "canvas"]
