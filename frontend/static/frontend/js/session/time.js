/** Clock arithmetic and its wording. All instants are milliseconds since the epoch. */

import { fill, ngettext } from "frontend/i18n"

/** 65_000 -> "1:05", 3_723_000 -> "1:02:03". Never negative. @param {number} ms */
export function clockText(ms) {
  const total = Math.max(0, Math.ceil(ms / 1000))
  const [hours, minutes, seconds] = [
    Math.floor(total / 3600),
    Math.floor(total / 60) % 60,
    total % 60,
  ]
  const tail = `${String(seconds).padStart(2, "0")}`
  return hours
    ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}`
    : `${minutes}:${tail}`
}

/** The same for a screen reader: "1 minute 5 seconds". @param {number} ms */
export function spokenTime(ms) {
  const total = Math.max(0, Math.ceil(ms / 1000))
  const parts = [
    [Math.floor(total / 3600), hours],
    [Math.floor(total / 60) % 60, minutes],
    [total % 60, seconds],
  ]
  const words = parts.filter(([count]) => count).map(([count, text]) => fill(text(count), { n: count }))
  return words.join(" ") || fill(seconds(0), { n: 0 })
}

/**
 * By how much the server's clock is ahead of ours, from one of its time stamps. Without a
 * readable stamp the clocks count as equal.
 *
 * @param {string} serverTime ISO 8601
 * @param {number} nowMs
 */
export function clockOffsetMs(serverTime, nowMs) {
  const server = Date.parse(serverTime)
  return Number.isNaN(server) ? 0 : server - nowMs
}

/** Time of day for the log: "14:03:09". @param {Date} moment */
export function timeOfDay(moment) {
  return [moment.getHours(), moment.getMinutes(), moment.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":")
}

function hours(n) {
  return ngettext("{n} hour", "{n} hours", n)
}

function minutes(n) {
  return ngettext("{n} minute", "{n} minutes", n)
}

function seconds(n) {
  return ngettext("{n} second", "{n} seconds", n)
}
