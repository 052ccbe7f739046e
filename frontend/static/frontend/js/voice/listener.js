/**
 * What is said, taken from the stream of frames: takes, and their segments.
 *
 * A take is what somebody says in one go. Hands-free it begins with a voice and ends with a
 * pause; held, it begins and ends with a button. Its segments can be written down one by
 * one: at a pause a segment is given out already, while it is still open whether more comes.
 * When more comes to a short one, it is withdrawn and given out again, longer; a long one
 * stands, and what comes is the next.
 *
 * Events, in their order:
 *
 *     began         it is a voice, and no click
 *     confirmed     it goes on for so long that it is meant to interrupt
 *     segment       {nth, samples}: 16 bit at 16 kHz
 *     withdrawn     {nth}: that segment is not complete after all
 *     ended         {segments}: no more comes; so many segments are the whole
 *     dropped       after all it was nothing
 *     level         {share}: how loud it is, 0 to 1; several times a second
 */
import { Activity } from "./activity.js"
import { FRAME_MS, FRAME_SAMPLES } from "./frames.js"

const frames = (ms) => Math.round(ms / FRAME_MS)

/** Kept from before the voice was noticed, so that no first consonant is missing. */
const PRE_ROLL = frames(300)
/** So much voice, and so much speech, is no click. */
const BEGINS_VOICED = frames(60)
const BEGINS = frames(120)
const FALSE_START = frames(160)
/** So much speech is meant; a cough, an "uh-huh" or a "mm-hmm" is over by then. */
const CONFIRMS = frames(600)
const CONFIRMS_VOICED = frames(240)
/** Speech goes up and down by more than this; what hums or howls does not. */
const LIVELY_DB = 4
/** A pause at which a segment may end, and one that ends the take. */
const PAUSE = frames(240)
const END = frames(500)
/** From then on a segment ends at a pause; and at last without one. */
const LONG_SEGMENT = frames(4_000)
const LONGEST_SEGMENT = frames(20_000)
const LONGEST_TAKE = frames(120_000)
/** Fingers let go a little before the last word is out. */
const POST_ROLL = frames(140)
const HELD_VOICED = frames(60)

const LEVEL_EVERY = frames(60)
const QUIETEST_DB = -60
const LOUDEST_DB = -12

/** @typedef {"closed"|"held"|"free"} Ear  nothing is taken; while held; by itself */

export class Listener {
  #activity = new Activity()
  /** @type {Ear} */
  #ear = "closed"
  #recent = []
  #take = null
  #events = []
  #count = 0
  #loudest = -Infinity

  /** Whether the avatar's voice may be in the room. @param {boolean} hasEcho */
  set hasEcho(hasEcho) {
    this.#activity.hasEcho = hasEcho
  }

  /** Open or close it. What was held is taken; what came by itself is dropped. @param {Ear} ear */
  listen(ear) {
    const before = this.#ear
    this.#ear = ear
    if (ear === before) return []
    if (before === "held" && ear === "closed") {
      if (this.#take) this.#take.framesLeft = POST_ROLL
      return this.#told()
    }
    if (this.#take?.framesLeft != null) this.#endHeld()
    this.#drop()
    if (ear === "held") this.#begin().isTold = this.#tell("began")
    return this.#told()
  }

  /** Give up what is being taken. */
  cancel() {
    this.#drop()
    return this.#told()
  }

  /**
   * Take the next frame.
   *
   * @param {Float32Array} frame
   * @returns {{type: string}[]} what it means
   */
  push(frame) {
    const heard = this.#activity.of(frame)
    const samples = toInt16(frame)
    this.#tellLevel(heard.levelDb)
    if (this.#take) this.#goOn(this.#take, samples, heard)
    else this.#wait(samples, heard)
    return this.#told()
  }

  #wait(samples, heard) {
    this.#recent.push(samples)
    if (this.#recent.length > PRE_ROLL) this.#recent.shift()
    if (this.#ear === "free" && heard.isVoiced) this.#begin().count(heard)
  }

  #begin() {
    this.#take = new Take(this.#recent, { isHeld: this.#ear === "held" })
    this.#recent = []
    return this.#take
  }

  #goOn(take, samples, heard) {
    take.add(samples, heard)
    if (take.isHeld) this.#goOnHeld(take)
    else if (take.isTold) this.#goOnFree(take, heard)
    else this.#makeSure(take)
    if (take.length >= LONGEST_TAKE && this.#take) this.#end()
  }

  #goOnHeld(take) {
    if (take.framesLeft !== null) {
      take.framesLeft -= 1
      if (take.framesLeft <= 0) this.#endHeld()
    } else if (take.segmentLength >= (take.pause >= PAUSE ? LONG_SEGMENT : LONGEST_SEGMENT)) {
      this.#give(take)
      take.cut()
    }
  }

  #endHeld() {
    if (this.#take.voiced < HELD_VOICED) this.#drop()
    else this.#end()
  }

  #makeSure(take) {
    if (take.voiced >= BEGINS_VOICED && take.speech >= BEGINS) {
      take.isTold = this.#tell("began")
    } else if (take.pause >= FALSE_START) {
      this.#recent = take.segment.slice(-PRE_ROLL) // a click; it is before whatever comes next
      this.#take = null
    }
  }

  #goOnFree(take, { isSpeech }) {
    if (!take.isConfirmed && take.seemsMeant) take.isConfirmed = this.#tell("confirmed")
    if (take.isGiven && isSpeech) this.#resume(take)
    else if (!take.isGiven && take.pause >= PAUSE) this.#give(take)
    else if (take.pause >= END) this.#end()
    else if (take.segmentLength >= LONGEST_SEGMENT) {
      this.#give(take)
      take.cut()
    }
  }

