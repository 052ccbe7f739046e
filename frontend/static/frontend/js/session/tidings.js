/**
 * What the server tells of a session, over one websocket after another.
 *
 * What happened before this page was there is told apart from what happens now; the latter
 * is folded into the story. Either way, what is worth a line in the log becomes one.
 *
 * Events: "retell" when a session is told from its beginning; "past" and "now" with a frame,
 * "heard" after either; "line" with a log line; "stranger" when the session is somebody
 * else's; "link" with how the connection stands, and whether that is news.
 */
import { gettext } from "frontend/i18n"
import { tell, UNTOLD } from "frontend/session/story"
import { clockOffsetMs } from "frontend/session/time"
import { lineFor } from "frontend/session/wording"

/** What the server tells us back about ourselves needs no second line in the log. */
const ECHOES = new Set(["snapshot", "session.status", "ice.state", "turn.started"])

/** What is worth reading again of what happened before this page was there. */
const MEMORIES = new Set([
  "turn.started", "chat.sentence", "turn.finished", "turn.interrupted", "avatar.replaced",
  "avatar.farewell", "chat.sources",
])

export class Tidings extends EventTarget {
  /** @type {import("frontend/session/story").Story} */
  story = UNTOLD
  link = "open"
  /** By how much the server's clock is ahead of ours. */
  clockOffsetMs = 0

  #connect
  #iceState
  #socket = null
  /** Events up to this number happened before this page was there; -1 while we do not know. */
  #pastSeq = -1

  /**
   * @param {object} means
   * @param {(id: string, handlers: object) => import("frontend/session/socket").SessionSocket} means.connect
   * @param {() => string} means.iceState  of our own connection, or ""; we know it best
   */
  constructor({ connect, iceState }) {
    super()
    this.#connect = connect
    this.#iceState = iceState
  }

  /** The time by the server's clock, milliseconds since the epoch. */
  get nowMs() {
    return Date.now() + this.clockOffsetMs
  }

  /** The number of the last event that was heard. */
  get lastSeq() {
    return this.#socket?.lastSeq ?? 0
  }

  get isListening() {
    return this.#socket !== null
  }

  /** Whether everything that happened before this page has been told. */
  get isCaughtUp() {
    return this.#pastSeq >= 0 && this.#socket?.lastSeq >= this.#pastSeq
  }

  /** Hear of a session from the event after that number on; 0 tells all of it. */
  listen(id, { after }) {
    if (after === 0) this.#emit("retell", id)
    this.hush()
    this.#pastSeq = -1
    this.#socket = this.#connect(id, {
      after,
      onFrame: (frame) => this.#hear(frame),
      onLink: (link, code) => this.#linked(link, code),
    })
  }

  /** Whether it went out. */
  send(message) {
    return this.#socket?.send(message) ?? false
  }

  /** What is known from elsewhere: an answer of the server, the connection. */
  amend(facts) {
    this.story = { ...this.story, ...facts }
  }

  /** Hear no more; what was told stays known. */
  hush() {
    this.#socket?.close()
    this.#socket = null
  }

  /** Another session begins. */
  forget() {
    this.story = UNTOLD
    this.link = "open"
  }

  #hear(frame) {
    if (frame.type === "snapshot") this.#meet(frame)
    if (!this.isListening) return
    const isEvent = frame.type !== "snapshot" && frame.seq !== null
    if (isEvent && frame.seq <= this.#pastSeq) this.#remember(frame)
    else this.#learn(frame)
    this.#emit("heard")
  }

  /** The first frame of a socket: when we are, and whether this is ours at all. */
  #meet({ at, seq, data }) {
    this.clockOffsetMs = clockOffsetMs(at, Date.now())
    if (this.#pastSeq < 0) this.#pastSeq = seq ?? 0
    if (data.role === "operator") this.#emit("stranger")
  }

  #remember(frame) {
    this.#emit("past", frame)
    if (MEMORIES.has(frame.type)) this.#note(frame, new Date(frame.at))
  }

  #learn(frame) {
    this.story = { ...tell(this.story, frame), iceState: this.#iceState() }
    if (!ECHOES.has(frame.type)) this.#note(frame, new Date())
    this.#emit("now", frame)
  }

  #note(frame, at) {
    const persona = this.story.personaName || gettext("Avatar")
    const line = lineFor(frame, { persona, viewer: gettext("You") })
    if (line) this.#emit("line", { ...line, at })
  }

  #linked(link, code) {
    const isNews = link !== this.link
    this.link = link
    this.#emit("link", { link, isNews, code })
  }

  #emit(type, detail = undefined) {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}
