/**
 * A visitor's voice: from the microphone to words, and what it means for the avatar.
 *
 * It knows nothing of the page, and reaches device, service and session only through what
 * it is handed.
 *
 * Events: "change" after anything that is shown has changed; "level" with 0 to 1; "text" with
 * words to ask; "ignored" with words that were no question; "echo" with those of the avatar
 * itself; "silent" when nothing was understood; "problem" with a `Problem`, and "partial" with
 * the words that were understood all the same.
 */
import { isBackchannel, wordsIn } from "frontend/voice/backchannels"
import { isEcho } from "frontend/voice/echo"
import { troubleOf } from "frontend/voice/microphone"
import { Utterance } from "frontend/voice/utterance"

/** @typedef {"off"|"hold"|"free"} Mode */

/** Without a service there is nothing to open a microphone for. */
const NO_SERVICE = new Set(["transcription_not_configured", "transcription_not_offered"])

export class VoiceInput extends EventTarget {
  /** @type {Mode} */
  mode = "off"
  /** Whether the avatar is not to be interrupted by voice. */
  isHalfDuplex = false
  deviceId = ""

  #means
  #session
  #isLive = false
  #isSeen = true
  #isHeld = false
  #isPaused = false
  #mic = null
  #opening = null
  #ear = "closed"
  #hasEcho = false
  #trouble = ""
  #take = null
  #pending = new Set()
  /** Takes are asked in the order in which they were said, whichever is written down first. */
  #order = Promise.resolve()

  /**
   * @param {object} means
   * @param {string} means.obstacle  why there can be no microphone, or ""
   * @param {typeof import("frontend/voice/microphone").openMicrophone} means.open
   * @param {() => Promise<boolean>} means.isAllowed  whether opening it asks nobody
   * @param {(wav: Blob, how: {signal: AbortSignal}) => Promise<string>} means.transcribe
   * @param {object} means.session  `isBusy`, `isSpeaking`, `language`, `saidLately`,
   *   `interrupt()`, `stay()`
   */
  constructor(means) {
    super()
    this.#means = means
    this.#session = means.session
    this.#trouble = means.obstacle
  }