  #give(take) {
    take.give()
    this.#tell("segment", { nth: take.nth, samples: joined(take.segment) })
  }

  /** The pause was none. */
  #resume(take) {
    if (take.segmentLength >= LONG_SEGMENT) {
      take.cut()
    } else {
      take.isGiven = false
      this.#tell("withdrawn", { nth: take.nth })
    }
  }

  #end() {
    const take = this.#take
    if (!take.isGiven && take.hasWords) this.#give(take)
    const segments = take.nth + (take.isGiven ? 1 : 0)
    this.#tell("ended", { segments })
    this.#take = null
  }

  #drop() {
    if (this.#take?.isTold) this.#tell("dropped")
    this.#take = null
  }

  #tellLevel(levelDb) {
    this.#loudest = Math.max(this.#loudest, levelDb)
    if (++this.#count % LEVEL_EVERY) return
    const share = (this.#loudest - QUIETEST_DB) / (LOUDEST_DB - QUIETEST_DB)
    this.#tell("level", { share: Math.min(1, Math.max(0, share)) })
    this.#loudest = -Infinity
  }

  /** @returns {true} so that what has been told can be marked as such */
  #tell(type, facts = {}) {
    this.#events.push({ type, ...facts })
    return true
  }

  #told() {
    const events = this.#events
    this.#events = []
    return events
  }
}

/** What is being said, and how much of it there is, in frames. */
class Take {
  isTold = false
  isConfirmed = false
  /** Whether the segment was given out already. */
  isGiven = false
  nth = 0
  length = 0
  voiced = 0
  speech = 0
  pause = 0
  /** How much still belongs to it after a button was let go; null while it is held. */
  framesLeft = null

  #voicedBefore = 0
  #givenLength = 0
  #loudestDb = -Infinity
  #faintestDb = Infinity

  constructor(before, { isHeld }) {
    this.segment = [...before]
    this.isHeld = isHeld
  }

  get segmentLength() {
    return this.segment.length
  }

  /** Whether the segment is more than the silence behind the one before. */
  get hasWords() {
    return this.voiced > this.#voicedBefore
  }

  /** Long enough without a gap to be meant for somebody. */
  get seemsMeant() {
    const spoken = this.length - this.pause
    const isLively = this.#loudestDb - this.#faintestDb > LIVELY_DB
    return spoken >= CONFIRMS && this.voiced >= CONFIRMS_VOICED && this.speech >= 0.7 * spoken && isLively
  }

  add(samples, heard) {
    this.segment.push(samples)
    this.count(heard)
  }

  count({ levelDb, isVoiced, isSpeech }) {
    this.length += 1
    if (isVoiced && this.voiced > 1) {
      this.#loudestDb = Math.max(this.#loudestDb, levelDb) // not the onset, which always rises
      this.#faintestDb = Math.min(this.#faintestDb, levelDb)
    }
    if (isVoiced) this.voiced += 1
    if (isSpeech) this.speech += 1
    this.pause = isSpeech ? 0 : this.pause + 1
  }

  give() {
    this.isGiven = true
    this.#givenLength = this.segment.length
  }

  /** What was given stands; what came since begins the next segment. */
  cut() {
    this.segment = this.segment.slice(this.#givenLength)
    this.#voicedBefore = this.voiced
    this.isGiven = false
    this.nth += 1
  }
}

function toInt16(frame) {
  const samples = new Int16Array(FRAME_SAMPLES)
  for (let nth = 0; nth < FRAME_SAMPLES; nth++) {
    samples[nth] = Math.max(-1, Math.min(1, frame[nth])) * 32_767
  }
  return samples
}

function joined(parts) {
  const whole = new Int16Array(parts.length * FRAME_SAMPLES)
  parts.forEach((part, nth) => whole.set(part, nth * FRAME_SAMPLES))
  return whole
}
