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

function shareOf(cb, cr, key) {
  return cb * key.alongB + cr * key.alongR - HUE_WEIGHT * Math.abs(cb * key.alongR - cr * key.alongB)
}

/**
 * A place in the seam, as the shader has it: what lies on both sides of it is worked out once,
 * for the few dots that are there.
 */
export class Seam {
  #key
  #theirOwn = 0
  #glow = 0
  #nearY = 0
  #nearB = 0
  #nearR = 0
  #stepY = 0
  #stepB = 0
  #stepR = 0
  #known = 0
  #least = 0
  #clean = 0

  /**
   * @param {ReturnType<typeof keyFor>} key
   * @param {number} theirOwn the share that things here have by themselves
   * @param {number} about how much of the further surroundings is screen
   */
  enter(key, theirOwn, about) {
    this.#key = key
    this.#theirOwn = theirOwn
    this.#glow = key.spill * softStep(0, 0.25, about)
  }

  /**
   * @param {ArrayLike<number>} near red, green, blue of solid things nearby, times how solid;
   *   how solid; how much is screen
   */
  stand(near) {
    const key = this.#key
    const solid = 1 / Math.max(near[3], 0.001)
    const y = (0.299 * near[0] + 0.587 * near[1] + 0.114 * near[2]) * solid
    const cb = 0.564 * (near[2] * solid - y)
    const cr = 0.713 * (near[0] * solid - y)
    this.#clean = Math.max(0, shareOf(cb, cr, key) - this.#theirOwn) * key.spill
    this.#nearY = y - this.#clean * key.y
    this.#nearB = cb - this.#clean * key.cb
    this.#nearR = cr - this.#clean * key.cr
    const dy = y - key.y
    const db = cb - key.cb
    const dr = cr - key.cr
    const square = 1 / Math.max(LIGHT_WEIGHT * dy * dy + db * db + dr * dr, 65)
    this.#stepY = LIGHT_WEIGHT * dy * square
    this.#stepB = db * square
    this.#stepR = dr * square
    this.#known = softStep(0, 0.06, near[3])
    this.#least = 1 - softStep(0, 0.08, near[4])
  }

  /**
   * One dot.
   *
   * @param {number} red as `green` and `blue`
   * @param {ArrayLike<number>} soft the same with the dot's neighbours mixed in
   * @param {Uint8ClampedArray} dot red, green, blue, alpha; written
   */
  dot(red, green, blue, soft, dot) {
    const key = this.#key
    const y = 0.299 * red + 0.587 * green + 0.114 * blue
    const alpha = this.#alpha(y, soft)
    if (alpha <= 0) {
      dot[0] = dot[1] = dot[2] = dot[3] = 0
      return
    }
    if (alpha >= 1) return this.solid(red, green, blue, dot)
    const cb = 0.564 * (blue - y)
    const cr = 0.713 * (red - y)
    const glow = Math.max(0, shareOf(cb, cr, key) - (1 - alpha) - this.#theirOwn) * this.#glow
    const restY = y - (1 - alpha) * key.y
    const restB = cb - (1 - alpha) * key.cb
    const restR = cr - (1 - alpha) * key.cr
    const seam = 1 - softStep(0.8, 1, alpha)
    const edgeY = (alpha * this.#nearY + restY) / 2
    const edgeB = restB + (alpha * this.#nearB - restB) * key.spill
    const edgeR = restR + (alpha * this.#nearR - restR) * key.spill
    const outY = restY - glow * key.y + (edgeY - restY + glow * key.y) * seam
    const outB = restB - glow * key.cb + (edgeB - restB + glow * key.cb) * seam
    const outR = restR - glow * key.cr + (edgeR - restR + glow * key.cr) * seam
    const r = outY + outR / 0.713
    const b = outY + outB / 0.564
    const whole = 1 / alpha
    dot[0] = r * whole
    dot[1] = ((outY - 0.299 * r - 0.114 * b) / 0.587) * whole
    dot[2] = b * whole
    dot[3] = 255 * alpha
  }

  /** A dot that nothing shows through; only the screen's glow is taken from it. */
  solid(red, green, blue, dot) {
    const key = this.#key
    const glow = Math.max(0, share(red, green, blue, key) - this.#theirOwn) * this.#glow
    dot[0] = red - glow * key.red
    dot[1] = green - glow * key.green
    dot[2] = blue - glow * key.blue
    dot[3] = 255
  }

  #alpha(y, soft) {
    const key = this.#key
    const softY = 0.299 * soft[0] + 0.587 * soft[1] + 0.114 * soft[2]
    const softB = 0.564 * (soft[2] - softY)
    const softR = 0.713 * (soft[0] - softY)
    const light = y + (softY - y) * (0.5 + 0.5 * key.blur) - key.y
    const between = light * this.#stepY + (softB - key.cb) * this.#stepB + (softR - key.cr) * this.#stepR
    const alone = 1 - softStep(0, key.clear, shareOf(softB, softR, key))
    const linear = (alone + (between - alone) * this.#known - key.low) / (key.high - key.low)
    return Math.min(1, Math.max(linear, this.#least))
  }
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

/**
 * The colours that are so near to the screen's that they are clear beside whatever is there.
 *
 * @param {Uint8Array} table of 32768, colours in 5 bits each; written
 */
export function fillClears(table, key) {
  const reach = (100 * key.low) ** 2
  for (let at = 0; at < table.length; at += 1) {
    const [y, cb, cr] = ycc(8 * (at & 31) + 4, 8 * ((at >> 5) & 31) + 4, 8 * (at >> 10) + 4)
    const [dy, db, dr] = [y - key.y, cb - key.cb, cr - key.cr]
    const isNear = LIGHT_WEIGHT * dy * dy + db * db + dr * dr < reach
    table[at] = isNear && shareOf(cb, cr, key) > key.clear ? 1 : 0
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
