/**
 * One viewer's session: the phases, the REST calls, the websocket and the peer connection,
 * joined. It knows nothing of the page; it is handed what reaches the outside.
 *
 * Events: "change" after anything that the page shows has changed; "line" with a log line;
 * "problem" with a `Problem`; "stream" with the avatar's media; "hush" and "unhush" when
 * sound has to stop at once, and may come back.
 */
import { Captions } from "frontend/session/captions"
import { isOpen, nextPhase } from "frontend/session/phase"
import { Problem, problemFrom } from "frontend/session/api"
import { isOver, tell, UNTOLD } from "frontend/session/story"
import { clockOffsetMs } from "frontend/session/time"
import { lineFor, reasonText } from "frontend/session/wording"

/** What the server tells us back about ourselves needs no second line in the log. */
const ECHOES = new Set(["snapshot", "session.status", "ice.state", "turn.started"])

const START_TIMEOUT_MS = 20_000
const STATS_EVERY_MS = 5_000

/** After an interruption, what the jitter buffer still holds must not be heard. */
const BUFFER_DRAIN_MS = 400
const LONGEST_HUSH_MS = 1_500

/** An accepted sentence that has not begun by then was silenced by somebody else. */
const LONGEST_PAUSE_MS = 4_000

export class ViewerSession extends EventTarget {
  /** @type {import("frontend/session/phase").Phase} */
  phase = "idle"
  /** @type {import("frontend/session/story").Story} */
  story = UNTOLD
  captions = new Captions()
  link = "open"
  id = ""
  endReason = ""
  /** By how much the server's clock is ahead of ours. */
  clockOffsetMs = 0
  /** Since when nothing was said or asked, milliseconds since the epoch. */
  quietSinceMs = 0

  #api
  #connect
  #createPeer
  #socket = null
  #peer = null
  #life = new AbortController()
  #hushed = 0
  #pause = 0

  /**
   * @param {object} means
   * @param {import("frontend/session/api").Api} means.api
   * @param {(id: string, handlers: object) => import("frontend/session/socket").SessionSocket} means.connect
   * @param {(offer: object) => import("frontend/media/peer").AvatarPeer} means.createPeer
   */
  constructor({ api, connect, createPeer }) {
    super()
    this.#api = api
    this.#connect = connect
    this.#createPeer = createPeer
  }

  /** Whether the avatar speaks, or is about to. */
  get busy() {
    return this.captions.speaking || this.captions.waiting > 0 || this.story.turn !== ""
  }

  /** What the avatar is doing, for the stage. */
  get mood() {
    if (this.phase !== "live") return ""
    if (this.captions.speaking) return "speaking"
    return this.busy ? "thinking" : "listening"
  }

  /** New: take a seat and receive the avatar's offer. Does nothing while one is open. */
  async open(choice) {
    if (isOpen(this.phase)) return
    this.#reset()
    this.#enter("new", "Creating new session… please wait")
    const life = this.#life
    try {
      const session = await this.#api.createSession(choice)
      if (life.signal.aborted) {
        await this.#api.stopSession(session.session_id)
        return
      }
      await this.#receive(session)
    } catch (problem) {
      this.#fail(problem)
    }
  }

  /** Start: answer the offer; sound and picture follow. */
  async start() {
    if (this.phase !== "ready") return
    this.#enter("start", "Starting session… please wait")
    this.#giveUpAfter(START_TIMEOUT_MS)
    try {
      const answer = await this.#peer.answer()
      await this.#api.startSession(this.id, answer)
      this.#peer.sendCandidates((candidate) => this.#api.sendCandidate(this.id, candidate))
      this.#say("status", "Session started")
    } catch (problem) {
      this.#fail(problem)
    }
  }

  /** The first picture has been shown. */
  playing() {
    if (this.phase !== "connecting") return
    this.quietSinceMs = Date.now()
    this.#enter("playing", "The stream is playing")
    this.#reportStats()
  }

