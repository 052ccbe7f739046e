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
 * Read one data channel message: the avatar began or stopped talking. Clouds send binary
 * JSON, older ones text. Anything else is null.
 *
 * @param {ArrayBuffer|string} payload
 * @returns {{state: "start"|"stop", taskId: string}|null}
 */
export function parseAvatarEvent(payload) {
  const value = parseObject(
    typeof payload === "string" ? payload : new TextDecoder().decode(payload),
  )
  const taskId = String(value?.task_id ?? "")
  switch (value?.type) {
    case "avatar_start_talking":
      return { state: "start", taskId }
    case "avatar_stop_talking":
      return { state: "stop", taskId }
    default:
      return null
  }
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
