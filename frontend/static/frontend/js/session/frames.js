/**
 * What arrives: frames of the session's websocket, and events of the avatar's data channel.
 * Both are read here once; the rest of the page sees only well-formed values.
 */

/**
 * @typedef {object} Frame
 * @property {string} type
 * @property {number|null} seq  number of a stored event; null for what is not stored
 * @property {string} at        ISO 8601
 * @property {Record<string, any>} data
 */

/**
 * Read one websocket message, or null when it is not a frame of ours.
 *
 * @param {unknown} text
 * @returns {Frame|null}
 */
export function parseFrame(text) {
  const value = parseObject(text)
  if (!value || typeof value.type !== "string") return null
  return {
    type: value.type,
    seq: Number.isInteger(value.seq) ? value.seq : null,
    at: typeof value.at === "string" ? value.at : "",
    data: isObject(value.data) ? value.data : {},
  }
}

/**
 * When a word is said: milliseconds after the avatar began, and where it stands in the
 * text, in characters as people count them (an emoji is one).
 *
 * @typedef {[atMs: number, first: number, length: number]} WordTime
 */

/** More words than any text has that the avatar takes. */
const MAX_WORDS = 1000

/**
 * Read one data channel message: the avatar began or stopped talking, or more is known of
 * when its words are said, which not every cloud tells. Clouds send binary JSON, older ones
 * text. Anything else is null.
 *
 * @param {ArrayBuffer|string} payload
 * @returns {{state: "start"|"stop"|"words", taskId: string, words?: WordTime[]}|null}
 */
export function parseAvatarEvent(payload) {
  const value = parseObject(
    typeof payload === "string" ? payload : new TextDecoder().decode(payload),
  )
  const taskId = String(value?.task_id ?? "")
  const words = wordTimes(value?.words)
  switch (value?.type) {
    case "avatar_start_talking":
      return { state: "start", taskId, ...(words.length && { words }) }
    case "avatar_words":
      return words.length ? { state: "words", taskId, words } : null
    case "avatar_stop_talking":
      return { state: "stop", taskId }
    default:
      return null
  }
}

function wordTimes(value) {
  return Array.isArray(value) ? value.slice(0, MAX_WORDS).filter(isWordTime) : []
}

function isWordTime(value) {
  if (!Array.isArray(value) || value.length !== 3) return false
  const [atMs, first, length] = value
  return Number.isFinite(atMs) && isPlace(first) && isPlace(length) && length > 0
}

function isPlace(value) {
  return Number.isInteger(value) && value >= 0
}

function parseObject(text) {
  if (typeof text !== "string") return null
  try {
    const value = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
