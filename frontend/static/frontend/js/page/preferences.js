/** What this browser remembers between visits. Storage may be refused; then nothing is kept. */

const KEY = "greenroom.studio"

/** @typedef {{volume: number, muted: boolean, quality: string, singleKeys: boolean, voiceMode: "off"|"hold"|"free",
 *   voiceDevice: string, speaker: string, voiceCheck: boolean, voiceHalfDuplex: boolean}} Preferences */

/** @type {Readonly<Preferences>} */
const DEFAULTS = Object.freeze({
  volume: 1,
  muted: false,
  quality: "medium",
  singleKeys: true,
  voiceMode: "off",
  voiceDevice: "",
  speaker: "",
  voiceCheck: false,
  voiceHalfDuplex: false,
})

/** @returns {Preferences} */
export function preferences(storage = globalThis.localStorage) {
  try {
    return { ...DEFAULTS, ...JSON.parse(storage.getItem(KEY) ?? "{}") }
  } catch {
    return { ...DEFAULTS }
  }
}

/** @param {Partial<Preferences>} changes */
export function remember(changes, storage = globalThis.localStorage) {
  try {
    storage.setItem(KEY, JSON.stringify({ ...preferences(storage), ...changes }))
  } catch {
    // A full or forbidden storage is no reason to trouble anybody.
  }
}
