/**
 * The phases of one viewer's session, as the page sees them, and what may be done in each.
 *
 *     idle -> opening -> ready -> connecting -> live -> closing -> ended -> opening …
 *
 * Without a free seat, `opening` leads into the line: `waiting`, then `offered`, and with the
 * seat taken to `opening` again. A stream that broke, or a page that was loaded anew, is
 * `resuming`: from there to `ready`, or into the line. What another window shows is
 * `elsewhere`. Every open phase may end.
 *
 * The server's states are finer (see `streaming.models.Session`); the page needs only these.
 */

/**
 * @typedef {"idle"|"opening"|"waiting"|"offered"|"ready"|"connecting"|"live"|"resuming"|
 *   "closing"|"ended"|"elsewhere"} Phase
 */

const ENDINGS = { close: "closing", ended: "ended", moved: "elsewhere" }

/** @type {Record<Phase, Record<string, Phase>>} */
const NEXT = {
  idle: { new: "opening", return: "resuming", moved: "elsewhere" },
  opening: { queued: "waiting", offered: "offered", opened: "ready", ...ENDINGS },
  waiting: { offered: "offered", ...ENDINGS },
  offered: { queued: "waiting", claim: "opening", ...ENDINGS },
  ready: { start: "connecting", return: "resuming", ...ENDINGS },
  connecting: { playing: "live", return: "resuming", ...ENDINGS },
  live: { return: "resuming", ...ENDINGS },
  resuming: { queued: "waiting", offered: "offered", opened: "ready", ...ENDINGS },
  closing: { ended: "ended" },
  ended: { new: "opening", return: "resuming", moved: "elsewhere" },
  elsewhere: { new: "opening", return: "resuming" },
}

export const PHASES = /** @type {Phase[]} */ (Object.keys(NEXT))

const SHUT = new Set(["idle", "ended", "elsewhere"])
const IN_LINE = new Set(["waiting", "offered"])
const ON_STAGE = new Set(["ready", "connecting", "live"])

/**
 * The phase after something happened. What does not apply changes nothing, because
 * the network may well report an end twice.
 *
 * @param {Phase} phase
 * @param {string} happening
 * @returns {Phase}
 */
export function nextPhase(phase, happening) {
  return NEXT[phase][happening] ?? phase
}

/** Whether a session of this page exists at the server. @param {Phase} phase */
export function isOpen(phase) {
  return !SHUT.has(phase)
}

/** Whether it has no seat yet, but a place in the line. @param {Phase} phase */
export function isInLine(phase) {
  return IN_LINE.has(phase)
}

/** Whether it has a stream that this page plays, or could. @param {Phase} phase */
export function hasStream(phase) {
  return ON_STAGE.has(phase)
}

/**
 * Which controls can be used.
 *
 * `busy` means that the avatar speaks or a reply is on its way, so there is something to
 * interrupt; `continuable` that there was a conversation to go on with; `held` that a new
 * stream is on its way, of another persona for one.
 *
 * @param {Phase} phase
 * @param {{busy?: boolean, continuable?: boolean}} [circumstances]
 */
export function controls(phase, { busy = false, continuable = false, held = false } = {}) {
  const isLive = phase === "live" && !held
  return {
    begin: phase === "idle" || phase === "ended",
    choose: !isOpen(phase) || isLive,
    swap: isLive,
    new: !isOpen(phase),
    start: phase === "ready",
    close: isOpen(phase) && phase !== "closing",
    take: phase === "offered",
    "leave-line": isInLine(phase),
    move: phase === "elsewhere",
    continue: phase === "ended" && continuable,
    ask: isLive,
    repeat: isLive,
    interrupt: isLive && busy,
  }
}
