/**
 * Which way of keying is the quicker one on this machine. Names of renderers tell little: a
 * "GPU" may be a program. So both are timed on a picture, and the result is kept by the
 * renderer's name.
 */

const KEY = "greenroom.keying"
/** Below this the GPU is taken in any case: its time is not the page's. */
const FAST_ENOUGH_MS = 8
const ROUNDS = 4
const GIVEN_UP_AFTER_MS = 400

/** @typedef {{renderer: string, kind: "webgl"|"canvas", ms: number}} Choice */

/** @param {string} renderer @returns {Choice|null} */
export function recalled(renderer, storage) {
  try {
    const kept = JSON.parse(storageOr(storage).getItem(KEY) ?? "null")
    const isGood = kept?.renderer === renderer && ["webgl", "canvas"].includes(kept.kind)
    return isGood && kept.ms >= 0 ? kept : null
  } catch {
    return null
  }
}

/** @param {Choice} choice */
export function keep(choice, storage) {
  try {
    storageOr(storage).setItem(KEY, JSON.stringify(choice))
  } catch {
    // Without storage it is measured again next time.
  }
}

/** A frame on another site may be refused its own; to ask for it throws then. */
function storageOr(given) {
  return given ?? globalThis.localStorage
}

/** The quicker way, from what each picture took. @returns {"webgl"|"canvas"} */
export function quicker({ webglMs, canvasMs }) {
  return webglMs <= Math.max(FAST_ENOUGH_MS, canvasMs) ? "webgl" : "canvas"
}

/**
 * What a picture takes on the GPU, until it is really there; the page goes on meanwhile.
 *
 * @param {import("frontend/media/keyer-gpu").GpuKeyer} keyer
 * @param {() => void} draw
 */
export async function timeGpu(keyer, draw) {
  let least = Infinity
  for (let round = 0; round < ROUNDS && !keyer.isLost; round += 1) {
    const began = performance.now()
    draw()
    await keyer.drawn(GIVEN_UP_AFTER_MS)
    const took = performance.now() - began
    least = Math.min(least, took)
    if (took >= GIVEN_UP_AFTER_MS) break
  }
  return least
}

/** What a picture takes the page itself. @param {() => void} draw */
export function timeCpu(draw) {
  let least = Infinity
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now()
    draw()
    least = Math.min(least, performance.now() - began)
  }
  return least
}

/** Notices when pictures have become much slower than they were. */
export class Pace {
  #expectedMs
  #meanMs
  #count = 0

  /** @param {number} expectedMs */
  constructor(expectedMs) {
    this.#expectedMs = expectedMs
    this.#meanMs = expectedMs
  }

  /** @param {number} tookMs @returns {boolean} whether it is time to measure again */
  note(tookMs) {
    this.#meanMs += (tookMs - this.#meanMs) / 16
    this.#count += 1
    return this.#count > 100 && this.#meanMs > 3 * this.#expectedMs + 6
  }
}
