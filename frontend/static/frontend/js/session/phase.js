/**
 * The phases of one viewer's session, as the page sees them, and what may be done in each.
 *
 *     idle -> opening -> ready -> connecting -> live -> closing -> ended -> opening …
 *                 \________\__________\___________\______________-> ended
 *
 * The server's states are finer (see `streaming/models.py`); the page needs only these.
 */

/** @typedef {"idle"|"opening"|"ready"|"connecting"|"live"|"closing"|"ended"} Phase */

/** @type {Record<Phase, Record<string, Phase>>} */
const NEXT = {
  idle: { new: "opening" },
  opening: { offered: "ready", close: "closing", ended: "ended" },
  ready: { start: "connecting", close: "closing", ended: "ended" },
  connecting: { playing: "live", close: "closing", ended: "ended" },
  live: { close: "closing", ended: "ended" },
  closing: { ended: "ended" },
  ended: { new: "opening" },
}

export const PHASES = /** @type {Phase[]} */ (Object.keys(NEXT))

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
  return phase !== "idle" && phase !== "ended"
}

/**
 * Which controls can be used.
 *
 * `busy` means that the avatar speaks or a reply is on its way, so there is something to
 * interrupt.
 *
 * @param {Phase} phase
 * @param {{busy?: boolean}} [circumstances]
 */
export function controls(phase, { busy = false } = {}) {
  return {
    begin: !isOpen(phase),
    choose: !isOpen(phase),
    new: !isOpen(phase),
    start: phase === "ready",
    close: isOpen(phase) && phase !== "closing",
    ask: phase === "live",
    repeat: phase === "live",
    interrupt: phase === "live" && busy,
  }
}
