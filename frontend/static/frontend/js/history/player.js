/**
 * Plays what was said, line after line: shows the visitor's, lets a voice say the persona's.
 *
 * Events: "change" when another line is there, when it begins or stops to play, and at the
 * end; "trouble" with what kept the voice from saying a line. It is paused then.
 */

/**
 * @typedef {object} Line
 * @property {number} turn
 * @property {number} piece    of the turn; -1 is what the visitor said
 * @property {string} text
 * @property {number} lasts_s
 * @property {number} pause_s  before it
 * @property {boolean} is_cut
 */

/**
 * @typedef {object} Voice
 * @property {(line: Line, signal: AbortSignal) => Promise<void>} say  until it is said
 * @property {() => void} hush
 */

/** Whether the visitor said it. @param {Line} line */
export function isVisitors({ piece }) {
  return piece < 0
}

export class Player extends EventTarget {
  /** The line that is shown, or comes next. */
  index = 0
  /** How much faster pauses pass, and words that nobody says. */
  speed = 1
  /** Whether the line at `index` is being shown or said just now. */
  isShown = false

  #lines
  #voice
  #wait
  #playing = null

  /**
   * @param {object} means
   * @param {Line[]} means.lines
   * @param {Voice} means.voice
   * @param {(ms: number, signal: AbortSignal) => Promise<void>} [means.wait]
   */
  constructor({ lines, voice, wait = waitFor }) {
    super()
    this.#lines = lines
    this.#voice = voice
    this.#wait = wait
  }

  get isPlaying() {
    return this.#playing !== null
  }

  get isOver() {
    return this.index >= this.#lines.length
  }

  /** @returns {Line|null} */
  get line() {
    return this.#lines[this.index] ?? null
  }

  /** The numbers of all turns, in order. */
  get turns() {
    return [...new Set(this.#lines.map(({ turn }) => turn))]
  }

  /** Another voice says what follows. Pauses. @param {Voice} voice */
  set voice(voice) {
    this.pause()
    this.#voice = voice
  }

  /** Go on, or begin anew behind the end. Returns when it is paused or over. */
  async play() {
    if (this.isPlaying) return
    if (this.isOver) this.index = 0
    const playing = new AbortController()
    this.#playing = playing
    this.#changed()
    try {
      await this.#playOn(playing.signal)
    } catch (problem) {
      if (playing.signal.aborted) return
      this.#stop()
      this.dispatchEvent(new CustomEvent("trouble", { detail: problem }))
      return
    }
    if (this.#playing === playing) this.#stop()
  }

  /** Silence now; the line that was cut is said again. */
  pause() {
    if (!this.isPlaying) return
    this.#playing.abort()
    this.#voice.hush()
    this.#stop()
  }

  /** Go on with the first line of a turn; what plays, plays on from there. */
  seek(turn) {
    const index = this.#lines.findIndex((line) => line.turn === turn)
    if (index < 0) return
    const { isPlaying } = this
    this.pause()
    this.index = index
    this.#changed()
    if (isPlaying) this.play()
  }

  /** To the turn before or behind. @param {-1|1} by */
  step(by) {
    const { turns } = this
    const here = turns.indexOf(this.line?.turn ?? turns.at(-1))
    const there = turns[Math.min(Math.max(here + by, 0), turns.length - 1)]
    if (there !== undefined) this.seek(there)
  }

  async #playOn(signal) {
    for (let isFirst = true; !this.isOver; isFirst = false) {
      const { line } = this
      if (!isFirst) await this.#wait((line.pause_s * 1000) / this.speed, signal)
      this.isShown = true
      this.#changed()
      if (isVisitors(line)) await this.#wait((line.lasts_s * 1000) / this.speed, signal)
      else await this.#voice.say(line, signal)
      if (signal.aborted) return
      this.index++
      this.isShown = false
    }
  }

  #stop() {
    this.#playing = null
    this.isShown = false
    this.#changed()
  }

  #changed() {
    this.dispatchEvent(new Event("change"))
  }
}

/** Resolves after a while; rejects when `signal` comes before. */
export function waitFor(ms, signal) {
  return new Promise((done, fail) => {
    if (signal.aborted) return fail(signal.reason)
    const timer = setTimeout(done, ms)
    signal.addEventListener("abort", () => {
      clearTimeout(timer)
      fail(signal.reason)
    })
  })
}
