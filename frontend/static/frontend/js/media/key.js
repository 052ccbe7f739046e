/**
 * The arithmetic of keying, shared by the shaders (in words of GLSL), the path without a GPU
 * and the tests. Colours are 0 to 255 here.
 *
 * A pixel's *share* says how much of the screen's own chroma it has: 1 on the screen, 0 or less
 * on what has another colour. Only chroma counts, so that light and shade do not. Shares sort
 * pixels into screen, solid, and the seam between; within the seam, the colour of the solid
 * pixels nearby tells how much of each pixel is which.
 */

/** @typedef {{red: number, green: number, blue: number}} Colour */

/**
 * What people set: a colour or "auto", and three numbers from 0 to 1, the middle of which
 * keeps the picture as it is.
 *
 * @typedef {{colour: string, threshold: number, softness: number, spill: number}} KeySettings
 */

/** @type {Readonly<KeySettings>} */
export const KEY_DEFAULTS = Object.freeze({
  colour: "auto",
  threshold: 0.5,
  softness: 0.5,
  spill: 0.75,
})

/** How much a seam trusts lightness, which is sharper, against chroma, which changes less. */
export const LIGHT_WEIGHT = 2
/** How strongly a hue beside the screen's own speaks against a pixel being screen. */
const HUE_WEIGHT = 1

/**
 * Everything that keying one picture needs, as plain numbers.
 *
 * @param {Colour} screen
 * @param {KeySettings} settings
 */
export function keyFor(screen, { threshold, softness, spill } = KEY_DEFAULTS) {
  const [y, cb, cr] = ycc(screen.red, screen.green, screen.blue)
  const square = cb * cb + cr * cr || 1
  const width = 0.1 + 0.9 * softness
  const low = Math.max(0.05, 0.05 + 0.8 * threshold - width / 2)
  return {
    ...screen,
    y,
    cb,
    cr,
    alongB: cb / square,
    alongR: cr / square,
    clear: 1.02 - 0.7 * threshold,
    low,
    high: low + width,
    blur: Math.max(0, 2 * softness - 1),
    spill: Math.min(1, spill / 0.75),
    deep: Math.max(0, spill - 0.75) * 4,
  }
}

/** Lightness and the two differences of colour, as video has them. */
export function ycc(red, green, blue) {
  const y = 0.299 * red + 0.587 * green + 0.114 * blue
  return [y, 0.564 * (blue - y), 0.713 * (red - y)]
}

/** How much of the screen's chroma a pixel has. */
export function share(red, green, blue, key) {
  const y = 0.299 * red + 0.587 * green + 0.114 * blue
  return shareOf(0.564 * (blue - y), 0.713 * (red - y), key)
}

function shareOf(cb, cr, { alongB, alongR }) {
  return cb * alongB + cr * alongR - HUE_WEIGHT * Math.abs(cb * alongR - cr * alongB)
}

/**
 * One dot of the seam, as the shader has it. All arrays are given, so that nothing is made.
 *
 * @param {number} red of the dot, as `green` and `blue`
 * @param {ArrayLike<number>} soft the same with its neighbours mixed in
 * @param {ArrayLike<number>} near red, green, blue of solid things nearby, times how solid;
 *   how solid; how much is screen
 * @param {number} theirOwn the share that things here have by themselves
 * @param {number} about how much of the further surroundings is screen
 * @param {Uint8ClampedArray} dot red, green, blue, alpha; written
 */
