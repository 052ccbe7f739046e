/** What visitors are told: they have no account, no settings, and no staff to ask. */
import { fill, gettext } from "frontend/i18n"

/** The state in a word. @param {import("frontend/session/phase").Phase} phase */
export function stateWords(phase) {
  const states = {
    opening: gettext("Connecting…"),
    waiting: gettext("In line"),
    offered: gettext("Your turn"),
    ready: gettext("Connecting…"),
    connecting: gettext("Connecting…"),
    live: gettext("Live"),
    resuming: gettext("Reconnecting…"),
    closing: gettext("Closing…"),
  }
  return states[phase] ?? ""
}

/** @param {string} mood */
export function moodWords(mood) {
  return { thinking: gettext("Thinking"), speaking: gettext("Speaking") }[mood] ?? ""
}

/**
 * The line before the stage while nobody is on it.
 *
 * @param {{phase: string, end: {reason: string}}} session
 * @param {string} otherwise  who the persona is
 */
export function posterWords({ phase, end }, otherwise) {
  switch (phase) {
    case "idle":
      return otherwise
    case "ended":
      return endWords(end.reason) || otherwise
    case "elsewhere":
      return gettext("This conversation is open in another window.")
    default:
      return stateWords(phase)
  }
}

/** What the key to begin says. */
export function beginWords({ phase, end }, name) {
  if (phase === "ended") return endWords(end.reason) ? gettext("Talk again") : gettext("Try again")
  return fill(gettext("Talk to {name}"), { name })
}

/** Ends that need no more words. */
const OVER = new Set(["viewer_closed", "viewer_left", "viewer_lost", "upstream_ended", "upstream_refused", "you_left", "gone"])

/** How it ended; "" where a problem has been told instead. @param {string} reason */
function endWords(reason) {
  const ends = {
    you_closed: gettext("The conversation is over. Thank you for coming."),
    persona_ended: gettext("You said goodbye to each other."),
    you_left_line: gettext("You left the line."),
    idle: gettext("Nothing was said for a while, so the conversation was closed."),
    max_age: gettext("The time for one conversation is up. You can begin another."),
    quota: gettext("The time for today is used up."),
    offer_missed: gettext("Your turn came, and the next in line was asked. You can join again."),
    ice_failed: gettext("Sound and picture could not get through. Another network may help."),
    staff_stopped: gettext("The conversation was closed by this service."),
  }
  return ends[reason] ?? (OVER.has(reason) ? gettext("The conversation is over.") : "")
}

/**
 * Of the sentences of a speech, what was heard before it was cut off.
 *
 * @param {string[]} sentences
 * @param {string} reply  what was heard of them together
 */
export function heardOf(sentences, reply) {
  let rest = reply
  return sentences.map((sentence) => {
    const heard = rest.slice(0, sentence.length)
    rest = rest.slice(sentence.length).trimStart()
    return heard
  })
}

/** A problem in words that a visitor can use. @param {{code: string, message: string}} problem */
export function problemWords({ code, message }) {
  const problems = {
    network: gettext("The connection is down. Check it, then try again."),
    no_seat: gettext("Everybody is in a conversation. Try again in a few minutes."),
    accounts_resting: gettext("Something is being repaired. Try again in a few minutes."),
    throttled: gettext("That was a little fast. Wait a moment, then try again."),
    too_fast: gettext("That was a little fast. Wait a moment, then try again."),
    session_not_found: gettext("This conversation is over. Begin a new one."),
    wrong_state: gettext("This conversation is over. Begin a new one."),
    visit_over: gettext("This visit is over. Begin again."),
    time_is_up: gettext("The time is up."),
    media_failed: gettext("Sound and picture could not get through. Another network may help."),
    start_timeout: gettext("No picture came in time. Try again."),
    resume_timeout: gettext("The conversation could not be reached again. Begin a new one."),
  }
  if (problems[code]) return problems[code]
  if (/^(upstream|model)_/.test(code)) return gettext("Something went wrong here. Try again in a moment.")
  if (code.startsWith("transcription_")) return gettext("What you said could not be written down. Typing works.")
  return message
}

/** What the microphone's key does next, and how things stand. @param {string} state of `VoiceInput` */
export function voiceWords(state) {
  const states = {
    off: gettext("Talk with the microphone"),
    waiting: gettext("Talk with the microphone"),
    asleep: gettext("Talk with the microphone"),
    asking: gettext("Allow the microphone where your browser asks."),
    listening: gettext("Listening. Press to stop."),
    hearing: gettext("Hearing you…"),
    transcribing: gettext("Writing down what you said…"),
    deaf: gettext("Waiting until the answer is over."),
    denied: gettext("The microphone is not allowed here. Typing works."),
    insecure: gettext("The microphone works on https:// pages only. Typing works."),
  }
  return states[state] ?? gettext("There is no microphone. Typing works.")
}
