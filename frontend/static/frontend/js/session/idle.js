/** When to ask whether somebody is still there, before the server ends a silent session. */

const WARN_MS = 30_000

/**
 * Seconds until a silent session ends, once that is near; else null.
 *
 * The server decides (`SESSION_IDLE_S`); this is our own estimate of it, and errs early.
 *
 * @param {{quietSinceMs: number, nowMs: number, idleS: number}} facts
 */
export function idleSecondsLeft({ quietSinceMs, nowMs, idleS }) {
  const leftMs = idleS * 1000 - (nowMs - quietSinceMs)
  return leftMs <= Math.min(WARN_MS, idleS * 500) ? Math.max(0, Math.round(leftMs / 1000)) : null
}
