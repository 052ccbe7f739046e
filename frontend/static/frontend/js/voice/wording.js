/** The microphone's states in words: what it does, what one can do, what its key is called. */

import { fill, gettext } from "frontend/i18n"

/** @type {Record<string, [title: string, hint: string]>} */
const STATES = {
  off: [gettext("Microphone off"), gettext("Turn it on to talk instead of typing.")],
  waiting: [gettext("Microphone off"), gettext("It opens when the conversation begins.")],
  asking: [gettext("Asking for the microphone…"), gettext("Allow it where your browser asks.")],
  asleep: [gettext("Microphone off"), gettext("Press the key to open it.")],
  ready: [gettext("Hold to talk"), gettext("Hold this key, or Space outside of fields. Nothing is taken before you do.")],
  listening: [gettext("Listening"), gettext("Just speak. Speaking also interrupts.")],
  deaf: [gettext("Waiting for the avatar"), gettext("It listens again when the avatar has finished.")],
  paused: [gettext("Paused"), gettext("Nothing is taken. Press the key to go on.")],
  hearing: [gettext("Hearing you…"), ""],
  transcribing: [gettext("Writing down what you said…"), ""],
  denied: [
    gettext("The microphone is not allowed"),
    gettext("Allow it for this site in the browser: the sign before the address, then Microphone. Then press the key."),
  ],
  "no-device": [gettext("No microphone found"), gettext("Plug one in, then press the key.")],
  "in-use": [gettext("The microphone cannot be opened"), gettext("Another program may be using it. Close that one, then press the key.")],
  lost: [gettext("The microphone was lost"), gettext("It was unplugged or switched off. Plug it in or choose another, then press the key.")],
  insecure: [gettext("No microphone on this address"), gettext("Browsers allow it on https:// addresses and on localhost only.")],
  unsupported: [gettext("This browser cannot do it"), gettext("Talking needs a current Chrome, Edge, Firefox or Safari.")],
  transcription_not_configured: [gettext("The microphone is not set up"), gettext("Nobody is there yet who could write down what you say.")],
  transcription_not_offered: [gettext("No transcription service"), gettext("The one that was set does not offer it; its answer is above.")],
}

const HELD_HINT = gettext("Let go to send.")
const LATCHED_HINT = gettext("Press again to send.")

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
  if (state === "transcription_not_configured") return gettext("How to set the microphone up")
  if (mode === "hold") return gettext("Hold to talk")
  if (mode === "off") return gettext("Turn the microphone on")
  if (state === "asleep" || TROUBLES.has(state)) return gettext("Open the microphone")
  return gettext("Listen hands-free")
}

/** To people who listen to the page; "" where a change of state is no news. */
export function spokenState(state, before) {
  const { title, hint, isTrouble } = stateWords(state)
  if (isTrouble) return fill(gettext("{title}. {hint}"), { title, hint })
  if (state === "ready" && ["asking", "asleep", "off", "waiting"].includes(before)) return gettext("Microphone on. Hold Space to talk.")
  if (state === "listening" && ["asking", "asleep", "off", "waiting", "paused"].includes(before)) return gettext("Microphone on. Listening.")
  if (state === "paused") return gettext("Paused. Not listening.")
  return ""
}
