/**
 * What is being said, and silence when it must stop at once.
 *
 * Events: "hush" and "unhush" when sound has to stop, and may come back; "lull" when what
 * was accepted will not be said any more; "word" when another word is being said.
 */
import { Captions } from "frontend/session/captions"

/** After an interruption, what the jitter buffer still holds must not be heard. */
const BUFFER_DRAIN_MS = 400
const LONGEST_HUSH_MS = 1_500

/** An accepted sentence that has not begun by then was silenced by somebody else. */
const LONGEST_PAUSE_MS = 4_000

/** What is heard lags behind what is told: the browser holds sound back for about so long. */
const PLAYOUT_MS = 120

export class Speech extends EventTarget {
  #captions = new Captions()
  #isWriting
  #hushed = 0
  #pause = 0
  #beganMs = 0
  #nextWord = 0

  /** @param {() => boolean} isWriting whether a reply is being made, so that more may come */
  constructor(isWriting) {
    super()
    this.#isWriting = isWriting
  }

  get caption() {
    return this.#captions.text
  }

  /**
   * The word of the caption that is being said, where the avatar tells; else null.
   *
   * @returns {{from: number, to: number}|null}
   */
  get word() {
    return this.#captions.wordAt(this.#saidMs())
  }

  get isSpeaking() {
    return this.#captions.speaking
  }

  /** Whether the avatar speaks, or has something that it has not begun to say. */
  get isBusy() {
    return this.#captions.speaking || this.#captions.waiting > 0
  }

  /** The avatar was given a sentence. */
  accept(taskId, text) {
    this.#captions.add(taskId, text)
    this.#awaitVoice()
  }

  /** When the words of what is being said are said. */
  time(taskId, words) {
    this.#captions.time(taskId, words)
    this.#awaitWord()
  }

  /** It began or stopped saying one. @param {"start"|"stop"} state */
  talked(state, taskId) {
    const isNews = state === "start" ? this.#captions.start(taskId) : this.#captions.stop(taskId)
    this.#awaitVoice()
    if (isNews && state === "start") this.#beganMs = performance.now()
    if (!isNews || !this.#hushed) return
    this.#unhushAfter(state === "start" ? 0 : BUFFER_DRAIN_MS)
  }

  /** Silence now, whatever is still on its way. */
  hush() {
    this.dispatchEvent(new Event("hush"))
    this.#unhushAfter(LONGEST_HUSH_MS)
    this.drop()
  }

  /** Forget what has not been said. */
  drop() {
    this.#captions.drop()
    clearTimeout(this.#nextWord)
  }

  /** The stream is gone. */
  reset() {
    this.#captions = new Captions()
    clearTimeout(this.#pause)
    clearTimeout(this.#hushed)
    clearTimeout(this.#nextWord)
    this.#hushed = 0
    this.dispatchEvent(new Event("unhush"))
  }

  /** How far into the utterance the listener is. */
  #saidMs() {
    return performance.now() - this.#beganMs - PLAYOUT_MS
  }

  #awaitWord() {
    clearTimeout(this.#nextWord)
    const nextMs = this.#captions.nextWordMs(this.#saidMs())
    if (nextMs === Infinity) return
    this.#nextWord = setTimeout(() => {
      this.dispatchEvent(new Event("word"))
      this.#awaitWord()
    }, Math.ceil(nextMs - this.#saidMs()) + 1) // timers run a little fast
  }

  #awaitVoice() {
    clearTimeout(this.#pause)
    this.#pause = setTimeout(() => {
      if (this.isSpeaking) return
      if (this.#isWriting()) return this.#awaitVoice()
      this.drop()
      this.dispatchEvent(new Event("lull"))
    }, LONGEST_PAUSE_MS)
  }

  #unhushAfter(waitMs) {
    clearTimeout(this.#hushed)
    this.#hushed = setTimeout(() => {
      this.#hushed = 0
      this.dispatchEvent(new Event("unhush"))
    }, waitMs)
  }
}