  /** Talk: the persona's mind answers. */
  ask(text) {
    this.#say("heard", `You: ${text}`)
    this.#send({ type: "ask", text })
  }

  /** Repeat: the avatar says exactly this. */
  repeat(text) {
    this.#send({ type: "say", text })
  }

  /** Still here: an idle session goes on. */
  stay() {
    this.#send({ type: "stay" })
  }

  /** Silence now, here first and then at the server. */
  interrupt() {
    if (this.phase !== "live") return
    this.#hush()
    this.captions.drop()
    this.#send({ type: "interrupt" })
    this.#changed()
  }

  /** Close: give the seat back. What the network thinks of it does not keep the page. */
  async close() {
    if (!isOpen(this.phase) || this.phase === "closing") return
    const id = this.id
    this.#enter("close", "Closing connection… please wait")
    this.#release()
    try {
      if (id) await this.#api.stopSession(id)
    } catch (problem) {
      this.#report(problem)
    }
    this.#end("closed by you")
  }

  /** The page goes away: let go without waiting. The caller sends the beacon. */
  leave() {
    if (isOpen(this.phase)) this.#end("you left the page")
  }

  async #receive(session) {
    this.id = session.session_id
    this.story = { ...UNTOLD, endsAt: session.ends_at ?? "" }
    this.#socket = this.#connect(this.id, {
      onFrame: (frame) => this.#hear(frame),
      onLink: (link, code) => this.#linked(link, code),
    })
    this.#peer = this.#createPeer({
      iceServers: session.ice_servers2 ?? session.ice_servers ?? [],
      onStream: (stream) => this.#emit("stream", stream),
      onIce: (state) => this.#iceChanged(state),
      onTalking: (event) => this.#talking(event),
    })
    const { signal } = this.#life
    await this.#peer.accept(session.sdp)
    if (signal.aborted) return
    this.#enter("offered", "Session created. You can start the stream now")
  }

  #hear(frame) {
    this.story = { ...tell(this.story, frame), iceState: this.#peer?.iceState ?? "" }
    if (frame.type === "snapshot") this.clockOffsetMs = clockOffsetMs(frame.at, Date.now())
    if (frame.type === "chat.sentence") {
      this.captions.add(String(frame.data.task_id), frame.data.text)
      this.#awaitSpeech()
    } else if (frame.type === "avatar.start_talking") {
      this.#talked({ state: "start", taskId: String(frame.data.task_id) })
    } else if (frame.type === "avatar.stop_talking") {
      this.#talked({ state: "stop", taskId: String(frame.data.task_id) })
    }
    if (frame.type === "turn.finished" && frame.data.interrupted && !this.story.turn) {
      this.captions.drop()
    }
    if (frame.type === "error") this.#emit("problem", problemFrom(0, frame.data))
    if (!ECHOES.has(frame.type)) {
      this.#note(lineFor(frame, { persona: this.story.personaName || "Avatar", viewer: "You" }))
    }
    if (isOver(this.story.state)) this.#end(reasonText(this.story.endReason) || "ended")
    this.#changed()
  }

  /** The data channel is quickest: act on it, and tell those who watch. */
  #talking({ state, taskId }) {
    this.#talked({ state, taskId })
    this.#socket?.send({ type: "avatar.talking", state, task_id: taskId })
    this.#changed()
  }

  #talked({ state, taskId }) {
    this.quietSinceMs = Date.now()
    const isNews = state === "start" ? this.captions.start(taskId) : this.captions.stop(taskId)
    this.#awaitSpeech()
    if (!isNews || !this.#hushed) return
    this.#unhushAfter(state === "start" ? 0 : BUFFER_DRAIN_MS)
  }

  /** Sentences wait for their voice; after too long a pause it will not come any more. */
  #awaitSpeech() {
    clearTimeout(this.#pause)
    this.#pause = setTimeout(() => {
      if (this.captions.speaking || this.story.turn) return
      this.captions.drop()
      this.#changed()
    }, LONGEST_PAUSE_MS)
  }

  #hush() {
    this.#emit("hush")
    this.#unhushAfter(LONGEST_HUSH_MS)
  }

  #unhushAfter(waitMs) {
    clearTimeout(this.#hushed)
    this.#hushed = setTimeout(() => {
      this.#hushed = 0
      this.#emit("unhush")
    }, waitMs)
  }

  #iceChanged(state) {
    if (!isOpen(this.phase)) return
    this.story = { ...this.story, iceState: state }
    this.#socket?.send({ type: "ice.state", state })
    this.#say("ice", `ICE connection state changed to: ${state}`)
    if (state === "failed") {
      this.#fail(new Problem({ code: "media_failed", message: "The media connection failed." }))
    }
    this.#changed()
  }

  #linked(link, code) {
    if (!isOpen(this.phase)) return
    if (link === "open" && this.#peer) this.#tellIce()
    if (link !== this.link) {
      if (link === "lost") this.#say("status", "Connection lost; trying again")
      if (link === "open") this.#say("status", "Connection is back")
    }
    this.link = link
    if (link === "gone") this.#gone(code)
    this.#changed()
  }

  /** After a reconnect the server may have missed the newest ICE state. */
  #tellIce() {
    const state = this.#peer.iceState
    if (state !== "new") this.#socket.send({ type: "ice.state", state })
  }

  #gone(code) {
    if (code === 4401) {
      this.#report(new Problem({ code: "not_authenticated", message: "You are signed out." }))
    }
    this.#end("the session is over")
  }

  #send(message) {
    this.quietSinceMs = Date.now()
    if (this.#socket?.send(message)) return
    this.#report(new Problem({ code: "network", message: "Not sent: the connection is down." }))
  }

  #giveUpAfter(waitMs) {
    const { signal } = this.#life
    setTimeout(() => {
      if (signal.aborted || this.phase !== "connecting") return
      this.#fail(new Problem({ code: "start_timeout", message: "The avatar did not appear." }))
    }, waitMs)
  }

  #reportStats() {
    const timer = setInterval(async () => {
      const stats = await this.#peer?.stats()
      if (!stats) return
      this.#socket?.send({ type: "media.stats", ...stats })
      this.#emit("stats", stats)
    }, STATS_EVERY_MS)
    this.#life.signal.addEventListener("abort", () => clearInterval(timer))
  }

  /** Something failed for good: say so, and give the seat back if we hold one. */
  #fail(problem) {
    if (!isOpen(this.phase) || this.phase === "closing") return
    this.#report(problem)
    const id = this.id
    this.#end(problem.message)
    if (id) this.#api.stopSession(id).catch(() => {})
  }

  #report(error) {
    const problem =
      error instanceof Problem
        ? error
        : new Problem({ code: "page_error", message: error.message })
    this.#say("error", `${problem.message} (${problem.code})`)
    this.#emit("problem", problem)
  }

  #end(reason) {
    if (!isOpen(this.phase)) return
    this.endReason = reason
    this.#release()
    this.#enter("ended", `Session ended: ${reason}`)
  }

  /** Let go of everything that this session holds. Doing it twice is harmless. */
  #release() {
    this.#life.abort()
    this.#socket?.close()
    this.#peer?.close()
    this.#socket = null
    this.#peer = null
    this.captions = new Captions()
    clearTimeout(this.#pause)
    clearTimeout(this.#hushed)
    this.#hushed = 0
    this.#emit("unhush")
  }

  #reset() {
    this.#life = new AbortController()
    this.story = UNTOLD
    this.link = "open"
    this.id = ""
    this.endReason = ""
  }

  #enter(happening, text) {
    this.phase = nextPhase(this.phase, happening)
    this.#say("status", text)
    this.#changed()
  }

  #say(kind, text) {
    this.#note({ kind, text })
  }

  #note(line) {
    if (line) this.#emit("line", line)
  }

  #changed() {
    this.#emit("change")
  }

  #emit(type, detail = undefined) {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}
