/** How much is in a field, and how much may be, in words. */
import { fill, gettext, ngettext } from "frontend/i18n"

/** Of a text. @param {number} chars @param {number} maxChars */
export function charsText(chars, maxChars) {
  if (chars > maxChars) {
    const over = chars - maxChars
    return fill(ngettext("{n} character too many", "{n} characters too many", over), { n: over })
  }
  return fill(gettext("{n} of {max}"), { n: chars, max: maxChars })
}

/** Of a list with one item per line. @param {string} text */
export function linesText(text) {
  const n = text.split("\n").filter((line) => line.trim()).length
  return fill(ngettext("{n} line", "{n} lines", n), { n })
}

/** Whether a one-line field is so full that it is worth saying. */
export function isWorthSaying(chars, maxChars) {
  return chars > 0.6 * maxChars
}