  /** What the microphone is doing; see `wording`. */
  get state() {
    if (this.#trouble) return this.#trouble
    if (this.mode === "off") return "off"
    if (!this.#isLive) return "waiting"
    if (this.#opening) return "asking"
    if (!this.#mic) return this.#isSeen ? "asleep" : "off"
    if (this.#take) return "hearing"
    if (this.#pending.size) return "transcribing"
    if (this.mode === "hold") return "ready"
    if (this.#isPaused) return "paused"
    return this.#ear === "closed" ? "deaf" : "listening"
  }

  /** Whether the device is open, which browsers show too. */
  get isOpen() {
    return this.#mic !== null
  }

  /** What is written down already of what is being said. */
  get soFar() {
    return this.#take?.soFar ?? ""
  }

  get isHeld() {
    return this.#isHeld
  }

  // What people do ---------------------------------------------------------------------

  /** @param {Mode} mode */
  async choose(mode) {
    this.mode = mode
    this.#isPaused = this.#isHeld = false
    this.#forgetTrouble()
    await this.#follow({ byHand: true })
  }

  /** Another device; "" leaves it to the browser. */
  async chooseDevice(deviceId) {
    this.deviceId = deviceId
    this.#forgetTrouble()
    this.#close()
    await this.#follow({ byHand: true })
  }

  /** Begin to talk: what the avatar says gives way. */
  async press() {
    if (this.mode !== "hold" || this.#isHeld || !this.#isLive) return
    this.#isHeld = true
    this.#forgetTrouble()
    if (this.#mic && this.#session.isBusy) this.#session.interrupt()
    this.#listen()
    await this.#follow({ byHand: true })
  }

  /** What was said since `press` is sent. */
  release() {
    if (!this.#isHeld) return
    this.#isHeld = false
    this.#listen()
    this.#changed()
  }

  /** Hands-free: stop listening for a while, or go on; or open what is not open yet. */
  async toggle() {
    this.#forgetTrouble()
    if (this.#mic) this.#isPaused = !this.#isPaused
    this.#listen()
    await this.#follow({ byHand: true })
  }

  /** Give up what is being said, and what is being written down. */
  cancel() {
    this.#isHeld = false
    this.#mic?.cancel()
    this.#listen()
    this.#abandon()
    this.#changed()
  }

  // What happens around it ---------------------------------------------------------------

  /** Something about the session has changed. @param {{isLive: boolean, isSeen: boolean}} now */
  async attend({ isLive, isSeen }) {
    const isNews = isLive !== this.#isLive || isSeen !== this.#isSeen
    this.#isLive = isLive
    this.#isSeen = isSeen
    this.#expectEcho()
    this.#listen()
    if (!isNews) return
    if (!isLive) this.#isPaused = this.#isHeld = false
    await this.#follow({ byHand: false })
  }

  #forgetTrouble() {
    if (!NO_SERVICE.has(this.#trouble)) this.#trouble = this.#means.obstacle
  }

  get #isWanted() {
    return this.mode !== "off" && this.#isLive && this.#isSeen && !this.#trouble
  }

  async #follow({ byHand }) {
    if (!this.#isWanted) this.#close()
    else if (byHand || (await this.#means.isAllowed())) await this.#open()
    this.#listen()
    this.#changed()
  }

  async #open() {
    if (!this.#isWanted || this.#mic || this.#opening) return
    const opening = (this.#opening = {})
    this.#changed()
    try {
      const mic = await this.#means.open({
        deviceId: this.deviceId,
        onHeard: (event) => this.#hear(event),
        onLost: () => this.#lost(),
      })
      if (this.#opening !== opening) return mic.close()
      this.#mic = mic
      this.#ear = "closed"
      this.#hasEcho = false
      this.#expectEcho()
    } catch (error) {
      if (this.#opening === opening) this.#trouble = troubleOf(error)
    }
    if (this.#opening === opening) this.#opening = null
  }

  #close() {
    this.#opening = null
    this.#mic?.close()
    this.#mic = null
    this.#ear = "closed"
    this.#isHeld = false
    this.#abandon()
  }

  #lost() {
    this.#mic = null
    this.#trouble = "lost"
    this.#close()
    this.#changed()
  }

  #expectEcho() {
    const hasEcho = this.#session.isSpeaking
    if (!this.#mic || hasEcho === this.#hasEcho) return
    this.#hasEcho = hasEcho
    this.#mic.expectEcho(hasEcho)
  }

  #listen() {
    const ear = this.#wishedEar()
    if (!this.#mic || ear === this.#ear) return
    this.#ear = ear
    this.#mic.listen(ear)
  }

  #wishedEar() {
    if (this.mode === "hold") return this.#isHeld ? "held" : "closed"
    const isDeaf = (this.isHalfDuplex || !this.#mic?.cancelsEcho) && this.#session.isSpeaking
    return this.#isPaused || isDeaf ? "closed" : "free"
  }

  // What is heard ------------------------------------------------------------------------

  #hear(event) {
    if (!this.#mic) return // what was on its way when it was closed
    switch (event.type) {
      case "level":
        this.#emit("level", event.share)
        return
      case "began":
        this.#begin()
        break
      case "confirmed":
        this.#interrupt()
        break
      case "segment":
        this.#take?.send(event.nth, event.samples).then(() => this.#changed())
        if (event.nth) this.#session.stay() // who speaks for long is not away
        break
      case "withdrawn":
        this.#take?.withdraw(event.nth)
        break
      case "ended":
        this.#end(event)
        break
      case "dropped":
        this.#dropped()
    }
    this.#changed()
  }

  #begin() {
    this.#take?.abort()
    this.#take = new Utterance({ transcribe: this.#means.transcribe, wasBusy: this.#session.isBusy })
    if (this.mode === "hold" && this.#session.isSpeaking) this.#interrupt() // opened only now
  }

  /** A held key has heard nobody; or what was said by itself is not wanted any more. */
  #dropped() {
    this.#take?.abort()
    if (this.#take && this.mode === "hold") this.#emit("silent")
    this.#take = null
  }

  /** What is said is meant: the avatar falls silent, and whatever was said counts. */
  #interrupt() {
    if (!this.#session.isBusy) return
    if (this.#take) this.#take.hasInterrupted = true
    this.#session.interrupt()
  }

  #end({ segments }) {
    const take = this.#take
    this.#take = null
    if (!take) return
    this.#pending.add(take)
    const written = take.text(segments)
    this.#order = this.#order.then(async () => this.#finish(take, await written))
  }

  #finish(take, { text, failure }) {
    const isWanted = this.#pending.delete(take)
    if (!isWanted) return
    const words = wordsIn(text)
    if (failure) this.#failed(failure, words)
    else if (!words) this.#emit("silent")
    else this.#emit(this.#meaningOf(take, words), words)
    this.#changed()
  }

  /** @returns {"text"|"ignored"|"echo"} */
  #meaningOf(take, words) {
    if (this.mode !== "free" || !take.wasBusy) return "text"
    if (isEcho(words, this.#session.saidLately)) return "echo"
    return !take.hasInterrupted && isBackchannel(words, this.#session.language) ? "ignored" : "text"
  }

  #failed(problem, words) {
    if (NO_SERVICE.has(problem.code)) {
      this.#close()
      this.#trouble = problem.code
    }
    this.#emit("problem", problem)
    if (words) this.#emit("partial", words)
  }

  #abandon() {
    this.#take?.abort()
    this.#take = null
    for (const take of this.#pending) take.abort()
    this.#pending.clear()
  }

  #changed() {
    this.#emit("change")
  }

  #emit(type, detail = undefined) {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}
