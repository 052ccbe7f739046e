/** Sentences for people: log lines, reasons, and what to do about an error. */

const STATES = {
  waiting: "waiting for a seat",
  opening: "opening",
  ready: "ready to start",
  connecting: "connecting",
  live: "live",
  closing: "closing",
  closed: "closed",
  failed: "failed",
}

/** @param {string} state a server state */
export function stateText(state) {
  return STATES[state] ?? state
}

const HINTS = {
  no_seat:
    "Every seat is taken. Close one of your own sessions, or ask a colleague or the " +
    "staff of this site to close one; a seat whose viewer has left frees itself in seconds.",
  accounts_resting:
    "The avatar servers failed several times and are left alone for a moment. Try again soon; " +
    "staff can see why under Accounts in the admin.",
  session_not_found: "This session is over, or was never yours. Begin a new one.",
  wrong_state: "The session has moved on in the meantime. Begin a new one.",
  not_authenticated: "Your sign-in has expired. Sign in again and come back.",
  throttled: "That was a little fast. Wait a moment, then try again.",
  upstream_unreachable: "The avatar server does not answer. Is it running? Try again in a moment.",
  upstream_timeout: "The avatar server took too long. Try again in a moment.",
  upstream_busy: "The avatar server asks for patience. Wait a moment, then try again.",
  upstream_full:
    "The avatar server itself has no seat left. Somebody else uses its account too; wait, or " +
    "ask the staff of this site.",
  upstream_unauthorized: "The avatar server refused this site's key. Staff can correct it in the admin.",
  upstream_rejected: "The avatar server did not accept this. Choose another avatar, voice or text.",
  upstream_gone: "The avatar server has ended this session. Begin a new one.",
  bad_message: "Change the message and send it again.",
  not_the_viewer: "Only the viewer of a session speaks in it; you may watch, interrupt and stop it.",
  model_unreachable: "The language model cannot be reached. Staff can check OPENAI_BASE_URL.",
  model_unauthorized: "The language model refused its key. Staff can correct OPENAI_API_KEY.",
  model_rate_limited: "The language model is busy or out of quota. Wait, then ask again.",
  model_timeout: "The language model took too long. Ask again, or use Repeat meanwhile.",
  network: "This device cannot reach the site. Check the connection, then try again.",
  media_failed: "Sound and picture could not come through. A firewall may be in the way; try another network.",
  connection_lost: "The connection was lost for too long. Begin again.",
  start_timeout: "No picture arrived in time. Begin again.",
}

const FAMILIES = [
  ["upstream_", "The avatar server reported a problem. Try again in a moment."],
  ["model_", "The language model reported a problem. Repeat works without it."],
  ["invalid", "Something in the request was not accepted. Change it and try again."],
]

/** What somebody can do about an error, or "" when we have no advice. @param {string} code */
export function hintFor(code) {
  return (
    HINTS[code] ?? FAMILIES.find(([start]) => code.startsWith(start))?.[1] ?? ""
  )
}

const REASONS = {
  viewer_closed: "the viewer closed it",
  viewer_left: "the viewer left the page",
  viewer_lost: "the viewer’s connection was lost",
  ice_failed: "sound and picture could not get through",
  idle: "nothing was said for a while",
  max_age: "its time was up",
  staff_stopped: "staff stopped it",
  upstream_ended: "the avatar server ended it",
  upstream_refused: "the avatar server refused it",
}

/** Why a session ended, in words. @param {string} reason one of the server's end reasons */
export function reasonText(reason) {
  return REASONS[reason] ?? reason.replaceAll("_", " ")
}

/**
 * @typedef {object} Line
 * @property {"status"|"ice"|"said"|"heard"|"error"|"time"} kind
 * @property {string} text
 */

const LINES = {
  snapshot: ({ session = {} }) => line("status", `Session is ${stateText(session.state)}`),
  "session.status": ({ to, reason }) =>
    line("status", `Session is ${stateText(to)}${reason ? `: ${reasonText(reason)}` : ""}`),
  "ice.state": ({ state }) => line("ice", `ICE connection state changed to: ${state}`),
  "avatar.start_talking": (_, { persona }) => line("status", `${persona} started talking`),
  "avatar.stop_talking": (_, { persona }) => line("status", `${persona} stopped talking`),
  "chat.sentence": ({ text }, { persona }) => line("said", `${persona}: ${text}`),
  "turn.started": ({ kind, prompt }, { viewer }) =>
    prompt && kind !== "say" ? line("heard", `${viewer}: ${prompt}`) : null,
  "turn.finished": ({ interrupted }) => (interrupted ? line("status", "Interrupted") : null),
  "turn.timings": (timings) => timingsLine(timings),
  "time.left": ({ seconds }) => line("time", `${Math.round(seconds)} seconds left`),
  error: ({ code, message }) => line("error", `${message} (${code})`),
}

/**
 * The log line for a frame, or null for frames that need none.
 *
 * @param {import("frontend/session/frames").Frame} frame
 * @param {{persona: string, viewer: string}} names  how to call them
 * @returns {Line|null}
 */
export function lineFor({ type, data }, names) {
  return LINES[type]?.(data, names) ?? null
}

function line(kind, text) {
  return { kind, text }
}

function timingsLine({ first_delta_ms, accepted_ms }) {
  const parts = [
    ["first word from the mind", first_delta_ms],
    ["first sentence at the avatar", accepted_ms],
  ].filter(([, ms]) => Number.isFinite(ms))
  if (!parts.length) return null
  return line("time", parts.map(([what, ms]) => `${what} after ${Math.round(ms)} ms`).join(", "))
}
