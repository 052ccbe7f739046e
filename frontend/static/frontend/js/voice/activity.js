/**
 * Whether somebody speaks, frame by frame.
 *
 * A frame is voiced when it is louder than the room and has a pitch, as vowels have and
 * breath, clicks, keys and most coughs have not. The room's own loudness is learned all the
 * time; a fan or a hum, which never changes, is soon taken for the room.
 */
import { FRAME_MS, FRAME_SAMPLES, RATE_HZ } from "./frames.js"

const SILENCE_DB = -90

/** Pitches of human voices, with some room, at the rate to which frames are thinned out. */
const THIN = 4
const THIN_HZ = RATE_HZ / THIN
const SHORTEST_LAG = Math.floor(THIN_HZ / 400)
const LONGEST_LAG = Math.ceil(THIN_HZ / 70)
const THIN_SAMPLES = FRAME_SAMPLES / THIN

/** From here on a frame counts as having a pitch; noise stays below 0.4. */
const VOICED = 0.55
const ONSET_DB = 9
const GOING_ON_DB = 6
/** What the echo cancellation may leave of the avatar's own voice must not begin a take. */
const ECHO_DB = 5
const FAINTEST_DB = -62

/** Consonants between vowels have no pitch: so long after one, loudness is enough. */
const LINGER_FRAMES = 160 / FRAME_MS

const STEADY_FRAMES = 1_000 / FRAME_MS
const STEADY_DB = 3
const FALL = 0.3
const RISE_DB = 0.2
const RISE_IN_SPEECH_DB = 0.02
const LOWEST_FLOOR_DB = -75
const FIRST_FLOOR_DB = -55

/** How loud a frame is, in dB below full scale, without rumble. */
export class Loudness {
  #before = 0
  #high = 0

  of(frame) {
    let sum = 0
    for (const sample of frame) {
      this.#high = sample - this.#before + 0.97 * this.#high
      this.#before = sample
      sum += this.#high * this.#high
    }
    return Math.max(SILENCE_DB, 10 * Math.log10(sum / frame.length + 1e-12))
  }
}

/** How much of a pitch the last 40 ms have: 0 is none, 1 is a tone. */
export class Pitch {
  #thin = new Float32Array(2 * THIN_SAMPLES)

  of(frame) {
    const thin = this.#thin
    thin.copyWithin(0, THIN_SAMPLES)
    for (let nth = 0; nth < THIN_SAMPLES; nth++) {
      let sum = 0
      for (let part = 0; part < THIN; part++) sum += frame[nth * THIN + part]
      thin[THIN_SAMPLES + nth] = sum / THIN
    }
    return strongestRepeat(withoutMean(thin))
  }
}

function withoutMean(samples) {
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length
  return samples.map((sample) => sample - mean)
}

/** The best normalised autocorrelation at the lags of voices; only real peaks count. */
function strongestRepeat(samples) {
  let best = 0
  let before = likeness(samples, SHORTEST_LAG - 1)
  let here = likeness(samples, SHORTEST_LAG)
  for (let lag = SHORTEST_LAG; lag <= LONGEST_LAG; lag++) {
    const after = likeness(samples, lag + 1)
    if (here > before && here >= after) best = Math.max(best, here)
    before = here
    here = after
  }
  return best
}

function likeness(samples, lag) {
  let both = 0
  let first = 0
  let second = 0
  for (let at = 0; at + lag < samples.length; at++) {
    both += samples[at] * samples[at + lag]
    first += samples[at] ** 2
    second += samples[at + lag] ** 2
  }
  return both / Math.sqrt(first * second + 1e-15)
}

export class Activity {
  /** How loud the room is by itself. */
  floorDb = FIRST_FLOOR_DB
  /** Whether the avatar's voice may be in the room. */
  hasEcho = false

  #loudness = new Loudness()
  #pitch = new Pitch()
  #sinceVoiced = Infinity
  #recent = new Float32Array(STEADY_FRAMES).fill(SILENCE_DB)
  #count = 0

  /**
   * @param {Float32Array} frame
   * @returns {{levelDb: number, isVoiced: boolean, isSpeech: boolean}}
   */
  of(frame) {
    const levelDb = this.#loudness.of(frame)
    const pitch = this.#pitch.of(frame)
    const isVoiced = pitch > VOICED && levelDb > this.#thresholdDb()
    this.#sinceVoiced = isVoiced ? 0 : this.#sinceVoiced + 1
    const goesOn = this.#sinceVoiced <= LINGER_FRAMES && levelDb > this.floorDb + GOING_ON_DB
    const isSpeech = isVoiced || goesOn
    this.#learn(levelDb, isSpeech)
    return { levelDb, isVoiced, isSpeech }
  }

  #thresholdDb() {
    const margin = ONSET_DB + (this.hasEcho ? ECHO_DB : 0)
    return Math.max(FAINTEST_DB, this.floorDb + margin)
  }

  #learn(levelDb, isSpeech) {
    this.#recent[this.#count++ % STEADY_FRAMES] = levelDb
    const above = levelDb - this.floorDb
    if (above < 0) this.floorDb += FALL * above
    else if (this.#isSteady()) this.floorDb = levelDb
    else this.floorDb += Math.min(above, isSpeech ? RISE_IN_SPEECH_DB : RISE_DB)
    this.floorDb = Math.max(this.floorDb, LOWEST_FLOOR_DB)
  }

  /** Nobody speaks at one loudness for a second. */
  #isSteady() {
    if (this.#count < STEADY_FRAMES) return false
    let lowest = Infinity
    let highest = -Infinity
    for (const levelDb of this.#recent) {
      lowest = Math.min(lowest, levelDb)
      highest = Math.max(highest, levelDb)
    }
    return highest - lowest < STEADY_DB
  }
}
