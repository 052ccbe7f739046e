/** So short a press is a tap: it goes on until the next one, for whoever cannot hold a key. */
const TAP_MS = 250

/**
 * A key that is held to talk, or tapped to begin and tapped again to end.
 *
 * Both return what it means: "press", "release", or "" for nothing.
 */
export class HoldKey {
  #pressedAtMs = null
  #isLatched = false

  get isLatched() {
    return this.#isLatched
  }

  down(nowMs) {
    if (this.#pressedAtMs !== null) return "" // keys repeat
    this.#pressedAtMs = nowMs
    if (!this.#isLatched) return "press"
    this.reset()
    return "release"
  }

  up(nowMs) {
    if (this.#pressedAtMs === null) return ""
    const heldMs = nowMs - this.#pressedAtMs
    this.#pressedAtMs = null
    this.#isLatched = heldMs < TAP_MS
    return this.#isLatched ? "" : "release"
  }

  reset() {
    this.#pressedAtMs = null
    this.#isLatched = false
  }
}
