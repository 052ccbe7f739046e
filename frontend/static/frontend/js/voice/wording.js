/** The microphone's states in words: what it does, what one can do, what its key is called. */

/** @type {Record<string, [title: string, hint: string]>} */
const STATES = {
  off: ["Microphone off", "Turn it on to talk instead of typing."],
  waiting: ["Microphone off", "It opens when the conversation begins."],
  asking: ["Asking for the microphone…", "Allow it where your browser asks."],
  asleep: ["Microphone off", "Press the key to open it."],
  ready: ["Hold to talk", "Hold this key, or Space outside of fields. Nothing is taken before you do."],
  listening: ["Listening", "Just speak. Speaking also interrupts."],
  deaf: ["Waiting for the avatar", "It listens again when the avatar has finished."],
  paused: ["Paused", "Nothing is taken. Press the key to go on."],
  hearing: ["Hearing you…", ""],
  transcribing: ["Writing down what you said…", ""],
  denied: [
    "The microphone is not allowed",
    "Allow it for this site in the browser: the sign before the address, then Microphone. Then press the key.",
  ],
  "no-device": ["No microphone found", "Plug one in, then press the key."],
  "in-use": ["The microphone cannot be opened", "Another program may be using it. Close that one, then press the key."],
  lost: ["The microphone was lost", "It was unplugged or switched off. Plug it in or choose another, then press the key."],
  insecure: ["No microphone on this address", "Browsers allow it on https:// addresses and on localhost only."],
  unsupported: ["This browser cannot do it", "Talking needs a current Chrome, Edge, Firefox or Safari."],
  transcription_not_configured: ["The microphone is not set up", "Nobody is there yet who could write down what you say."],
  transcription_not_offered: ["No transcription service", "The one that was set does not offer it; its answer is above."],
}

const HELD_HINT = "Let go to send."
const LATCHED_HINT = "Press again to send."

/** States that keep somebody from talking, until they do something. */
const TROUBLES = new Set([
  "denied", "no-device", "in-use", "lost", "insecure", "unsupported", "transcription_not_offered",
])

export const STATE_NAMES = Object.keys(STATES)

/**
 * @param {string} state
 * @param {{isHeld?: boolean, isLatched?: boolean}} [how]
 * @returns {{title: string, hint: string, isTrouble: boolean}}
 */
export function stateWords(state, { isHeld = false, isLatched = false } = {}) {
  const [title, hint] = STATES[state]
  const heldHint = isLatched ? LATCHED_HINT : HELD_HINT
  return { title, hint: isHeld ? heldHint : hint, isTrouble: TROUBLES.has(state) }
}

/** What the key does next. @param {import("frontend/voice/input").Mode} mode @param {string} state */
export function keyName(mode, state) {
  if (state === "transcription_not_configured") return "How to set the microphone up"
  if (mode === "hold") return "Hold to talk"
  if (mode === "off") return "Turn the microphone on"
  if (state === "asleep" || TROUBLES.has(state)) return "Open the microphone"
  return "Listen hands-free"
}

/** To people who listen to the page; "" where a change of state is no news. */
export function spokenState(state, before) {
  const { title, hint, isTrouble } = stateWords(state)
  if (isTrouble) return `${title}. ${hint}`
  if (state === "ready" && ["asking", "asleep", "off", "waiting"].includes(before)) return "Microphone on. Hold Space to talk."
  if (state === "listening" && ["asking", "asleep", "off", "waiting", "paused"].includes(before)) return "Microphone on. Listening."
  if (state === "paused") return "Paused. Not listening."
  return ""
}
