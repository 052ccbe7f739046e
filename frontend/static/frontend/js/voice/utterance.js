import { wav } from "frontend/voice/wav"

/**
 * What somebody says in one go, written down piece by piece while they go on speaking.
 *
 * `transcribe` gets a WAV and resolves to its words; it is given a signal that aborts it.
 */
export class Utterance {
  /** Whether the avatar spoke, or was about to, when it began. */
  wasBusy
  hasInterrupted = false
  #transcribe
  #calls = []

  constructor({ transcribe, wasBusy }) {
    this.#transcribe = transcribe
    this.wasBusy = wasBusy
  }

  /**
   * Have a segment written down, perhaps a longer one than before; resolves when it is.
   *
   * @param {number} nth @param {Int16Array} samples
   */
  send(nth, samples) {
    this.#calls[nth]?.abort.abort()
    const abort = new AbortController()
    const words = this.#transcribe(wav(samples), { signal: abort.signal })
    const call = { abort, words, written: undefined }
    this.#calls[nth] = call
    return words.then((written) => (call.written = written)).catch(() => {}) // told by `text`
  }

  /** What is written down already, from the beginning on. */
  get soFar() {
    const gap = this.#calls.findIndex((call) => call?.written === undefined)
    const done = gap < 0 ? this.#calls : this.#calls.slice(0, gap)
    return done.map(({ written }) => written).filter(Boolean).join(" ")
  }

  /** The segment is not complete. */
  withdraw(nth) {
    this.#calls[nth]?.abort.abort()
    this.#calls[nth] = undefined
  }

  /**
   * The words of the first `count` segments, in the order in which they were said, and the
   * first failure among them, or null.
   *
   * @returns {Promise<{text: string, failure: Error|null}>}
   */
  async text(count) {
    const ends = await Promise.allSettled(this.#calls.slice(0, count).map((call) => call?.words ?? ""))
    const words = ends.map(({ value }) => value).filter(Boolean)
    const failure = ends.find(({ status }) => status === "rejected")?.reason ?? null
    return { text: words.join(" "), failure }
  }

  abort() {
    for (const call of this.#calls) call?.abort.abort()
  }
}
