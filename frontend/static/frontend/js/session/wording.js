/** Sentences for people: log lines, reasons, and what to do about an error. */
import { standing } from "frontend/session/presentation"

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
  too_many_sessions:
    "You have as many conversations at once as this site allows. Close one of them, then begin again.",
  quota_used_up:
    "Your time fills up again with the next day or month. The staff of this site can allow you more.",
  accounts_resting:
    "The avatar servers failed several times and are left alone for a moment. " +
    "Staff can see why under Accounts in the admin.",
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
  no_such_script: "It may have been changed or removed meanwhile. Load the page again.",
  not_the_viewer: "Only the viewer of a session speaks in it; you may watch, interrupt and stop it.",
  model_unreachable: "The language model cannot be reached. Staff can check OPENAI_BASE_URL.",
  model_unauthorized: "The language model refused its key. Staff can correct OPENAI_API_KEY.",
  model_rate_limited: "The language model is busy or out of quota. Wait, then ask again.",
  model_timeout: "The language model took too long. Ask again, or use Repeat meanwhile.",
  transcription_not_configured: "Staff of this site can set a transcription service up. Typing works without one.",
  transcription_not_offered: "Staff of this site can name another transcription service. Typing works without one.",
  transcription_unauthorized: "The transcription service refused its key. Staff can correct TRANSCRIPTION_API_KEY.",
  network: "This device cannot reach the site. Check the connection, then try again.",
  media_failed: "Sound and picture could not come through. A firewall may be in the way; try another network.",
  connection_lost: "The connection was lost for too long. Begin again.",
  start_timeout: "No picture arrived in time. Begin again.",
  resume_timeout: "The session could not be reached again. Begin again, or continue the conversation.",
}

const FAMILIES = [
  ["transcription_", "What you said could not be written down. Typing works; try speaking again in a moment."],
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
  quota: "the time allowance was used up",
  offer_missed: "the offered seat was not taken in time",
  persona_ended: "the persona ended the conversation",
  staff_stopped: "staff stopped it",
  upstream_ended: "the avatar server ended it",
  upstream_refused: "the avatar server refused it",
  you_closed: "closed by you",
  you_left_line: "you left the line",
  you_left: "you left the page",
  gone: "it is over",
}

/** Why a session ended, in words. @param {string} reason one of the server's end reasons */
export function reasonText(reason) {
  return REASONS[reason] ?? reason.replaceAll("_", " ")
}

/** To the viewer: how it ended, and what they can do. Codes of problems of ours are here too. */
const ENDS = {
  you_closed: ["You closed it.", ""],
  you_left_line: ["You left the line.", ""],
  you_left: ["You left the page.", ""],
  gone: ["The session is over.", ""],
  viewer_closed: ["You closed it in another window.", ""],
  viewer_left: ["You left the page, so the seat was given back.", ""],
  viewer_lost: ["The connection was lost for too long, so the seat was given back.", ""],
  ice_failed: ["Sound and picture could not get through.", ""],
  idle: ["Nothing was said for a while, so the seat was given back.", ""],
  max_age: ["Its time was up.", "There is a limit, so that everybody gets a seat. You can go on in a new session."],
  quota: ["Your time allowance is used up.", "It fills up again with the next day or month. Staff can allow you more."],
  offer_missed: ["You missed the seat: it went to the next in line.", "Join again to get a new place."],
  persona_ended: ["You said goodbye to each other.", ""],
  staff_stopped: ["The site’s staff stopped it.", ""],
  upstream_ended: ["The avatar server ended it.", ""],
  upstream_refused: ["The avatar server refused it.", ""],
}

const LINE_ENDS = {
  ...ENDS,
  viewer_closed: ["You left the line in another window.", ""],
  viewer_left: ["You left the page, so your place went to the next.", ""],
  viewer_lost: ["You lost your place: the connection was away for too long.", "Join again to get a new one."],
  staff_stopped: ["The site’s staff took you out of the line.", ""],
}

/**
 * What to tell somebody whose session, or whose waiting, has ended.
 *
 * @param {string} reason one of the server's end reasons, or of ours
 * @param {{inLine?: boolean}} [where]
 * @returns {{text: string, hint: string}}
 */
export function ending(reason, { inLine = false } = {}) {
  const [text, hint] = (inLine ? LINE_ENDS : ENDS)[reason] ?? [otherEnding(reason), ""]
  return { text, hint }
}

function otherEnding(reason) {
  return reason ? `It ended: ${reasonText(reason)}.` : "It ended."
}

/** The last minute, in words. @param {{seconds: number, reason?: string}} left */
export function timeLeftText({ seconds, reason }) {
  const time = seconds === 60 ? "One minute" : `${Math.round(seconds)} seconds`
  return reason === "quota" ? `${time} left of your allowance` : `${time} left`
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
  "avatar.farewell": ({ text }, { persona }) => line("said", `${persona}: ${text}`),
  "turn.started": ({ kind, prompt }, { viewer }) =>
    prompt && kind !== "say" ? line("heard", `${viewer}: ${prompt}`) : null,
  "chat.sources": ({ sources }) => line("source", sources.map(sourceText).join("\n")),
  "turn.finished": ({ interrupted }) => (interrupted ? line("status", "Interrupted") : null),
  "turn.interrupted": ({ reply }) => line("status", heardText(reply)),
  "turn.timings": (timings) => timingsLine(timings),
  "script.status": (status) => line("status", `${status.title}: ${standing(status)}`),
  "chat.show": ({ exhibit }) => line("status", `Shown: ${exhibit.title}`),
  "time.left": (left) => line("time", timeLeftText(left)),
  "avatar.replaced": (wish) => line("status", replacedText(wish)),
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

const LAST_WORDS = 6

/** How far somebody was heard before they were interrupted. */
function heardText(reply) {
  if (!reply) return "Interrupted before a word was heard"
  const words = reply.split(" ")
  const last = words.slice(-LAST_WORDS).join(" ")
  return `Heard until “${words.length > LAST_WORDS ? "… " : ""}${last}”`
}

function sourceText({ title, page, heading, excerpt }) {
  const where = [`“${title}”`, page && `page ${page}`, heading].filter(Boolean).join(", ")
  return `From ${where}: ${excerpt}`
}

function replacedText({ avatar_name, voice_id }) {
  if (avatar_name) return `${avatar_name} is not available here; another avatar stands in`
  return `The voice ${voice_id} is not available here; another one stands in`
}

function line(kind, text) {
  return { kind, text }
}

/** Told when a turn is complete, and once more when its first words were heard. */
function timingsLine({ first_delta_ms, accepted_ms, talk_ms }) {
  if (Number.isFinite(talk_ms)) return line("time", `heard after ${Math.round(talk_ms)} ms`)
  const parts = [
    ["first word from the mind", first_delta_ms],
    ["first sentence at the avatar", accepted_ms],
  ].filter(([, ms]) => Number.isFinite(ms))
  if (!parts.length) return null
  return line("time", parts.map(([what, ms]) => `${what} after ${Math.round(ms)} ms`).join(", "))
}