export function seamDot(red, green, blue, soft, near, theirOwn, about, key, dot) {
  const y = 0.299 * red + 0.587 * green + 0.114 * blue
  const cb = 0.564 * (blue - y)
  const cr = 0.713 * (red - y)
  const softY = 0.299 * soft[0] + 0.587 * soft[1] + 0.114 * soft[2]
  const softB = 0.564 * (soft[2] - softY)
  const softR = 0.713 * (soft[0] - softY)

  const solid = Math.max(near[3], 0.001)
  const nearY = (0.299 * near[0] + 0.587 * near[1] + 0.114 * near[2]) / solid
  const nearB = 0.564 * (near[2] / solid - nearY)
  const nearR = 0.713 * (near[0] / solid - nearY)
  const [dy, db, dr] = [nearY - key.y, nearB - key.cb, nearR - key.cr]
  const light = LIGHT_WEIGHT * (y + (softY - y) * (0.5 + 0.5 * key.blur) - key.y)
  const along = light * dy + (softB - key.cb) * db + (softR - key.cr) * dr
  const between = along / Math.max(LIGHT_WEIGHT * dy * dy + db * db + dr * dr, 65)
  const alone = 1 - softStep(0, key.clear, shareOf(softB, softR, key))
  const known = softStep(0, 0.06, near[3])
  const linear = (alone + (between - alone) * known - key.low) / (key.high - key.low)
  const alpha = Math.min(1, Math.max(linear, 1 - softStep(0, 0.08, near[4]), 0))

  const clean = Math.max(0, shareOf(nearB, nearR, key) - theirOwn) * key.spill
  const beside = softStep(0, 0.25, about)
  const glow = Math.max(0, shareOf(cb, cr, key) - (1 - alpha) - theirOwn) * key.spill * beside
  const [restY, restB, restR] = [y - (1 - alpha) * key.y, cb - (1 - alpha) * key.cb, cr - (1 - alpha) * key.cr]
  const seam = 1 - softStep(0.8, 1, alpha)
  const edgeY = (alpha * (nearY - clean * key.y) + restY) / 2
  const edgeB = restB + (alpha * (nearB - clean * key.cb) - restB) * key.spill
  const edgeR = restR + (alpha * (nearR - clean * key.cr) - restR) * key.spill
  const outY = restY - glow * key.y + (edgeY - restY + glow * key.y) * seam
  const outB = restB - glow * key.cb + (edgeB - restB + glow * key.cb) * seam
  const outR = restR - glow * key.cr + (edgeR - restR + glow * key.cr) * seam
  const [r, b] = [outY + outR / 0.713, outY + outB / 0.564]
  dot[0] = r / alpha
  dot[1] = (outY - 0.299 * r - 0.114 * b) / 0.587 / alpha
  dot[2] = b / alpha
  dot[3] = 255 * alpha
}

/**
 * Shares of all colours in 5 bits each, as whole numbers: 64 for none, 192 for one. A table
 * because the path without a GPU asks for some hundred thousand of them each second.
 *
 * @param {Uint8Array} table of 32768; written
 */
export function fillShares(table, key) {
  for (let at = 0; at < table.length; at += 1) {
    const red = 8 * (at & 31) + 4
    const green = 8 * ((at >> 5) & 31) + 4
    const blue = 8 * (at >> 10) + 4
    table[at] = coded(share(red, green, blue, key))
  }
}

/** A share as the table has it. */
export function coded(share) {
  return Math.max(0, Math.min(255, Math.round(64 + 128 * share)))
}

/** Smooth step from 0 at `low` to 1 at `high`, as GLSL's. */
export function softStep(low, high, value) {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)))
  return t * t * (3 - 2 * t)
}

/**
 * The screen's colour, from pixels of the picture's border, or null when those are of no
 * colour that people paint screens in: then there is nothing to key, and the page says so.
 * A few that differ, of hair or a chair, do not count.
 *
 * @param {Uint8ClampedArray} pixels RGBA
 * @returns {Colour|null}
 */
export function screenColour(pixels) {
  const total = { red: 0, green: 0, blue: 0 }
  let count = 0
  for (let i = 0; i < pixels.length; i += 4) {
    const [red, green, blue] = [pixels[i], pixels[i + 1], pixels[i + 2]]
    if (!isScreen(red, green, blue)) continue
    total.red += red
    total.green += green
    total.blue += blue
    count += 1
  }
  if (count < (0.6 * pixels.length) / 4) return null
  return { red: total.red / count, green: total.green / count, blue: total.blue / count }
}

function isScreen(red, green, blue) {
  const most = Math.max(green, blue)
  return most > 80 && most > 1.5 * red && most > 1.5 * Math.min(green, blue)
}

/** @param {string} text "#rrggbb" @returns {Colour|null} */
export function colourFrom(text) {
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text)
  if (!found) return null
  const [red, green, blue] = found.slice(1).map((part) => parseInt(part, 16))
  return { red, green, blue }
}

/** @param {Colour} colour */
export function colourText({ red, green, blue }) {
  return "#" + [red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")
}
