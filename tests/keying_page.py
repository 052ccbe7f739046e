"""Keyers at work in a browser, on pictures whose alpha is known; what comes of it in numbers.

Used by the tests and by the benchmark.
"""

import base64
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from tests.known_alpha import SCREEN

#: `make(way)`: something that draws `source` keyed onto its canvas. "demo" is the loop of the
#: demo that this portal began as, with its thresholds; kept as it was.
KEYERS = """
const { GpuKeyer } = await import("frontend/media/keyer-gpu")
const { CpuKeyer } = await import("frontend/media/keyer-cpu")
const { keyFor, KEY_DEFAULTS } = await import("frontend/media/key")

class DemoKeyer {
  constructor(canvas) {
    this.canvas = canvas
    this.context = canvas.getContext("2d", { willReadFrequently: true })
  }

  draw(source, { width, height }) {
    const { canvas, context } = this
    canvas.width = width
    canvas.height = height
    context.drawImage(source, 0, 0, width, height)
    const image = context.getImageData(0, 0, width, height)
    const data = image.data
    for (let i = 0; i < data.length; i += 4) {
      if (isCloseToGreen([data[i], data[i + 1], data[i + 2]])) data[i + 3] = 0
    }
    context.putImageData(image, 0, 0)
  }
}

function isCloseToGreen([red, green, blue]) {
  return green > 90 && red < 90 && blue < 90
}

function make(way, shownWidth = 0) {
  const canvas = document.createElement("canvas")
  if (way === "gpu") return new GpuKeyer(canvas)
  return way === "cpu" ? new CpuKeyer(canvas, shownWidth) : new DemoKeyer(canvas)
}

function pixels(canvas, { width, height }) {
  const copy = new OffscreenCanvas(width, height).getContext("2d")
  copy.drawImage(canvas, 0, 0, width, height)
  const { data } = copy.getImageData(0, 0, width, height)
  let text = ""
  for (let i = 0; i < data.length; i += 0x8000) {
    text += String.fromCharCode(...data.subarray(i, i + 0x8000))
  }
  return btoa(text)
}

async function still(address) {
  const picture = new Image()
  picture.src = address
  await picture.decode()
  return picture
}
"""

#: Green that is no more than this is not seen.
_SEEN_ALPHA = 12
_SEAM_PX = 4


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far a keyed picture is from the truth, in steps of 255."""

    #: mean error of alpha, in the whole picture and at the edges
    alpha: float
    edge: float
    #: mean green that the truth does not have, where edges are seen
    spill: float

    def __str__(self) -> str:
        return (
            f"alpha {self.alpha:.2f}, at edges {self.edge:.1f}, spill {self.spill:.2f}"
        )


def judge(keyed: NDArray[Any], truth: NDArray[Any]) -> Verdict:
    """Compare straight RGBA with the truth's premultiplied one."""
    alpha, known = (picture[..., 3].astype(np.float32) for picture in (keyed, truth))
    error = np.abs(alpha - known)
    seam = _seam(truth[..., 3])
    shown = keyed[..., :3] * (alpha / 255)[..., None]
    over = np.maximum(0, _excess(shown) - np.maximum(0, _excess(truth[..., :3])))
    return Verdict(
        alpha=float(error.mean()),
        edge=float(error[seam].mean()),
        spill=float(over[seam & (alpha > _SEEN_ALPHA)].mean()),
    )


def as_pixels(text: str, height: int, width: int) -> NDArray[np.uint8]:
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)


def as_address(rgb: NDArray[Any]) -> str:
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def screen() -> dict[str, int]:
    return dict(zip(("red", "green", "blue"), SCREEN, strict=True))


def _excess(rgb: NDArray[Any]) -> NDArray[Any]:
    colours = rgb.astype(np.float32)
    excess: NDArray[Any] = colours[..., 1] - np.maximum(
        colours[..., 0], colours[..., 2]
    )
    return excess


def _seam(alpha: NDArray[Any]) -> NDArray[Any]:
    mixed = Image.fromarray((((alpha > 2) & (alpha < 253)) * 255).astype(np.uint8))
    wide = mixed.filter(ImageFilter.MaxFilter(2 * _SEAM_PX + 1))
    return np.asarray(wide) > 0
