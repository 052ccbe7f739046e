/**
 * Chroma key arithmetic, shared by the WebGL shader (in words of GLSL), the canvas fallback
 * and the tests. Colours are 0 to 255.
 *
 * What counts is the green excess of a pixel, by how much its green exceeds both red and blue,
 * as a share of the screen's own excess. So a shadow on the screen is still screen, while teal
 * or olive cloth is not. Between `SOLID` and `CLEAR` the edge is soft; the green that the
 * screen has spilled onto an edge goes.
 */

/** @typedef {{red: number, green: number, blue: number}} Colour */

/** Shares of the screen's green excess: up to the first a pixel is solid, from the second clear. */
export const SOLID = 0.12
export const CLEAR = 0.62

/** Below this share green is a colour of its own, above `SOLID` it is spill. */
export const SPILL = 0.04

/** @param {Colour} colour */
export function greenExcess({ red, green, blue }) {
  return green - Math.max(red, blue)
}

/**
 * Key a frame's pixels in place: set alpha, take the spill away.
 *
 * @param {Uint8ClampedArray} pixels RGBA
 * @param {Colour} screen
 */
export function keyPixels(pixels, screen) {
  const whole = greenExcess(screen)
  for (let i = 0; i < pixels.length; i += 4) {
    const excess = pixels[i + 1] - Math.max(pixels[i], pixels[i + 2])
    if (excess <= 0) continue
    const share = excess / whole
    pixels[i + 1] -= excess * softStep(SPILL, SOLID, share)
    pixels[i + 3] = 255 * (1 - softStep(SOLID, CLEAR, share))
  }
}

/** Smooth step from 0 at `low` to 1 at `high`, as GLSL's. */
export function softStep(low, high, value) {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)))
  return t * t * (3 - 2 * t)
}

/**
 * The screen's colour, from pixels near the picture's upper corners, or null when those are
 * not green: then there is nothing to key, and the page says so.
 *
 * @param {Uint8ClampedArray} pixels RGBA
 * @returns {Colour|null}
 */
export function screenColour(pixels) {
  const total = { red: 0, green: 0, blue: 0 }
  const count = pixels.length / 4
  for (let i = 0; i < pixels.length; i += 4) {
    total.red += pixels[i] / count
    total.green += pixels[i + 1] / count
    total.blue += pixels[i + 2] / count
  }
  return isGreen(total) ? total : null
}

function isGreen({ red, green, blue }) {
  return green > 80 && green > 1.5 * red && green > 1.5 * blue
}
