/**
 * Captions in step with the voice.
 *
 * The text of an utterance comes by websocket, the moment it is spoken by data channel, and
 * either may be first. A text waits here until its utterance begins; an utterance that began
 * before its text came shows the text on arrival. Where the avatar tells when it says which
 * word, the word at hand is known too.
 */
import { WordClock } from "frontend/session/words"

export class Captions {
  /** task id -> text not yet spoken, in order of arrival @type {Map<string, string>} */
  #waiting = new Map()
  #heard = new Set()
  #speaking = ""
  #text = ""
  /** Of what is being said, when it is told. @type {WordClock|null} */
  #words = null

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

  /**
   * More is known of when the words of an utterance are said; its own beginning counts as 0.
   *
   * @param {import("frontend/session/frames").WordTime[]} words
   */
  time(taskId, words) {
    if (this.#speaking !== taskId) return
    this.#words ??= new WordClock()
    this.#words.add(words)
  }

  /**
   * The word that is said so long after the utterance began, as places in `text`; null
   * where that is not known.
   *
   * @returns {{from: number, to: number}|null}
   */
  wordAt(atMs) {
    return this.#text ? (this.#words?.wordAt(atMs, this.#text) ?? null) : null
  }

  /** When the word after that begins; Infinity when none is known. */
  nextWordMs(atMs) {
    return this.#words?.nextMs(atMs) ?? Infinity
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
    this.#words = null
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
    this.#words = null
    return true
  }

  /** Forget what has not been said, as after an interruption. */
  drop() {
    for (const taskId of this.#waiting.keys()) this.#heard.add(taskId)
    this.#waiting.clear()
    this.#text = ""
  }
}
