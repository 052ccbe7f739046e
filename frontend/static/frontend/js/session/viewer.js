/**
 * One viewer's session, as pages use it: what people do, and how things stand. Its parts are
 * made and joined here. It knows nothing of the page; it is handed what reaches the outside.
 *
 * Events: "change" after anything that the page shows has changed; "line" with a log line;
 * "problem" with a `Problem`; "frame" with what the server tells now, "past" with what was
 * before this page, "retell" when a session is told from its beginning; "stream" with the
 * avatar's media; "stats" each second; "picture" when there is none any more, or one again;
 * "playing" when the stream does; "talked" when the avatar begins or stops saying something;
 * "time" with what is left in the last minute; "hush" and "unhush" when sound has to stop at
 * once, and may come back.
 */
import { fill, gettext } from "frontend/i18n"
import { Stream } from "frontend/media/stream"
import { Problem, problemFrom } from "frontend/session/api"
import { Following } from "frontend/session/following"
import { isInLine, isOpen } from "frontend/session/phase"
import { Returning } from "frontend/session/returning"
import { Speech } from "frontend/session/speech"
import { Stay } from "frontend/session/stay"
import { Tidings } from "frontend/session/tidings"

/** What the avatar was given to say. */
const WORDS = new Set(["chat.sentence", "avatar.farewell"])

/** A stream that has played for so long may break and be mended again. */
const STEADY_MS = 60_000

export class ViewerSession extends EventTarget {
  speech = new Speech(() => this.story.turn !== "")
  /** Since when nothing was said or asked, milliseconds since the epoch. */
  quietSinceMs = 0

  #api
  #tab
  #tidings
  #stream
  #stay
  #returning
  #following

  /**
   * @param {object} means
   * @param {import("frontend/session/api").Api} means.api
   * @param {(id: string, handlers: object) => import("frontend/session/socket").SessionSocket} means.connect
   * @param {(offer: object) => import("frontend/media/peer").AvatarPeer} means.createPeer
   * @param {import("frontend/session/tab").Tab} means.tab
   * @param {() => boolean} [means.isSeen]  browsers decode less for a page in the background,
   *   which says nothing of the connection
   */
  constructor({ api, connect, createPeer, tab, isSeen = () => true }) {
    super()
    const { speech } = this
    const emit = (type, detail) => this.#emit(type, detail)
    const stream = new Stream({ createPeer, isSeen: () => isSeen() && !this.hold })
    const tidings = new Tidings({ connect, iceState: () => stream.iceState })
    const stay = new Stay({ api, tab, tidings, stream, speech, emit })
    const returning = new Returning({ api, stay, tidings })
    this.#api = api
    this.#tab = tab
    this.#stream = stream
    this.#tidings = tidings
    this.#stay = stay
    this.#returning = returning
    this.#hear()
    // Only now: what is said is known before what becomes of the stay.
    this.#following = new Following({ stay, returning, tidings, stream, emit })
    // Who waited for a first picture in vain begins without.
    stream.addEventListener("picture", () => this.playing())
  }

  // How things stand -------------------------------------------------------------------

  get phase() {
    return this.#stay.phase
  }

  get id() {
    return this.#stay.id
  }

  /** What was asked for when the session was opened, and changed since. */
  get choice() {
    return this.#stay.kept.choice
  }

  /** How the last one ended: see `Stay.end`. */
  get end() {
    return this.#stay.end
  }

  /** Why there is a new stream on the way: see `Stay.hold`. */
  get hold() {
    return this.#stay.hold
  }

  get story() {
    return this.#tidings.story
  }

  get link() {
    return this.#tidings.link
  }

  get clockOffsetMs() {
    return this.#tidings.clockOffsetMs
  }

  /** The time by the server's clock, milliseconds since the epoch. */
  get serverNowMs() {
    return this.#tidings.nowMs
  }

  get presence() {
    return this.#stream.presence
  }

  /** Whether the avatar speaks, or is about to. */
  get busy() {
    return this.speech.isBusy || this.story.turn !== ""
  }

