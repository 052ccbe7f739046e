/**
 * What a session's persona presents and shows, folded from frames; and how to say it.
 */

import { fill, gettext, ngettext } from "frontend/i18n"

/**
 * @typedef {object} Exhibit
 * @property {string} name
 * @property {"image"|"link"} kind
 * @property {string} title
 * @property {string} alt
 * @property {string} url
 */

/**
 * @typedef {object} Presentation
 * @property {{script: string, title: string, segments: number, estimated_s: number}[]} scripts
 *   what there is to present
 * @property {string|null} script  the one that is, or was, presented
 * @property {string} title
 * @property {number} segment      from 1
 * @property {number} of
 * @property {"none"|"playing"|"paused"|"answering"|"done"|"stopped"} state
 * @property {string} why          why it does not play
 * @property {Exhibit|null} shown
 */

/** @type {Readonly<Presentation>} */
export const NOTHING = Object.freeze({
  scripts: [],
  script: null,
  title: "",
  segment: 0,
  of: 0,
  state: "none",
  why: "",
  shown: null,
})

const FOLDS = {
  snapshot: (now, { scripts, script, shown }) => ({
    ...now,
    ...script,
    scripts: scripts ?? [],
    shown: shown ?? null,
  }),
  "script.status": (now, status) => ({ ...now, ...status }),
  "chat.show": (now, { exhibit }) => ({ ...now, shown: exhibit ?? null }),
  "chat.hide": (now) => ({ ...now, shown: null }),
}

/**
 * The presentation after one more frame; frames that tell nothing of it leave it as it was.
 *
 * @param {Presentation} now
 * @param {import("frontend/session/frames").Frame} frame
 * @returns {Presentation}
 */
export function follow(now, { type, data }) {
  return FOLDS[type]?.(now, data) ?? now
}

const ACTIVE = new Set(["playing", "paused", "answering"])

/** @param {Presentation} presentation */
export function isActive({ state }) {
  return ACTIVE.has(state)
}

/** Whether it goes on by itself. @param {Presentation} presentation */
export function isMoving({ state }) {
  return state === "playing" || state === "answering"
}

/**
 * What the keys may do now.
 *
 * @param {Presentation} presentation
 * @returns {{present: boolean, back: boolean, next: boolean, stop: boolean}}
 */
export function keys(presentation) {
  const active = isActive(presentation)
  return {
    present: active || presentation.scripts.length > 0,
    back: active,
    next: active && presentation.segment < presentation.of,
    stop: active,
  }
}

/** What the big key does. @param {Presentation} presentation */
export function verb(presentation) {
  if (isMoving(presentation)) return gettext("Pause")
  if (presentation.state !== "paused") return gettext("Present")
  return presentation.why === "question" ? gettext("Continue") : gettext("Resume")
}

const PAUSES = {
  asked: gettext("Paused"),
  question: gettext("Any questions? Ask, or continue"),
  answered: gettext("Answered: resume when you like"),
  interrupted: gettext("Interrupted: resume when you like"),
  failed: gettext("The avatar could not say it: try to resume"),
}

/**
 * Where it stands, for people.
 *
 * @param {Presentation} presentation
 * @returns {string}
 */
export function standing({ state, why, segment, of }) {
  const place = { n: segment, all: of }
  switch (state) {
    case "playing":
      return fill(gettext("Part {n} of {all}"), place)
    case "answering":
      return fill(gettext("Part {n} of {all}, after the answer"), place)
    case "paused":
      return fill(gettext("Part {n} of {all}. {why}"), { ...place, why: PAUSES[why] ?? PAUSES.asked })
    case "done":
      return gettext("Presented to its end")
    case "stopped":
      return fill(gettext("Stopped at part {n} of {all}"), place)
    default:
      return ""
  }
}

/** How long something takes, roughly. @param {number} seconds */
export function aboutText(seconds) {
  if (seconds < 60) return gettext("less than a minute")
  const minutes = Math.round(seconds / 60)
  return fill(ngettext("about a minute", "about {n} minutes", minutes), { n: minutes })
}

/**
 * Where a link leads, for people, or "" for what is no web address at all.
 *
 * @param {string} url
 */
export function hostOf(url) {
  try {
    const { protocol, host } = new URL(url)
    return protocol === "https:" || protocol === "http:" ? host : ""
  } catch {
    return ""
  }
}
