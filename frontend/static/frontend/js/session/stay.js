/**
 * A viewer's stay: one session from asking for a seat to giving it back, through its phases.
 *
 * It has as many lives as the session has streams: what was begun in one of them (`signal`)
 * is not finished in the next.
 */
import { fill, gettext } from "frontend/i18n"
import { Problem } from "frontend/session/api"
import { placeText } from "frontend/session/line"
import { hasStream, isInLine, isOpen, nextPhase } from "frontend/session/phase"
import { isUsable, placeAt, UNTOLD } from "frontend/session/story"
import { ending, reasonText } from "frontend/session/wording"

const START_TIMEOUT_MS = 20_000
const RESUME_TIMEOUT_MS = 60_000

/** Why a life ends without ending the session: another window has it. */
const MOVED = "moved"

const NO_END = Object.freeze({
  reason: "", text: "", hint: "", inLine: false, continues: "", place: "",
})

export class Stay {
  /** @type {import("frontend/session/phase").Phase} */
  phase = "idle"
  /**
   * How the last one ended, for people. `continues` is the session whose conversation can
   * go on, or ""; `place` that of one whose place in line is kept for another try.
   */
  end = NO_END
  /**
   * Why there is a new stream on the way although the old one was fine, or "".
   *
   * @type {""|"persona"|"quality"}
   */
  hold = ""
  /** Whether there was a picture or a voice at any time. */
  wasLive = false
  /** Whether this stream is another one of a session that was live before. */
  isBack = false

  #api
  #tab
  #tidings
  #stream
  #speech
  #emit
  /** @type {import("frontend/session/tab").Kept} */
  #kept = { id: "", starts: true, before: "", choice: {} }
  #life = new AbortController()
  #isAsking = false
  /** Whether the change to "opening" that comes next is our own doing. */
  #reopens = false

  /**
   * @param {object} means
   * @param {import("frontend/session/api").Api} means.api
   * @param {import("frontend/session/tab").Tab} means.tab
   * @param {import("frontend/session/tidings").Tidings} means.tidings
   * @param {import("frontend/media/stream").Stream} means.stream
   * @param {import("frontend/session/speech").Speech} means.speech
   * @param {(type: string, detail?: unknown) => void} means.emit  to the page
   */
  constructor({ api, tab, tidings, stream, speech, emit }) {
    this.#api = api
    this.#tab = tab
    this.#tidings = tidings
    this.#stream = stream
    this.#speech = speech
    this.#emit = emit
  }

  get id() {
    return this.#kept.id
  }

  /** What is known of it over a reload. */
  get kept() {
    return this.#kept
  }

  /** Ends with this life. */
  get signal() {
    return this.#life.signal
  }

  /** Whether the server is being asked for a stream, and will say more than it tells meanwhile. */
  get isAsking() {
    return this.#isAsking
  }

  /** Begin anew, with what is known of a session, or wished for. */
  begin({ id = "", starts = true, before = "", choice = {} }) {
    this.release()
    this.#life = new AbortController()
    this.#kept = { id, starts, before, choice }
    this.#tidings.forget()
    this.wasLive = this.isBack = false
    this.end = NO_END
  }

  /** The same session in another life. */
  revive() {
    this.#life = new AbortController()
  }

  /** Know more of it. */
  learn(facts) {
    this.#kept = { ...this.#kept, ...facts }
  }

  // Getting a seat and a stream --------------------------------------------------------

  /** Ask for a stream; the answer is one, or a place in line. */
  async ask(call, how = {}) {
    const { signal } = this
    try {
      const answer = await this.#asked(call, how)
      if (signal.reason === MOVED) return
      if (signal.aborted) await this.#api.stopSession(answer.session_id)
      else if (answer.status === "waiting") this.#queued(answer)
      else await this.#receive(answer)
    } catch (problem) {
      if (!signal.aborted) this.fail(problem)
    }
  }

  /**
   * A new stream in place of one that is fine, which plays on until the new one is there.
   * A refusal changes nothing. Whether it was done.
   */
  async renew(hold, words, call) {
    if (this.phase !== "live" || this.hold) return false
    const { signal } = this
    this.hold = hold
    this.say("status", words)
    this.#emit("change")
    let answer = null
    try {
      answer = await this.#asked(call, { reopens: true })
    } catch (problem) {
      if (!signal.aborted) this.#refused(problem)
    }
    if (!answer || signal.aborted) return false
    await this.#goOver(answer)
    return true
  }