  /** Whether there was a conversation before, so that nobody says hello again. */
  get goesOn() {
    return this.#stay.isBack || this.#stay.kept.before !== ""
  }

  /** What the avatar is doing, for the stage. */
  get mood() {
    if (this.phase !== "live") return ""
    if (this.speech.isSpeaking) return "speaking"
    return this.busy ? "thinking" : "listening"
  }

  // What people do ---------------------------------------------------------------------

  /**
   * New: take a seat, or a place in line. Does nothing while one is open.
   *
   * @param {object} choice       as for `Api.createSession`
   * @param {{starts?: boolean, goesOn?: boolean}} [how]  whether the stream begins as soon
   *   as there is a seat; whether the conversation that has ended goes on
   */
  async open(choice, { starts = false, goesOn = false } = {}) {
    if (isOpen(this.phase)) return
    const { continues, place } = this.end
    const before = goesOn ? continues : ""
    this.#returning.forget()
    this.#stay.begin({ starts, before, choice })
    this.#stay.enter("new", gettext("Creating new session… please wait"))
    const asked = { ...choice, continues: before || place }
    await this.#stay.ask(() => this.#api.createSession(asked))
  }

  /** Take the seat that is offered. */
  async take() {
    if (this.phase !== "offered") return
    this.#stay.enter("claim", gettext("Taking the seat… please wait"))
    await this.#stay.ask(() => this.#api.claimSession(this.id))
  }

  /** Start: answer the offer; sound and picture follow. */
  start() {
    return this.#stay.start()
  }

  /** The first picture has been shown. */
  playing() {
    if (this.phase !== "connecting") return
    this.quietSinceMs = Date.now()
    const hold = this.#stay.play()
    this.#emit("playing", { hold })
    this.#stay.within(STEADY_MS, () => this.#returning.trust())
  }

  /** Talk: the persona's mind answers. */
  ask(text) {
    this.#stay.say("heard", `${gettext("You")}: ${text}`)
    this.#send({ type: "ask", text })
  }

  /** Repeat: the avatar says exactly this. */
  repeat(text) {
    this.#send({ type: "say", text })
  }

  /** In a replay: the avatar says a piece of a turn again. */
  replay(turn, piece) {
    this.#send({ type: "replay", turn, piece })
  }

  /** Have it present: "play", "pause", "resume", "goto", "stop". */
  present(verb, details = {}) {
    this.#send({ type: `script.${verb}`, ...details })
  }

  /** Still here: an idle session goes on. */
  stay() {
    this.#send({ type: "stay" })
  }

  /** Silence now, here first and then at the server. */
  interrupt() {
    if (this.phase !== "live") return
    this.speech.hush()
    this.#send({ type: "interrupt" })
    this.#changed()
  }

  /**
   * Another persona takes the stage of this session, on its seat.
   *
   * @param {{persona: string, avatar_name?: string, voice_id?: string}} wish
   * @param {string} name  of the persona
   */
  async swap(wish, name) {
    const words = fill(gettext("{name} is coming on stage… please wait"), { name })
    const changed = await this.#renew("persona", words, () => this.#api.swapPersona(this.id, wish))
    if (changed) this.#choose(wish)
  }

  /**
   * The same with another picture size. Whether it was done.
   *
   * @param {"low"|"medium"|"high"} quality
   * @param {{isChosen?: boolean}} [how]  whether the viewer wants it, and not the connection
   */
  async changeQuality(quality, { isChosen = true } = {}) {
    const words = fill(gettext("Changing the picture to {quality}… please wait"), { quality })
    const changed = await this.#renew("quality", words, () => this.#api.resumeSession(this.id, quality))
    if (changed && isChosen) this.#choose({ quality })
    return changed
  }

