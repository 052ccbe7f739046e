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

  /** @param {number} nth @param {Int16Array} samples  the segment, perhaps longer than before */
  send(nth, samples) {
    this.#calls[nth]?.abort.abort()
    const abort = new AbortController()
    const words = this.#transcribe(wav(samples), { signal: abort.signal })
    words.catch(() => {}) // asked for by `text`, if at all
    this.#calls[nth] = { abort, words }
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
