"""What background removal costs the page, and how true its edges are.

    python -m tests.benchmarks.keying [--pictures 12]

The same clip, of characters whose alpha is known, drawn before green and sent through VP8 as
the network would bring it, is keyed in Chromium by the loop of the demo that this portal began
as, on the GPU, and without one at the size of a stage on a page. On a machine without a GPU
the browser's WebGL is a program; its name is printed. Each way is warm when it is timed. Of
the times the median is told and, since others' work on the machine only adds to them, what
the quickest fifth stays below.
"""

import argparse
import asyncio
import base64
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Page, Route

from streaming.engine.face import Performer, Stage
from tests.benchmarks.machine import machine
from tests.browser.chromium import launched
from tests.frontend.conftest import JS, module_html
from tests.keying_page import KEYERS, as_pixels, judge, screen
from tests.known_alpha import FPS, Known, known_picture, write_clip

SIZES = {"480p": (854, 480, 800_000), "720p": (1280, 720, 1_500_000)}
CHARACTERS = ("june", "rosa", "marcus")
WAYS = {"demo": "original loop", "gpu": "ours, WebGL", "cpu": "ours, no GPU"}
#: The stage of the studio in a window of 1440 px.
SHOWN_WIDTH = 854
TIMED = 5
#: Before these a browser has not compiled what it runs yet.
WARMING = 60
ORIGIN = "http://keying.test"

KEY_CLIP = (
    "async ({ clip, screen, way, shownWidth, fps, count, timed, warming }) => {"
    + KEYERS
    + """
  const video = document.createElement("video")
  video.muted = true
  const bytes = Uint8Array.from(atob(clip), (one) => one.charCodeAt(0))
  video.src = URL.createObjectURL(new Blob([bytes], { type: "video/webm" }))
  await new Promise((done) => (video.onloadeddata = done))
  const size = { width: video.videoWidth, height: video.videoHeight }
  const key = keyFor(screen, KEY_DEFAULTS)
  const [exact, timedOne] = [make(way), make(way, shownWidth)]
  const [pictures, page, whole] = [[], [], []]
  for (let i = 0; i < warming; i += 1) {
    timedOne.draw(video, size, key)
    if (i % 10 === 0) await timedOne.drawn?.(5_000)
    await new Promise((done) => setTimeout(done))
  }
  for (let i = 0; i < count; i += 1) {
    // A picture that was shown before is not presented again, so nobody would call back.
    const there = new Promise((done) => (video.onseeked = () => setTimeout(done, 60)))
    video.currentTime = (i + 0.5) / fps
    await there
    for (let n = 0; n < timed; n += 1) {
      const began = performance.now()
      timedOne.draw(video, size, key)
      page.push(performance.now() - began)
      await timedOne.drawn?.(5_000)
      whole.push(performance.now() - began)
    }
    exact.draw(video, size, key)
    pictures.push(pixels(exact.canvas, size))
  }
  return { pictures, page, whole, renderer: timedOne.renderer ?? "" }
}"""
)


async def main(count: int) -> None:
    print(machine())
    print("ms of the page's main thread per picture, p50 (p20); errors in steps of 255")
    for name, (width, height, bit_rate) in SIZES.items():
        known = _pictures(width, height, count)
        clip = _clip(known, bit_rate)
        results = {way: await _keyed(clip, way, len(known)) for way in WAYS}
        base_ms = statistics.median(results["demo"]["page"])
        for way, words in WAYS.items():
            _tell(name, words, results[way], known, base_ms)


def _tell(
    name: str, words: str, result: Any, known: list[Known], base_ms: float
) -> None:
    height, width = known[0].truth.shape[:2]
    verdicts = [
        judge(as_pixels(text, height, width), one.truth)
        for text, one in zip(result["pictures"], known, strict=True)
    ]
    alpha, edge, spill = (
        statistics.mean(getattr(verdict, part) for verdict in verdicts)
        for part in ("alpha", "edge", "spill")
    )
    page_ms, whole_ms = (statistics.median(result[part]) for part in ("page", "whole"))
    quick_ms = statistics.quantiles(result["page"], n=5)[0]
    print(
        f"{name} {words:14} {page_ms:6.2f} ms ({quick_ms:.2f}; {base_ms / page_ms:.1f}x), "
        f"until drawn {whole_ms:6.2f} ms; alpha {alpha:.2f}, at edges {edge:.1f}, spill {spill:.2f}"
        + (f"  [{result['renderer']}]" if result["renderer"] else "")
    )


def _pictures(width: int, height: int, count: int) -> list[Known]:
    pictures = []
    for name in CHARACTERS:
        stage = Stage(name, width=width, height=height, background="green")
        performer = Performer(name, seed=1)
        pictures += [
            known_picture(stage, performer, 1 + 3 * number / FPS)
            for number in range(count // len(CHARACTERS))
        ]
    return pictures


def _clip(known: list[Known], bit_rate: int) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.webm"
        write_clip(path, known, bit_rate=bit_rate)
        return base64.b64encode(path.read_bytes()).decode()


async def _keyed(clip: str, way: str, count: int) -> Any:
    async with launched() as browser:
        page = await browser.new_page()
        await _serve(page)
        return await page.evaluate(
            KEY_CLIP,
            {
                "clip": clip,
                "screen": screen(),
                "way": way,
                "shownWidth": SHOWN_WIDTH,
                "fps": FPS,
                "count": count,
                "timed": TIMED,
                "warming": WARMING,
            },
        )


async def _serve(page: Page) -> None:
    async def answer(route: Route) -> None:
        path = route.request.url.removeprefix(f"{ORIGIN}/")
        if not path:
            await route.fulfill(content_type="text/html", body=module_html())
        else:
            body = (JS / path.removeprefix("js/")).read_text()
            await route.fulfill(content_type="text/javascript", body=body)

    await page.route(f"{ORIGIN}/**", answer)
    await page.goto(f"{ORIGIN}/")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--pictures", type=int, default=12)
    asyncio.run(main(parser.parse_args().pictures))
