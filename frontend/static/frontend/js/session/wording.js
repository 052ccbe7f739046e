/** Sentences for people: log lines, reasons, and what to do about an error. */
import { fill, gettext, ngettext } from "frontend/i18n"
import { standing } from "frontend/session/presentation"

const STATES = {
  waiting: gettext("waiting for a seat"),
  opening: gettext("opening"),
  ready: gettext("ready to start"),
  connecting: gettext("connecting"),
  live: gettext("live"),
  closing: gettext("closing"),
  closed: gettext("closed"),
  failed: gettext("failed"),
}

/** @param {string} state a server state */
export function stateText(state) {
  return STATES[state] ?? state
}

const HINTS = {
  no_seat: gettext("Every seat is taken. Close one of your own sessions, or ask a colleague or the staff of this site to close one; a seat whose viewer has left frees itself in seconds."),
  too_many_sessions: gettext("You have as many conversations at once as this site allows. Close one of them, then begin again."),
  quota_used_up: gettext("Your time fills up again with the next day or month. The staff of this site can allow you more."),
  accounts_resting: gettext("The avatar servers failed several times and are left alone for a moment. Staff can see why under Accounts in the admin."),
  session_not_found: gettext("This session is over, or was never yours. Begin a new one."),
  wrong_state: gettext("The session has moved on in the meantime. Begin a new one."),
  not_authenticated: gettext("Your sign-in has expired. Sign in again and come back."),
  throttled: gettext("That was a little fast. Wait a moment, then try again."),
  upstream_unreachable: gettext("The avatar server does not answer. Is it running? Try again in a moment."),
  upstream_timeout: gettext("The avatar server took too long. Try again in a moment."),
  upstream_busy: gettext("The avatar server asks for patience. Wait a moment, then try again."),
  upstream_full: gettext("The avatar server itself has no seat left. Somebody else uses its account too; wait, or ask the staff of this site."),
  upstream_unauthorized: gettext("The avatar server refused this site's key. Staff can correct it in the admin."),
  upstream_rejected: gettext("The avatar server did not accept this. Choose another avatar, voice or text."),
  upstream_gone: gettext("The avatar server has ended this session. Begin a new one."),
  bad_message: gettext("Change the message and send it again."),
  no_such_script: gettext("It may have been changed or removed meanwhile. Load the page again."),
  not_the_viewer: gettext("Only the viewer of a session speaks in it; you may watch, interrupt and stop it."),
  model_unreachable: gettext("The language model cannot be reached. Staff can check OPENAI_BASE_URL."),
  model_unauthorized: gettext("The language model refused its key. Staff can correct OPENAI_API_KEY."),
  model_rate_limited: gettext("The language model is busy or out of quota. Wait, then ask again."),
  model_timeout: gettext("The language model took too long. Ask again, or use Repeat meanwhile."),
  transcription_not_configured: gettext("Staff of this site can set a transcription service up. Typing works without one."),
  transcription_not_offered: gettext("Staff of this site can name another transcription service. Typing works without one."),
  transcription_unauthorized: gettext("The transcription service refused its key. Staff can correct TRANSCRIPTION_API_KEY."),
  network: gettext("This device cannot reach the site. Check the connection, then try again."),
  media_failed: gettext("Sound and picture could not come through. A firewall may be in the way; try another network."),
  connection_lost: gettext("The connection was lost for too long. Begin again."),
  start_timeout: gettext("No picture arrived in time. Begin again."),
  resume_timeout: gettext("The session could not be reached again. Begin again, or continue the conversation."),
}

const FAMILIES = [
  ["transcription_", gettext("What you said could not be written down. Typing works; try speaking again in a moment.")],
  ["upstream_", gettext("The avatar server reported a problem. Try again in a moment.")],
  ["model_", gettext("The language model reported a problem. Repeat works without it.")],
  ["invalid", gettext("Something in the request was not accepted. Change it and try again.")],
]

/** What somebody can do about an error, or "" when we have no advice. @param {string} code */
export function hintFor(code) {
  return (
    HINTS[code] ?? FAMILIES.find(([start]) => code.startsWith(start))?.[1] ?? ""
  )
}

const REASONS = {
  viewer_closed: gettext("the viewer closed it"),
  viewer_left: gettext("the viewer left the page"),
  viewer_lost: gettext("the viewer’s connection was lost"),
  ice_failed: gettext("sound and picture could not get through"),
  idle: gettext("nothing was said for a while"),
  max_age: gettext("its time was up"),
  quota: gettext("the time allowance was used up"),
  offer_missed: gettext("the offered seat was not taken in time"),
  persona_ended: gettext("the persona ended the conversation"),
  staff_stopped: gettext("staff stopped it"),
  upstream_ended: gettext("the avatar server ended it"),
  upstream_refused: gettext("the avatar server refused it"),
  you_closed: gettext("closed by you"),
  you_left_line: gettext("you left the line"),
  you_left: gettext("you left the page"),
  gone: gettext("it is over"),
}

/** Why a session ended, in words. @param {string} reason one of the server's end reasons */
export function reasonText(reason) {
  return REASONS[reason] ?? reason.replaceAll("_", " ")
}

