/**
 * Captions in step with the voice.
 *
 * The text of an utterance comes by websocket, the moment it is spoken by data channel, and
 * either may be first. A text waits here until its utterance begins; an utterance that began
 * before its text came shows the text on arrival.
 */
export class Captions {
  /** task id -> text not yet spoken, in order of arrival @type {Map<string, string>} */
  #waiting = new Map()
  #heard = new Set()
  #speaking = ""
  #text = ""

  /** What is being said now, or "". */
  get text() {
    return this.#text
  }

  /** Whether the avatar speaks now. */
  get speaking() {
    return this.#speaking !== ""
  }

  /** How many utterances are accepted but not yet begun. */
  get waiting() {
    return this.#waiting.size
  }

  /** A sentence was handed to the avatar. Repeats, as after a reconnect, change nothing. */
  add(taskId, text) {
    if (this.#speaking === taskId) this.#text = text
    else if (!this.#heard.has(taskId)) this.#waiting.set(taskId, text)
  }

  /** An utterance begins. Returns whether that was news. */
  start(taskId) {
    if (this.#heard.has(taskId)) return false
    this.#heard.add(taskId)
    this.#speaking = taskId
    this.#text = this.#waiting.get(taskId) ?? ""
    this.#waiting.delete(taskId)
    return true
  }

  /** An utterance is over. Returns whether that was news. */
  stop(taskId) {
    this.#waiting.delete(taskId)
    this.#heard.add(taskId)
    if (this.#speaking !== taskId) return false
    this.#speaking = ""
    this.#text = ""
    return true
  }

  /** Forget what has not been said, as after an interruption. */
  drop() {
    for (const taskId of this.#waiting.keys()) this.#heard.add(taskId)
    this.#waiting.clear()
    this.#text = ""
  }
}
