/** How good a connection is, in plain words, from what `stats` measures in a second. */
import { fill, gettext } from "frontend/i18n"

/** @typedef {"good"|"fair"|"poor"|"none"} Grade */

/** From which value on something is only fair, and from which it is poor. */
const LIMITS = {
  frozen_ms: [80, 400],
  lost_percent: [1.5, 6],
  missing: [0.2, 0.45],
  rtt_ms: [250, 600],
  jitter_ms: [40, 120],
}

const GRADES = /** @type {Grade[]} */ (["good", "fair", "poor"])

const WORDS = {
  good: gettext("Good connection"),
  fair: gettext("Fair connection"),
  poor: gettext("Poor connection"),
  none: gettext("Nothing arrives"),
}

/** Why it is not good, the weightiest first. */
const REASONS = {
  frozen_ms: gettext("the picture stands still at times"),
  lost_percent: gettext("parts get lost on the way"),
  missing: gettext("pictures are missing"),
  rtt_ms: gettext("answers take long to arrive"),
  jitter_ms: gettext("sound and picture arrive unevenly"),
}

/** What avatars are drawn at, per second. */
const FULL_FPS = 25

/**
 * @param {Record<string, number>} stats  of `between`
 * @returns {{grade: Grade, why: string}}  `why` is one of the names above, or ""
 */
export function gradeOf(stats) {
  if (!stats.kbit_s && !stats.fps) return { grade: "none", why: "" }
  const measured = { ...stats, missing: 1 - Math.min(1, stats.fps / FULL_FPS) }
  let [worst, why] = [0, ""]
  for (const [name, limits] of Object.entries(LIMITS)) {
    const level = limits.filter((limit) => measured[name] >= limit).length
    if (level > worst) [worst, why] = [level, name]
  }
  return { grade: GRADES[worst], why }
}

/** The same as a sentence without a full stop. */
export function gradeText({ grade, why }) {
  const text = WORDS[grade]
  return why ? fill(gettext("{grade}: {why}"), { grade: text, why: REASONS[why] }) : text
}

/** The numbers behind it, for those who want to know. */
export function figuresText(stats) {
  return fill(
    gettext(
      "{height}p, {fps} fps, {kbit_s} kbit/s, round trip {rtt_ms} ms, jitter {jitter_ms} ms, {lost_percent} % lost",
    ),
    stats,
  )
}

/** The grade of some seconds: what most of them had, so that one bad second is no news. */
export class Meter {
  #lately = []

  /** @param {Record<string, number>} stats @returns {{grade: Grade, why: string}} */
  note(stats) {
    this.#lately.push(gradeOf(stats))
    if (this.#lately.length > SECONDS) this.#lately.shift()
    const order = [...this.#lately].sort((one, other) => rank(other) - rank(one))
    return order[Math.floor(order.length / 2)]
  }

  reset() {
    this.#lately.length = 0
  }
}

const SECONDS = 5

function rank({ grade }) {
  return ["good", "fair", "poor", "none"].indexOf(grade)
}
