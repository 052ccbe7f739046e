/** The line for a seat, in words: where one stands, how long yet, whose turn it is. */

import { fill, gettext, ngettext } from "frontend/i18n"

/**
 * @typedef {object} Place
 * @property {number} position          1 is the first
 * @property {number} waiting           how many wait, all in all
 * @property {number|null} estimated_wait_s
 * @property {string|null} offered_until  ISO 8601, by the server's clock
 * @property {number} atMs              when it was said, by the server's clock
 */

/** @param {Place} place */
export function placeText({ position }) {
  if (position === 1) return gettext("You are next in line")
  return fill(gettext("You are number {n} in line"), { n: position })
}

/** How many wait besides: "" when nobody does. @param {Place} place */
export function companyText({ position, waiting }) {
  const behind = waiting - position
  if (behind <= 0) return ""
  return fill(ngettext("{n} person waits behind you", "{n} people wait behind you", behind), { n: behind })
}

/**
 * How long yet, as a friend would say it; "" when nobody can say.
 *
 * @param {Place} place
 * @param {number} nowMs by the server's clock
 */
export function waitText({ estimated_wait_s, atMs }, nowMs) {
  if (estimated_wait_s === null || estimated_wait_s === undefined) return ""
  const leftS = estimated_wait_s - (nowMs - atMs) / 1000
  if (leftS <= 0) return gettext("any moment now")
  if (leftS < 50) return gettext("less than a minute")
  const minutes = Math.round(leftS / 60)
  if (minutes < 60) return fill(ngettext("about a minute", "about {n} minutes", minutes), { n: minutes })
  const hours = Math.round(minutes / 60)
  return fill(ngettext("about an hour", "about {n} hours", hours), { n: hours })
}

/** Both in one line. @param {string} place @param {string} wait  or "" */
export function placeAndWait(place, wait) {
  return wait ? fill(gettext("{place}, {wait}"), { place, wait }) : place
}

/** What a screen reader says when a place changes. @param {Place} place */
export function spokenPlace(place, nowMs) {
  const wait = waitText(place, nowMs)
  return `${placeAndWait(placeText(place), wait)}.`
}

/**
 * Whole seconds until an instant, never negative.
 *
 * @param {string} instant ISO 8601, by the server's clock
 * @param {number} nowMs by the server's clock
 */
export function secondsUntil(instant, nowMs) {
  const at = Date.parse(instant)
  return Number.isNaN(at) ? 0 : Math.max(0, Math.ceil((at - nowMs) / 1000))
}

/**
 * The page's title for whoever looks at another tab; "" when there is nothing to tell.
 *
 * @param {{phase: string, place: Place|null, nowMs: number, isCalm: boolean}} facts
 *   `isCalm` when nothing should blink
 */
export function lineTitle({ phase, place, nowMs, isCalm }) {
  if (!place) return ""
  if (phase === "waiting" && place.position === 1) return gettext("Next in line")
  if (phase === "waiting") return fill(gettext("No. {n} in line"), { n: place.position })
  if (phase !== "offered") return ""
  const leftS = secondsUntil(place.offered_until, nowMs)
  const counted = fill(gettext("Take your seat ({seconds})"), { seconds: leftS })
  return isCalm || leftS % 2 ? counted : gettext("★ A seat is free ★")
}
