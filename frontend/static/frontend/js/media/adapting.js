/**
 * When the picture should get smaller, or larger again: by how long a connection is bad or
 * good, and never by surprise.
 *
 *   - Down after some bad seconds in a row, as frames are lost or stand still.
 *   - Up, one step at a time, only after a long good while; after an "up" that did not hold,
 *     after twice as long, and so on.
 *   - Not in the middle of a sentence: what is due waits for a pause.
 *   - Never above what the viewer has chosen, and not at all once they said "keep".
 */

const LADDER = ["low", "medium", "high"]

/** @typedef {"low"|"medium"|"high"} Quality */

export const BAD_S = 6
export const GOOD_S = 90
const LONGEST_GOOD_S = 900

/** An "up" that is taken back within this time did not hold. */
export const TRIAL_S = 60

/** After a switch the stream needs a moment to settle, and is not judged. */
export const SETTLING_S = 8

export class Adapting {
  #chosen
  #now
  #keeps = false
  #bad = 0
  #good = 0
  #goodNeeded = GOOD_S
  #switchedS = -Infinity
  #roseS = -Infinity

  /** @param {Quality} chosen  by the viewer; the session has begun with it */
  constructor(chosen) {
    this.#chosen = this.#now = chosen
  }

  /** What the stream has now. */
  get quality() {
    return this.#now
  }

  /** What the viewer wants it to have where the connection lets it. */
  get chosen() {
    return this.#chosen
  }

  get keeps() {
    return this.#keeps
  }

  /** The viewer wants it to stay as it is, whatever the connection does. */
  keep() {
    this.#keeps = true
    this.#bad = this.#good = 0
  }

  /** The viewer has chosen by hand. @param {Quality} quality */
  choose(quality) {
    this.#chosen = this.#now = quality
    this.#keeps = false
    this.#bad = this.#good = 0
    this.#goodNeeded = GOOD_S
  }

  /**
   * One second of the stream. The quality that it should get now, or "" for none.
   *
   * @param {{grade: string, why: string}} grade  of `gradeOf`
   * @param {{atS: number, busy: boolean}} now  `busy` while the avatar speaks or thinks
   * @returns {Quality|""}
   */
  note({ grade, why }, { atS, busy }) {
    if (this.#keeps || atS - this.#switchedS < SETTLING_S) return ""
    const isBad = grade === "poor" && HELPED.has(why)
    this.#bad = isBad ? this.#bad + 1 : Math.max(0, this.#bad - 1)
    this.#good = grade === "good" ? this.#good + 1 : 0
    if (busy) return ""
    if (this.#bad >= BAD_S) return this.#step(-1)
    if (this.#good >= this.#goodNeeded) return this.#step(1)
    return ""
  }

  /** It was done. @param {Quality} quality @param {number} atS */
  switched(quality, atS) {
    const by = LADDER.indexOf(quality) - LADDER.indexOf(this.#now)
    if (by < 0 && atS - this.#roseS < TRIAL_S) {
      this.#goodNeeded = Math.min(this.#goodNeeded * 2, LONGEST_GOOD_S)
    }
    if (by > 0) this.#roseS = atS
    this.#now = quality
    this.#switchedS = atS
    this.#bad = this.#good = 0
  }

  #step(by) {
    const next = LADDER.indexOf(this.#now) + by
    if (next < 0 || next > LADDER.indexOf(this.#chosen)) return ""
    return LADDER[next]
  }
}

/** A smaller picture is no help against a long way. */
const HELPED = new Set(["frozen_ms", "lost_percent", "missing", "jitter_ms"])
