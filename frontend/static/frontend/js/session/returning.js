/** Coming back to a session: what can be gone on with, judged by where it stands now. */
import { isOver, isUsable } from "frontend/session/story"

/** Ends that nobody wanted. */
const ACCIDENTS = new Set(["viewer_lost", "viewer_left", "ice_failed", "upstream_ended"])

/** Who comes back later than this, from a closed laptop for one, wants to be asked. */
const ABSENCE_MS = 120_000

/** How long loading a page anew may take. */
const RELOAD_MS = 15_000

/** Whether a session that ended so should go on by itself. @param {string} reason */
export function isAccident(reason) {
  return ACCIDENTS.has(reason)
}

/**
 * What to do: "line" is waiting on, "resume" a new stream of the same session, "continue" the
 * same conversation in a new session, "end" saying how it ended, "later" the next event tells.
 *
 * @param {{state: string, endReason: string, place: object|null}} story
 * @param {{wasHere: boolean, isReload: boolean, endedAgoMs: number}} facts  whether this page
 *   itself lost it, or was loaded anew: an avatar service may end at once what a page lets go
 * @returns {"line"|"resume"|"continue"|"end"|"later"}
 */
export function wayBack({ state, endReason, place }, { wasHere, isReload, endedAgoMs }) {
  if (state === "waiting") return place ? "line" : "later"
  if (isUsable(state)) return "resume"
  if (!isOver(state)) return "later"
  const goesOn = wasHere
    ? isAccident(endReason) && endedAgoMs < ABSENCE_MS
    : isReload && endReason === "upstream_ended" && endedAgoMs < RELOAD_MS
  return goesOn ? "continue" : "end"
}