/** To the viewer: how it ended, and what they can do. Codes of problems of ours are here too. */
const ENDS = {
  you_closed: [gettext("You closed it."), ""],
  you_left_line: [gettext("You left the line."), ""],
  you_left: [gettext("You left the page."), ""],
  gone: [gettext("The session is over."), ""],
  viewer_closed: [gettext("You closed it in another window."), ""],
  viewer_left: [gettext("You left the page, so the seat was given back."), ""],
  viewer_lost: [gettext("The connection was lost for too long, so the seat was given back."), ""],
  ice_failed: [gettext("Sound and picture could not get through."), ""],
  idle: [gettext("Nothing was said for a while, so the seat was given back."), ""],
  max_age: [gettext("Its time was up."), gettext("There is a limit, so that everybody gets a seat. You can go on in a new session.")],
  quota: [gettext("Your time allowance is used up."), gettext("It fills up again with the next day or month. Staff can allow you more.")],
  offer_missed: [gettext("You missed the seat: it went to the next in line."), gettext("Join again to get a new place.")],
  persona_ended: [gettext("You said goodbye to each other."), ""],
  staff_stopped: [gettext("The site’s staff stopped it."), ""],
  upstream_ended: [gettext("The avatar server ended it."), ""],
  upstream_refused: [gettext("The avatar server refused it."), ""],
}

const LINE_ENDS = {
  ...ENDS,
  viewer_closed: [gettext("You left the line in another window."), ""],
  viewer_left: [gettext("You left the page, so your place went to the next."), ""],
  viewer_lost: [gettext("You lost your place: the connection was away for too long."), gettext("Join again to get a new one.")],
  staff_stopped: [gettext("The site’s staff took you out of the line."), ""],
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
  return reason ? fill(gettext("It ended: {reason}."), { reason: reasonText(reason) }) : gettext("It ended.")
}

/** The last minute, in words. @param {{seconds: number, reason?: string}} left */
export function timeLeftText({ seconds, reason }) {
  const n = Math.round(seconds)
  const isQuota = reason === "quota"
  if (n === 60) return isQuota ? gettext("One minute left of your allowance") : gettext("One minute left")
  const text = isQuota
    ? ngettext("{n} second left of your allowance", "{n} seconds left of your allowance", n)
    : ngettext("{n} second left", "{n} seconds left", n)
  return fill(text, { n })
}

/**
 * @typedef {object} Line
 * @property {"status"|"ice"|"said"|"heard"|"error"|"time"} kind
 * @property {string} text
 */

const LINES = {
  snapshot: ({ session = {} }) => line("status", sessionText(session.state)),
  "persona.swapped": ({ to }) => line("status", fill(gettext("{name} takes the stage"), { name: to.name })),
  "avatar.changed": () => line("status", gettext("Another face or voice takes the stage")),
  "quality.changed": ({ to }) => line("status", fill(gettext("The picture is now {quality}"), { quality: to })),
  "session.status": ({ to, reason }) =>
    line("status", sessionText(to, reason)),
  "ice.state": ({ state }) => line("ice", iceText(state)),
  "avatar.start_talking": (_, { persona }) => line("status", fill(gettext("{name} started talking"), { name: persona })),
  "avatar.stop_talking": (_, { persona }) => line("status", fill(gettext("{name} stopped talking"), { name: persona })),
  "chat.sentence": ({ text }, { persona }) => line("said", `${persona}: ${text}`),
  "avatar.farewell": ({ text }, { persona }) => line("said", `${persona}: ${text}`),
  "turn.started": ({ kind, prompt }, { viewer }) =>
    prompt && kind !== "say" ? line("heard", `${viewer}: ${prompt}`) : null,
  "chat.sources": ({ sources }) => line("source", sources.map(sourceText).join("\n")),
  "turn.finished": ({ interrupted }) => (interrupted ? line("status", gettext("Interrupted")) : null),
  "turn.interrupted": ({ reply }) => line("status", heardText(reply)),
  "turn.timings": (timings) => timingsLine(timings),
  "script.status": (status) => line("status", `${status.title}: ${standing(status)}`),
  "chat.show": ({ exhibit }) => line("status", fill(gettext("Shown: {title}"), { title: exhibit.title })),
  "time.left": (left) => line("time", timeLeftText(left)),
  "avatar.replaced": (wish) => line("status", replacedText(wish)),
  error: ({ code, message }) => line("error", `${message} (${code})`),
}

function sessionText(state, reason = "") {
  const names = { state: stateText(state), reason: reasonText(reason) }
  return reason ? fill(gettext("Session is {state}: {reason}"), names) : fill(gettext("Session is {state}"), names)
}

/** What the media connection is doing, for the log. */
export function iceText(state) {
  return fill(gettext("ICE connection state changed to: {state}"), { state })
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
  if (!reply) return gettext("Interrupted before a word was heard")
  const words = reply.split(" ")
  const last = words.slice(-LAST_WORDS).join(" ")
  return fill(gettext("Heard until “{words}”"), { words: words.length > LAST_WORDS ? `… ${last}` : last })
}

function sourceText({ title, page, heading, excerpt }) {
  const at = page && fill(gettext("page {page}"), { page })
  const where = [`“${title}”`, at, heading].filter(Boolean).join(", ")
  return fill(gettext("From {where}: {excerpt}"), { where, excerpt })
}

function replacedText({ avatar_name, voice_id }) {
  if (avatar_name) return fill(gettext("{name} is not available here; another avatar stands in"), { name: avatar_name })
  return fill(gettext("The voice {voice} is not available here; another one stands in"), { voice: voice_id })
}

function line(kind, text) {
  return { kind, text }
}

/** Told when a turn is complete, and once more when its first words were heard. */
function timingsLine({ first_delta_ms, accepted_ms, talk_ms }) {
  const after = (text, ms) => fill(text, { ms: Math.round(ms) })
  if (Number.isFinite(talk_ms)) return line("time", after(gettext("heard after {ms} ms"), talk_ms))
  const parts = [
    [gettext("first word from the mind after {ms} ms"), first_delta_ms],
    [gettext("first sentence at the avatar after {ms} ms"), accepted_ms],
  ].filter(([, ms]) => Number.isFinite(ms))
  if (!parts.length) return null
  return line("time", parts.map(([text, ms]) => after(text, ms)).join(", "))
}
