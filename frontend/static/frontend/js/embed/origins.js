/** Which pages a box may stand on, as the server has them too (`streaming/embedding/origins.py`). */

const ANY_PORT = ":*"

/**
 * Whether `origin`, as the browser names it, is one of `origins`, of which those on one's own
 * machine may leave the port open.
 *
 * @param {string[]} origins
 * @param {string} origin
 */
export function isAllowed(origins, origin) {
  return origins.some((allowed) => origin === allowed || isAt(origin, allowed))
}

function isAt(origin, allowed) {
  if (!allowed.endsWith(ANY_PORT)) return false
  const host = allowed.slice(0, -ANY_PORT.length)
  return origin.startsWith(host) && /^(:\d{1,5})?$/.test(origin.slice(host.length))
}

/** The origin of an address, "" where it has none. */
export function originOf(address) {
  try {
    const { origin } = new URL(address)
    return origin === "null" ? "" : origin
  } catch {
    return ""
  }
}
