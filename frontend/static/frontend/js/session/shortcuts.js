/** Which key does what. The help dialog is generated from the same table. */

import { gettext } from "frontend/i18n"

/**
 * @typedef {object} Shortcut
 * @property {string} action
 * @property {string} keys   as people read them
 * @property {string} does
 * @property {"message"|"anywhere"|"outside"} where
 *   in the message box; anywhere on the page; or outside fields only
 */

/** @type {Shortcut[]} */
export const SHORTCUTS = [
  { action: "ask", keys: "Enter", does: gettext("Talk: ask the persona"), where: "message" },
  { action: "repeat", keys: gettext("Shift or Ctrl + Enter"), does: gettext("Repeat: have it said as written"), where: "message" },
  { action: "interrupt", keys: "Esc", does: gettext("Interrupt"), where: "anywhere" },
  { action: "speak", keys: gettext("hold Space"), does: gettext("Speak, with the microphone on “Hold to talk”"), where: "outside" },
  { action: "message", keys: "/", does: gettext("Go to the message box"), where: "outside" },
  { action: "mute", keys: "M", does: gettext("Sound on or off"), where: "outside" },
  { action: "fullscreen", keys: "F", does: gettext("Full screen on or off"), where: "outside" },
  { action: "background", keys: "B", does: gettext("Remove background on or off"), where: "outside" },
  { action: "present", keys: "P", does: gettext("Presentation: present, pause or resume"), where: "outside" },
  { action: "present-back", keys: "[", does: gettext("Presentation: part before"), where: "outside" },
  { action: "present-next", keys: "]", does: gettext("Presentation: next part"), where: "outside" },
  { action: "help", keys: "?", does: gettext("This list"), where: "outside" },
]

const SINGLE_KEYS = {
  "/": "message",
  m: "mute",
  f: "fullscreen",
  b: "background",
  p: "present",
  "[": "present-back",
  "]": "present-next",
  "?": "help",
}

/**
 * The action of a key press, or null.
 *
 * Keys being composed (Japanese, Chinese, Korean input) are never an action: Enter then
 * chooses a word.
 *
 * @param {{key: string, shiftKey?: boolean, ctrlKey?: boolean, metaKey?: boolean,
 *          altKey?: boolean, isComposing?: boolean}} press
 * @param {{inMessage: boolean, inField: boolean, singleKeys: boolean}} place
 * @returns {string|null}
 */
export function actionFor(press, { inMessage, inField, singleKeys }) {
  if (press.isComposing || press.altKey) return null
  const withControl = Boolean(press.ctrlKey || press.metaKey)
  if (press.key === "Escape") return withControl ? null : "interrupt"
  if (press.key === "Enter" && inMessage) {
    return press.shiftKey || withControl ? "repeat" : "ask"
  }
  if (inField || withControl || !singleKeys) return null
  return SINGLE_KEYS[press.key.toLowerCase()] ?? null
}