  /** Close, or leave the line. What the network thinks of it does not keep the page. */
  async close() {
    if (!isOpen(this.phase) || this.phase === "closing") return
    const { id } = this
    const reason = isInLine(this.phase) ? "you_left_line" : "you_closed"
    const words = isInLine(this.phase) ? gettext("Leaving the line…") : gettext("Closing connection… please wait")
    // Asked before the stream is let go, whose end upstream may notice first.
    const stopped = id ? this.#api.stopSession(id) : null
    this.#stay.enter("close", words)
    this.#stay.release()
    this.#tab.forget()
    try {
      await stopped
    } catch (problem) {
      this.#stay.report(problem)
    }
    this.#stay.finish(reason)
  }

  /** The page goes away: let go without waiting. The caller sends the beacon. */
  leave() {
    this.#stay.finish("you_left")
  }

  /**
   * Return to what this tab showed before, unless another tab has it.
   *
   * @param {import("frontend/session/tab").Kept} kept
   * @param {{isReload?: boolean}} [how]  whether the page was but loaded anew
   */
  comeBack(kept, { isReload = false } = {}) {
    return this.#returning.comeBack(kept, { steal: false, isReload })
  }

  /** A session that another window may show; `move` brings it here. */
  findElsewhere(kept) {
    this.#returning.findElsewhere(kept)
  }

  /** Bring it here from another window. */
  async move() {
    if (this.phase === "elsewhere") await this.#returning.comeBack(this.#stay.kept, { steal: true })
  }

  #send(message) {
    this.quietSinceMs = Date.now()
    if (this.#tidings.send(message)) return
    this.#stay.report(new Problem({ code: "network", message: gettext("Not sent: the connection is down.") }))
  }

  /** Of the session that plays: a reload has to know of it, too. */
  #choose(wish) {
    this.#stay.learn({ choice: { ...this.choice, ...wish } })
    if (isOpen(this.phase)) this.#tab.remember(this.#stay.kept)
  }

  async #renew(hold, words, call) {
    const isDone = await this.#stay.renew(hold, words, call)
    // As before, unless the server has ended the session over it.
    if (!isDone && this.phase === "live") this.#following.follow()
    this.#changed()
    return isDone
  }

  // What is said and heard --------------------------------------------------------------

  #hear() {
    for (const type of ["hush", "unhush"]) this.speech.addEventListener(type, () => this.#emit(type))
    this.speech.addEventListener("lull", () => this.#changed())
    for (const type of ["retell", "past", "line"]) {
      this.#tidings.addEventListener(type, ({ detail }) => this.#emit(type, detail))
    }
    this.#tidings.addEventListener("now", ({ detail }) => this.#told(detail))
    this.#stream.addEventListener("stream", ({ detail }) => this.#emit("stream", detail))
    this.#stream.addEventListener("look", ({ detail }) => this.#emit("stats", detail))
    this.#stream.addEventListener("words", ({ detail }) => this.speech.time(detail.taskId, detail.words))
    this.#stream.addEventListener("talking", ({ detail }) => this.#talking(detail))
  }

  #told(frame) {
    const { type, data } = frame
    this.#emit("frame", frame)
    const taskId = String(data.task_id)
    if (WORDS.has(type)) this.speech.accept(taskId, data.text)
    if (type === "avatar.start_talking") this.#talked("start", taskId)
    if (type === "avatar.stop_talking") this.#talked("stop", taskId)
    if (type === "turn.finished" && data.interrupted && !this.story.turn) this.speech.drop()
    if (type === "time.left") this.#emit("time", data)
    if (type === "error") this.#emit("problem", problemFrom(0, data))
  }

  /** The data channel is quickest: act on it, and tell those who watch. */
  #talking({ state, taskId }) {
    this.#talked(state, taskId)
    this.#tidings.send({ type: "avatar.talking", state, task_id: taskId })
    this.#changed()
  }

  #talked(state, taskId) {
    this.#emit("talked", { state, taskId })
    this.quietSinceMs = Date.now()
    this.speech.talked(state, taskId)
  }

  #changed() {
    this.#emit("change")
  }

  #emit(type, detail = undefined) {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}
