/**
 * The geometry and the words of the seats' history: exact steps in, paths and sentences out.
 * A step is [milliseconds after the begin, occupied, waiting] and lasts until the next.
 */
import { fill, gettext, ngettext } from "frontend/i18n"
import { spokenTime } from "frontend/session/time"

const HOUR_MS = 3_600_000

/**
 * @typedef {object} History
 * @property {string} since  ISO 8601
 * @property {string} until
 * @property {number} seats
 * @property {[number, number, number][]} steps
 * @property {number} full_s  for how long all seats were taken
 */

/** How many people wanted a seat at most, or how many seats there are: the plot's height. */
export function highest({ steps, seats }) {
  return steps.reduce((most, [, occupied, waiting]) => Math.max(most, occupied + waiting), Math.max(1, seats))
}

/**
 * A path around the area below the steps, as an SVG `d`.
 *
 * @param {History["steps"]} steps
 * @param {number} lengthMs  of the whole window
 * @param {(step: [number, number, number]) => number} value
 * @param {{x: (ms: number) => number, y: (count: number) => number}} scale
 */
export function areaPath(steps, lengthMs, value, { x, y }) {
  const base = place(y(0))
  const path = [`M${place(x(0))} ${base}`]
  let height = base
  for (const step of steps) {
    const next = place(y(value(step)))
    if (next === height) continue
    path.push(`H${place(x(step[0]))}V${next}`)
    height = next
  }
  return `${path.join("")}H${place(x(lengthMs))}V${base}Z`
}

function place(value) {
  return Number(value.toFixed(2))
}

/** Whole numbers for the upright axis, at most five above nought. */
export function countTicks(most) {
  const stride = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((one) => most / one <= 5) ?? 1000
  return Array.from({ length: Math.floor(most / stride) + 1 }, (_, nth) => nth * stride)
}

/**
 * Full hours of the reader's clock within the window, every `everyH` of them.
 *
 * @returns {{ms: number, text: string}[]}
 */
export function hourTicks({ since, until }, everyH) {
  const [begin, end] = [Date.parse(since), Date.parse(until)]
  const first = new Date(begin)
  first.setMinutes(60, 0, 0)
  const ticks = []
  for (let at = first.getTime(); at <= end; at += HOUR_MS) {
    const moment = new Date(at)
    if (moment.getHours() % everyH === 0) ticks.push({ ms: at - begin, text: hourMinute(moment) })
  }
  return ticks
}

/** The step that is in force at a moment. @param {History["steps"]} steps @param {number} ms */
export function stepAt(steps, ms) {
  let [low, high] = [0, steps.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (steps[middle][0] <= ms) low = middle
    else high = middle - 1
  }
  return steps[low]
}

/** What was so at a moment: "14:05: 3 of 3 seats occupied, 2 visitors waiting". */
export function momentText({ since, seats, steps }, ms) {
  const [, occupied, waiting] = stepAt(steps, ms)
  const at = hourMinute(new Date(Date.parse(since) + ms))
  const facts = { at, occupied, seats, waiting }
  if (!waiting) return fill(gettext("{at}: {occupied} of {seats} seats occupied"), facts)
  const text = ngettext(
    "{at}: {occupied} of {seats} seats occupied, {waiting} visitor waiting",
    "{at}: {occupied} of {seats} seats occupied, {waiting} visitors waiting",
    waiting,
  )
  return fill(text, facts)
}

/** The whole window in two sentences. @param {History} history */
export function summaryText({ steps, seats, full_s }) {
  const most = (index) => steps.reduce((peak, step) => Math.max(peak, step[index]), 0)
  const [occupied, waiting] = [most(1), most(2)]
  if (!occupied && !waiting) return gettext("Nobody came in the last 24 hours.")
  const text = waiting
    ? ngettext(
        "At most {occupied} of {seats} seats were occupied at once, and up to {waiting} visitor waited.",
        "At most {occupied} of {seats} seats were occupied at once, and up to {waiting} visitors waited.",
        waiting,
      )
    : gettext("At most {occupied} of {seats} seats were occupied at once, and nobody had to wait.")
  const sentences = [fill(text, { occupied, seats, waiting })]
  if (full_s) sentences.push(fill(gettext("All seats were taken for {time}."), { time: roughly(full_s) }))
  return sentences.join(" ")
}

/** Seconds count only when there are no minutes. */
function roughly(seconds) {
  return spokenTime(1000 * (seconds < 60 ? seconds : Math.round(seconds / 60) * 60))
}

/** Time of day: "14:05". @param {Date} moment */
export function hourMinute(moment) {
  return [moment.getHours(), moment.getMinutes()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":")
}
