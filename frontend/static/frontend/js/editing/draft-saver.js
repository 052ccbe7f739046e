/**
 * Saves a draft a moment after it was last changed, one request at a time. It knows nothing
 * of the page: it is handed a function that sends what the form holds.
 *
 * States: "saved"; "unsaved", a change waits for its moment; "saving"; "invalid", saved but
 * for fields that cannot be; "clash", somebody else has changed the same, and nothing is
 * sent until it is said whose stands; "failed", it will be tried again.
 */

/** @typedef {"saved"|"unsaved"|"saving"|"invalid"|"clash"|"failed"} SaveState */
/** @typedef {{kind: "saved"|"invalid"|"clash"|"failed", message?: string}} Outcome */

export class DraftSaver extends EventTarget {
  /** @type {SaveState} */
  state = "saved"
  /** Why the last try failed, in words. */
  message = ""

  #send
  #pauseMs
  #retryMs
  #later
  #timer = null
  #isDirty = false
  #running = null

  /**
   * @param {object} means
   * @param {(clash: ""|"mine"|"theirs") => Promise<Outcome>} means.send
   * @param {number} [means.pauseMs]
   * @param {number} [means.retryMs]
   * @param {{set: typeof setTimeout, clear: typeof clearTimeout}} [means.later]
   */
  constructor({ send, pauseMs = 1200, retryMs = 8000, later = clock() }) {
    super()
    this.#send = send
    this.#pauseMs = pauseMs
    this.#retryMs = retryMs
    this.#later = later
  }

  /** Whether leaving now would lose something. */
  get isAtRisk() {
    return this.state !== "saved"
  }

  /** Something was written. */
  changed() {
    this.#isDirty = true
    if (this.state === "clash" || this.#running) return
    this.#enter("unsaved")
    this.#saveIn(this.#pauseMs)
  }

  /** Save at once what is not saved yet; whether everything is safe then. */
  async flush() {
    await this.#running
    if (this.#isDirty && this.state !== "clash") await this.#save("")
    return this.state === "saved"
  }

  /** Say whose edits stand where two have changed the same. @param {"mine"|"theirs"} clash */
  async settle(clash) {
    await this.#running
    await this.#save(clash)
  }

  #saveIn(ms) {
    this.#later.clear(this.#timer)
    this.#timer = this.#later.set(() => this.#save(""), ms)
  }

  async #save(clash) {
    if (this.#running) return this.#running
    this.#later.clear(this.#timer)
    this.#isDirty = false
    this.#enter("saving")
    this.#running = this.#send(clash)
    const { kind, message = "" } = await this.#running
    this.#running = null
    this.message = message
    if (kind === "failed" || kind === "clash") this.#isDirty = true
    if (kind === "failed") this.#saveIn(this.#retryMs)
    else if (this.#isDirty && kind !== "clash") return this.changed()
    this.#enter(kind)
  }

  #enter(state) {
    this.state = state
    this.dispatchEvent(new Event("change"))
  }
}

function clock() {
  return {
    set: (does, ms) => setTimeout(does, ms),
    clear: (timer) => clearTimeout(timer),
  }
}
