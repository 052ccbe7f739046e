/**
 * Chroma key arithmetic, shared by the WebGL shader (in words of GLSL), the canvas fallback
 * and the tests. Colours are 0 to 255.
 *
 * Distance is measured in the colour plane (Cb, Cr) only, so that a shadow on the screen is
 * still screen. Between `near` and `far` the edge is soft; what the screen tinted green is
 * pulled back to the stronger of red and blue.
 */

/** @typedef {{red: number, green: number, blue: number}} Colour */

/** Distances in the colour plane, where pure green is about 143 from grey. */
export const NEAR = 38
export const FAR = 82

/** @type {Readonly<Colour>} */
export const STUDIO_GREEN = Object.freeze({ red: 0, green: 177, blue: 64 })

/** @param {Colour} colour @returns {[number, number]} Cb and Cr, BT.601, centred on 0 */
export function chroma({ red, green, blue }) {
  return [
    -0.168736 * red - 0.331264 * green + 0.5 * blue,
    0.5 * red - 0.418688 * green - 0.081312 * blue,
  ]
}

/**
 * Key a frame's pixels in place: set alpha, take the spill away.
 *
 * @param {Uint8ClampedArray} pixels RGBA
 * @param {Colour} screen
 */
export function keyPixels(pixels, screen) {
  const [screenCb, screenCr] = chroma(screen)
  for (let i = 0; i < pixels.length; i += 4) {
    const red = pixels[i]
    const green = pixels[i + 1]
    const blue = pixels[i + 2]
    const cb = -0.168736 * red - 0.331264 * green + 0.5 * blue - screenCb
    const cr = 0.5 * red - 0.418688 * green - 0.081312 * blue - screenCr
    const distance = Math.sqrt(cb * cb + cr * cr)
    if (distance < FAR * 2) {
      pixels[i + 1] = Math.min(green, Math.max(red, blue, green - spill(distance)))
    }
    if (distance < FAR) pixels[i + 3] = 255 * softStep(NEAR, FAR, distance)
  }
}

/** How much of the green excess may go at this distance: all near the screen, none far off. */
function spill(distance) {
  return 255 * (1 - softStep(FAR, FAR * 2, distance))
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
