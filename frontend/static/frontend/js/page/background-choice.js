/**
 * What stands behind a persona for this viewer: the persona's own values, until the viewer
 * chooses otherwise; that is kept in their browser, persona by persona.
 */

const KEY = "greenroom.backgrounds"
const PICTURE_KEY = "greenroom.picture"
const PERSONAS_KEPT = 40

/** Stands for the viewer's own picture, which is too large to be kept with each persona. */
export const OWN_PICTURE = "own picture"

/**
 * @typedef {{removes: boolean, background: string, colour: string, threshold: number,
 *   softness: number, spill: number}} Choice
 */

/** @param {{slug: string, keying: Choice}} persona @returns {Choice} */
export function chosen({ slug, keying }, storage = globalThis.localStorage) {
  return { ...keying, ...all(storage)[slug] }
}

/** @param {string} slug @param {Choice|null} choice  null goes back to the persona's */
export function choose(slug, choice, storage = globalThis.localStorage) {
  const { [slug]: _, ...others } = all(storage)
  const kept = Object.entries(others).slice(0, PERSONAS_KEPT - 1)
  const now = choice ? [[slug, choice], ...kept] : kept
  write(KEY, JSON.stringify(Object.fromEntries(now)), storage)
}

export function hasChosen(slug, storage = globalThis.localStorage) {
  return slug in all(storage)
}

/** The viewer's own picture as a data URL, or "". */
export function ownPicture(storage = globalThis.localStorage) {
  try {
    const kept = storage.getItem(PICTURE_KEY) ?? ""
    return /^data:image\/(webp|jpeg|png);base64,[\w+/=]+$/.test(kept) ? kept : ""
  } catch {
    return ""
  }
}

/** @returns {boolean} whether there was room for it */
export function keepPicture(dataUrl, storage = globalThis.localStorage) {
  return write(PICTURE_KEY, dataUrl, storage)
}

/** What a field's text means as CSS: an address alone is a picture that covers everything. */
export function cssOf(text, picture = "") {
  const plain = text.trim()
  if (plain === OWN_PICTURE) return picture ? `url("${picture}") center / cover` : ""
  if (/^https:\/\/[^\s"'()\\]+$/.test(plain)) return `url("${plain}") center / cover`
  return plain
}

function all(storage) {
  try {
    const kept = JSON.parse(storage.getItem(KEY) ?? "{}")
    return kept && typeof kept === "object" ? kept : {}
  } catch {
    return {}
  }
}

function write(key, text, storage) {
  try {
    storage.setItem(key, text)
    return true
  } catch {
    return false
  }
}
