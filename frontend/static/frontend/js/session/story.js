/**
 * What is known about a session, folded from its frames. The studio and the operator's
 * window keep the same story, so they cannot disagree.
 */

/**
 * @typedef {object} Story
 * @property {string} state       the server's state: waiting … closed, failed
 * @property {string} endReason
 * @property {string} iceState
 * @property {string} personaName
 * @property {string} personaSlug
 * @property {import("frontend/session/line").Place|null} place  in line; null elsewhere
 * @property {string} endsAt      ISO 8601, "" when unlimited or unknown
 * @property {string} turn        id of the turn being answered, or ""
 * @property {string} speaking    task id of what is being said, or ""
 * @property {Record<string, number>} timings  of the last turn, milliseconds
 */

/** @type {Readonly<Story>} */
export const UNTOLD = Object.freeze({
  state: "",
  endReason: "",
  iceState: "",
  personaName: "",
  personaSlug: "",
  place: null,
  endsAt: "",
  turn: "",
  speaking: "",
  timings: {},
})

const FOLDS = {
  snapshot: (story, { session = {}, queue }, at) => ({
    ...story,
    state: session.state ?? story.state,
    endReason: session.end_reason ?? "",
    iceState: session.ice_state ?? "",
    personaName: session.persona?.name ?? story.personaName,
    personaSlug: session.persona?.slug ?? story.personaSlug,
    place: queue ? placeAt(queue, at) : null,
    endsAt: session.ends_at ?? "",
  }),
  "persona.swapped": (story, { to }) => ({
    ...story,
    personaName: to?.name ?? story.personaName,
    personaSlug: to?.slug ?? story.personaSlug,
    turn: "",
    speaking: "",
  }),
  "session.status": (story, { to, reason }) => ({
    ...story,
    state: to ?? story.state,
    endReason: reason || story.endReason,
    place: to === "waiting" ? story.place : null,
    ...(isOver(to) && { turn: "", speaking: "" }),
  }),
  "queue.position": (story, place, at) => ({ ...story, place: placeAt(place, at) }),
  "ice.state": (story, { state }) => ({ ...story, iceState: state ?? story.iceState }),
  "avatar.start_talking": (story, { task_id }) => ({ ...story, speaking: String(task_id) }),
  "avatar.stop_talking": (story, { task_id }) =>
    story.speaking === String(task_id) ? { ...story, speaking: "" } : story,
  "turn.started": (story, { turn }) => ({ ...story, turn: String(turn) }),
  "turn.finished": (story, { turn }) =>
    story.turn === String(turn) ? { ...story, turn: "" } : story,
  "turn.timings": (story, { turn: _, ...timings }) => ({ ...story, timings }),
}

/**
 * The story after one more frame; frames it knows nothing about leave it as it was.
 *
 * @param {Story} story
 * @param {import("frontend/session/frames").Frame} frame
 * @returns {Story}
 */
export function tell(story, { type, data, at }) {
  return FOLDS[type]?.(story, data, at) ?? story
}

/** A place in line as the server gives it, with the moment at which it was true. */
export function placeAt({ position, waiting, estimated_wait_s, offered_until }, at) {
  return { position, waiting, estimated_wait_s, offered_until, atMs: Date.parse(at) }
}

const USABLE = new Set(["ready", "connecting", "live"])

/** Whether a session in this server state has a stream to come back to. @param {string} state */
export function isUsable(state) {
  return USABLE.has(state)
}

/** Whether a server state is an end. @param {string} state */
export function isOver(state) {
  return state === "closed" || state === "failed"
}
