/**
 * Sound as it comes from a microphone, cut into frames of 20 ms at 16 kHz: what every
 * transcription service takes, and all that the ear below needs.
 *
 * This module and those that it is used with (`activity`, `listener`, `worklet`) run in the
 * audio thread. A page's import map does not reach there, so they name each other by path.
 */

export const RATE_HZ = 16_000
export const FRAME_SAMPLES = 320
export const FRAME_MS = 20

/** How many periods of the lower rate the filter looks to either side. */
const REACH = 8
/** The filter is tabulated at so many places between two samples. */
const PHASES = 64

export class Framer {
  #step
  #taps
  #table
  #kept
  #keptCount = 0
  #at = 0
  #frame = new Float32Array(FRAME_SAMPLES)
  #filled = 0

  /** @param {number} rateHz  of what is pushed */
  constructor(rateHz) {
    this.#step = rateHz / RATE_HZ
    this.#taps = 2 * Math.ceil(REACH * Math.max(1, this.#step))
    this.#table = lowPass(this.#step, this.#taps)
    this.#kept = new Float32Array(this.#taps + 16_384)
  }

  /**
   * Take the next samples; `onFrame` gets each frame that becomes complete. It is used
   * again for the next one.
   *
   * @param {Float32Array} samples
   * @param {(frame: Float32Array) => void} onFrame
   */
  push(samples, onFrame) {
    this.#kept.set(samples, this.#keptCount)
    this.#keptCount += samples.length
    while (Math.floor(this.#at) + this.#taps <= this.#keptCount) {
      this.#frame[this.#filled++] = this.#sampleAt(this.#at)
      this.#at += this.#step
      if (this.#filled < FRAME_SAMPLES) continue
      this.#filled = 0
      onFrame(this.#frame)
    }
    this.#forget()
  }

  #sampleAt(at) {
    const first = Math.floor(at)
    const row = Math.round((at - first) * PHASES) * this.#taps
    let sum = 0
    for (let nth = 0; nth < this.#taps; nth++) sum += this.#kept[first + nth] * this.#table[row + nth]
    return sum
  }

  #forget() {
    const used = Math.min(Math.floor(this.#at), this.#keptCount)
    this.#kept.copyWithin(0, used, this.#keptCount)
    this.#keptCount -= used
    this.#at -= used
  }
}

/** A windowed sinc, a row for each place between two samples; each row adds up to one. */
function lowPass(step, taps) {
  const table = new Float32Array((PHASES + 1) * taps)
  const cut = 0.94 / Math.max(1, step)
  for (let phase = 0; phase <= PHASES; phase++) {
    const row = table.subarray(phase * taps, (phase + 1) * taps)
    let sum = 0
    for (let nth = 0; nth < taps; nth++) {
      const away = nth - (taps / 2 - 1) - phase / PHASES
      const angle = Math.PI * away * cut
      const sinc = angle === 0 ? 1 : Math.sin(angle) / angle
      row[nth] = sinc * Math.cos((Math.PI * away) / (taps + 1)) ** 2
      sum += row[nth]
    }
    for (let nth = 0; nth < taps; nth++) row[nth] /= sum
  }
  return table
}