  #refused(problem) {
    this.report(problem)
    this.hold = ""
    this.#reopens = false
  }

  /** In line: wait, or be offered a seat, as the newest word has it. */
  standInLine(word = "") {
    const { place } = this.#tidings.story
    const happening = place.offered_until ? "offered" : "queued"
    if (nextPhase(this.phase, happening) === this.phase) return
    if (this.phase === "offered") word = gettext("The seat is needed elsewhere after all; you keep your place")
    if (word) this.say("status", word)
    const text = place.offered_until ? gettext("A seat is free for you") : placeText(place)
    this.enter(happening, text)
  }

  /** Answer the offer; sound and picture follow. */
  async start() {
    if (this.phase !== "ready") return
    this.learn({ starts: true })
    this.#tab.remember(this.#kept)
    this.enter("start", gettext("Starting session… please wait"))
    this.#giveUpAfter(START_TIMEOUT_MS, "connecting", "start_timeout", gettext("The avatar did not appear."))
    this.#stream.awaitPicture()
    try {
      const answer = await this.#stream.answer()
      await this.#api.startSession(this.id, answer)
      this.#stream.sendCandidates((candidate) => this.#api.sendCandidate(this.id, candidate))
      this.say("status", gettext("Session started"))
    } catch (problem) {
      this.fail(problem)
    }
  }

  /** The stream plays. What it was waited for, if another one played before. */
  play() {
    const { hold } = this
    this.hold = ""
    this.wasLive = true
    this.enter("playing", gettext("The stream is playing"))
    this.#stream.watch()
    return hold
  }

  /** @param {{reopens?: boolean}} how  whether a session gets a new stream by it */
  async #asked(call, { reopens = false }) {
    this.#reopens ||= reopens
    this.#isAsking = true
    try {
      return await call()
    } finally {
      this.#isAsking = false
    }
  }

  #queued(ticket) {
    const lostIt = this.id === ticket.session_id && this.phase === "opening"
    this.#adopt(ticket.session_id)
    const at = new Date(this.#tidings.nowMs).toISOString()
    this.#tidings.amend({ state: "waiting", place: placeAt(ticket, at) })
    this.standInLine(lostIt ? gettext("The seat was taken a moment before; you keep your place") : "")
  }

  async #receive(session) {
    this.#adopt(session.session_id)
    this.#tidings.amend({ place: null, endsAt: session.ends_at ?? "", endReason: "" })
    const { signal } = this
    await this.#stream.accept(session)
    if (signal.aborted) return
    const done = this.isBack ? gettext("Session resumed") : gettext("Session created")
    const next = fill(gettext("{done}. You can start the stream now"), { done })
    const { starts } = this.#kept
    this.enter("opened", starts ? done : next)
    if (starts) await this.start()
  }

  /** To the new stream of the same session. */
  async #goOver(answer) {
    this.#life.abort("renewed")
    this.revive()
    this.#stream.close()
    this.#speech.reset()
    this.isBack = true
    this.learn({ starts: true })
    this.enter("return", gettext("A new stream is there"))
    // A new persona has presentations of its own: the first frame of a socket tells them.
    if (this.hold === "persona") this.#tidings.listen(this.id, { after: this.#tidings.lastSeq })
    try {
      await this.#receive(answer)
    } catch (problem) {
      this.fail(problem)
    }
  }

  // Whose it is ------------------------------------------------------------------------

  /** Make a session ours: its id, its socket, and the right to show it. */
  #adopt(id) {
    const isKnown = this.#tidings.isListening && this.id === id
    this.learn({ id })
    this.#tab.remember(this.#kept)
    this.claim({ steal: true })
    if (isKnown) return
    this.#tidings.story = UNTOLD
    this.#reopens = false
    this.#tidings.listen(id, { after: 0 })
  }

  /** Be the window that shows it; whether that succeeded. */
  claim({ steal }) {
    const { id } = this
    const onTaken = () => this.id === id && this.moved(gettext("Another window has taken over"))
    return this.#tab.hold(id, { steal, onTaken })
  }

  /** Another window has it; nothing of it is ours any more, and nothing is stopped. */
  moved(word) {
    if (!isOpen(this.phase)) return
    this.release(MOVED)
    this.enter("moved", word)
  }

  /** Whether somebody gave the session a new stream, and that was not us. */
  isReopenedBy({ type, data }) {
    if (type !== "session.status" || data.to !== "opening" || !isUsable(data.from)) return false
    const byUs = this.#reopens
    this.#reopens = false
    return !byUs && hasStream(this.phase)
  }

  // Endings ----------------------------------------------------------------------------

  /** Something failed for good: say so, and give the seat back if we hold one. */
  fail(problem) {
    if (!isOpen(this.phase) || this.phase === "closing") return
    this.report(problem)
    const { id } = this
    this.finish(problem.code, problem.message)
    if (id) this.#api.stopSession(id).catch(() => {})
  }

  report(error) {
    const problem =
      error instanceof Problem
        ? error
        : new Problem({ code: "page_error", message: error.message })
    this.say("error", `${problem.message} (${problem.code})`)
    this.#emit("problem", problem)
  }

  /** There is nothing that one could come back to. */
  vanish() {
    this.#tab.forget()
    this.finish("gone")
  }

  finish(reason, message = "") {
    if (!isOpen(this.phase)) return
    const inLine = isInLine(this.phase)
    const words = message ? { text: message, hint: "" } : ending(reason, { inLine })
    const continues = this.wasLive ? this.id : this.#kept.before
    const place = message && this.phase === "opening" ? this.id : ""
    this.end = { reason, ...words, inLine, continues, place }
    if (!continues && reason !== "you_left") this.#tab.forget()
    this.release()
    this.#tab.release()
    const why = message || reasonText(reason) || reasonText("gone")
    this.enter("ended", fill(gettext("Session ended: {why}"), { why }))
  }

  /** Let go of everything that this session holds. Doing it twice is harmless. */
  release(why = "ended") {
    this.#life.abort(why)
    this.#tidings.hush()
    this.#stream.close()
    this.#reopens = false
    this.hold = ""
    this.#speech.reset()
  }

  #giveUpAfter(waitMs, phase, code, message) {
    this.within(waitMs, () => {
      if (this.phase === phase) this.fail(new Problem({ code, message }))
    })
  }

  /** Do something later, unless this life of the session is over by then. */
  within(waitMs, does) {
    const timer = setTimeout(() => does(), waitMs)
    this.signal.addEventListener("abort", () => clearTimeout(timer))
  }

  // Saying so --------------------------------------------------------------------------

  enter(happening, text) {
    this.phase = nextPhase(this.phase, happening)
    if (happening === "return") {
      this.#giveUpAfter(RESUME_TIMEOUT_MS, "resuming", "resume_timeout", gettext("The session could not be reached."))
    }
    this.say("status", text)
    this.#emit("change")
  }

  say(kind, text) {
    this.#emit("line", { kind, text, at: new Date() })
  }
}
