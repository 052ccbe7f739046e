/** How long texts take to say, in words. */
import { fill, gettext, ngettext } from "frontend/i18n"

/** Of one part. @param {number} chars @param {number} charsPerS */
export function lengthText(chars, charsPerS) {
  if (!chars) return ""
  const seconds = Math.max(1, Math.round(chars / charsPerS))
  const count = fill(ngettext("{n} character", "{n} characters", chars), { n: chars })
  const time = fill(ngettext("about {n} second", "about {n} seconds", seconds), { n: seconds })
  return fill(gettext("{count}, {time}"), { count, time })
}

/** Of all, with its pauses; as the server says it. @param {number} seconds */
export function totalText(seconds) {
  if (seconds < 60) {
    const n = Math.max(5, Math.ceil(seconds / 5) * 5)
    return fill(ngettext("about {n} second", "about {n} seconds", n), { n })
  }
  const minutes = Math.round(seconds / 60)
  return fill(ngettext("about a minute", "about {n} minutes", minutes), { n: minutes })
}
