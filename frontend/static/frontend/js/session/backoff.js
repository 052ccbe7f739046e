/** When to try a lost connection again. */

const FIRST_MS = 250
const LONGEST_MS = 8_000

/**
 * How long to wait before attempt number `attempt` (from 0), in milliseconds.
 *
 * The wait doubles up to eight seconds and is spread by `luck` (0 to 1), so that a hundred
 * pages do not come back to a restarted server in the same instant. The first attempt is
 * quick because a lease lasts only seconds.
 *
 * @param {number} attempt
 * @param {number} luck
 */
export function retryDelayMs(attempt, luck) {
  const ceilingMs = Math.min(FIRST_MS * 2 ** attempt, LONGEST_MS)
  return Math.round(ceilingMs * (0.5 + luck / 2))
}

/** Close codes after which coming back is pointless. Others, 1000 too, may be a restart. */
const FINAL_CODES = new Set([4400, 4401, 4403, 4404])

/** Whether a socket closed with this code should be opened again. @param {number} code */
export function isWorthRetrying(code) {
  return !FINAL_CODES.has(code)
}
