/**
 * One viewer's session: its phases, the REST calls, the websocket and the peer connection,
 * joined. It knows nothing of the page; it is handed what reaches the outside.
 *
 * Events: "change" after anything that the page shows has changed; "line" with a log line;
 * "problem" with a `Problem`; "frame" with what the server tells now, "past" with what was
 * before this page, "retell" when a session is told from its beginning; "stream" with the
 * avatar's media; "stats" each second; "picture" when there is none any more, or one again;
 * "playing" when the stream does; "talked" when the avatar begins or stops saying something; "time" with what is left in the
 * last minute; "hush" and "unhush" when sound has to stop at once, and may come back.
 */
import { hasStream, isInLine, isOpen, nextPhase } from "frontend/session/phase"
import { Problem, problemFrom } from "frontend/session/api"
import { fill, gettext } from "frontend/i18n"
import { Presence } from "frontend/media/presence"
import { placeText } from "frontend/session/line"
import { isAccident, wayBack } from "frontend/session/returning"
import { Speech } from "frontend/session/speech"
import { isOver, isUsable, placeAt, tell, UNTOLD } from "frontend/session/story"
import { clockOffsetMs } from "frontend/session/time"
import { ending, iceText, lineFor, reasonText } from "frontend/session/wording"

/** What the server tells us back about ourselves needs no second line in the log. */
const ECHOES = new Set(["snapshot", "session.status", "ice.state", "turn.started"])

/** What is worth reading again of what happened before this page was there. */
const MEMORIES = new Set([
  "turn.started", "chat.sentence", "turn.finished", "turn.interrupted", "avatar.replaced",
  "avatar.farewell", "chat.sources",
])

/** What the avatar was given to say. */
const WORDS = new Set(["chat.sentence", "avatar.farewell"])

const START_TIMEOUT_MS = 20_000
const RESUME_TIMEOUT_MS = 60_000
const LOOK_EVERY_MS = 1_000
const REPORT_EVERY_MS = 5_000

/** A stream that has played for so long may break and be mended again. */
const STEADY_MS = 60_000

/** Why a life ends without ending the session: another window has it. */
const MOVED = "moved"

const NO_END = Object.freeze({
  reason: "", text: "", hint: "", inLine: false, continues: "", place: "",
})

export class ViewerSession extends EventTarget {
  /** @type {import("frontend/session/phase").Phase} */
  phase = "idle"
  /** @type {import("frontend/session/story").Story} */
  story = UNTOLD
  speech = new Speech(() => this.story.turn !== "")
  link = "open"
  id = ""
  /**
   * How the last one ended, for people. `continues` is the session whose conversation can
   * go on, or ""; `place` that of one whose place in line is kept for another try.
   */
  end = NO_END
  /** By how much the server's clock is ahead of ours. */
  clockOffsetMs = 0
  /**
   * Why there is a new stream on the way although the old one was fine, or "".
   *
   * @type {""|"persona"|"quality"}
   */
  hold = ""
  /** Whether there is a picture, or one is hoped for; sound and words go on without. */
  presence = new Presence()
  /** Since when nothing was said or asked, milliseconds since the epoch. */
  quietSinceMs = 0

  #api
  #connect
  #createPeer
  #tab
  #isSeen
  #choice = {}
  #starts = false
  /** The ended session whose conversation this one goes on with, or "". */
  #before = ""
  #socket = null
  #peer = null
  #life = new AbortController()
  #isAsking = false
  /** Events up to this number happened before this page was there; -1 while we do not know. */
  #pastSeq = 0
  #endedAtMs = 0
  #wasLive = false
  #isBack = false
  #isReload = false
  /** Whether we have gone on by ourselves, and not yet played steadily since. */
  #mended = false
  /** Whether it is still open what becomes of a session that was lost: asked for once only. */
  #isLost = false
  /** Whether the change to "opening" that comes next is our own doing. */
  #reopens = false

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
    this.#api = api
    this.#connect = connect
    this.#createPeer = createPeer
    this.#tab = tab
    this.#isSeen = isSeen
    this.speech.addEventListener("hush", () => this.#emit("hush"))
    this.speech.addEventListener("unhush", () => this.#emit("unhush"))
    this.speech.addEventListener("lull", () => this.#changed())
  }

  /** What was asked for when the session was opened, and changed since. */
  get choice() {
    return this.#choice
  }

  /** Whether the avatar speaks, or is about to. */
  get busy() {
    return this.speech.isBusy || this.story.turn !== ""
  }

  /** Whether there was a conversation before, so that nobody says hello again. */
  get goesOn() {
    return this.#isBack || this.#before !== ""
  }

  /** What the avatar is doing, for the stage. */
  get mood() {
    if (this.phase !== "live") return ""
    if (this.speech.isSpeaking) return "speaking"
    return this.busy ? "thinking" : "listening"
  }

  /** The time by the server's clock, milliseconds since the epoch. */
  get serverNowMs() {
    return Date.now() + this.clockOffsetMs
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
    this.#reset()
    this.#choice = choice
    this.#starts = starts
    if (goesOn) this.#before = continues
    this.#enter("new", gettext("Creating new session… please wait"))
    const asked = { ...choice, continues: this.#before || place }
    await this.#askFor(() => this.#api.createSession(asked))
  }

  /** Take the seat that is offered. */
  async take() {
    if (this.phase !== "offered") return
    this.#enter("claim", gettext("Taking the seat… please wait"))
    await this.#askFor(() => this.#api.claimSession(this.id))
  }

  /** Start: answer the offer; sound and picture follow. */
  async start() {
    if (this.phase !== "ready") return
    this.#starts = true
    this.#keep()
    this.#enter("start", gettext("Starting session… please wait"))
    this.#giveUpAfter(START_TIMEOUT_MS, "connecting", "start_timeout", gettext("The avatar did not appear."))
    this.#awaitPicture()
    try {
      const answer = await this.#peer.answer()
      await this.#api.startSession(this.id, answer)
      this.#peer?.sendCandidates((candidate) => this.#api.sendCandidate(this.id, candidate))
      this.#say("status", gettext("Session started"))
    } catch (problem) {
      this.#fail(problem)
    }
  }

  /** The first picture has been shown. */
  playing() {
    if (this.phase !== "connecting") return
    this.quietSinceMs = Date.now()
    this.#wasLive = true
    const { hold } = this
    this.hold = ""
    this.#enter("playing", gettext("The stream is playing"))
    this.#emit("playing", { hold })
    this.#reportStats()
    this.#within(STEADY_MS, () => (this.#mended = false))
  }

  /** Talk: the persona's mind answers. */
  ask(text) {
    this.#say("heard", `${gettext("You")}: ${text}`)
    this.#send({ type: "ask", text })
  }

  /** Repeat: the avatar says exactly this. */
  repeat(text) {
    this.#send({ type: "say", text })
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
    if (changed) this.#choice = { ...this.#choice, ...wish }
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
    if (changed && isChosen) this.#choice = { ...this.#choice, quality }
    return changed
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

  /** Close, or leave the line. What the network thinks of it does not keep the page. */
  async close() {
    if (!isOpen(this.phase) || this.phase === "closing") return
    const { id } = this
    const reason = isInLine(this.phase) ? "you_left_line" : "you_closed"
    const words = isInLine(this.phase) ? gettext("Leaving the line…") : gettext("Closing connection… please wait")
    // Asked before the stream is let go, whose end upstream may notice first.
    const stopped = id ? this.#api.stopSession(id) : null
    this.#enter("close", words)
    this.#release()
    this.#tab.forget()
    try {
      await stopped
    } catch (problem) {
      this.#report(problem)
    }
    this.#end(reason)
  }

  /** The page goes away: let go without waiting. The caller sends the beacon. */
  leave() {
    if (isOpen(this.phase)) this.#end("you_left")
  }

  // Coming back ------------------------------------------------------------------------

  /**
   * Return to what this tab showed before, unless another tab has it.
   *
   * @param {import("frontend/session/tab").Kept} kept
   * @param {{isReload?: boolean}} [how]  whether the page was but loaded anew
   */
  comeBack(kept, { isReload = false } = {}) {
    return this.#return(kept, { steal: false, isReload })
  }

  /** A session that another window may show; `move` brings it here. */
  findElsewhere(kept) {
    if (isOpen(this.phase)) return
    this.#reset()
    this.#recall(kept)
    this.#enter("moved", gettext("The session is open in another window"))
  }

  /** Bring it here from another window. */
  async move() {
    if (this.phase !== "elsewhere") return
    await this.#return(this.#kept(), { steal: true })
  }

  #kept() {
    return { id: this.id, starts: this.#starts, before: this.#before, choice: this.#choice }
  }

  #recall({ id, starts = true, before = "", choice = {} }) {
    this.id = id
    this.#starts = starts
    this.#before = before
    this.#choice = choice
  }

  async #return(kept, { steal, isReload = false }) {
    if (isOpen(this.phase)) return
    this.#reset()
    this.#isReload = isReload
    this.#recall(kept)
    this.#enter("return", gettext("Coming back to your session… please wait"))
    const { signal } = this.#life
    const isOurs = await this.#hold(steal)
    if (signal.aborted) return
    if (!isOurs) this.#moved(gettext("The session is open in another window"))
    else this.#seek({ after: 0 })
  }

  /** Mend a broken stream, once: whether that is being tried. */
  #mend(why) {
    if (this.#mended || !this.#wasLive || !hasStream(this.phase)) return false
    this.#mended = this.#isBack = true
    const after = this.#socket?.lastSeq ?? 0
    this.#release()
    this.#life = new AbortController()
    this.#starts = true
    this.#enter("return", fill(gettext("{why} Reconnecting…"), { why }))
    this.#seek({ after })
    return true
  }

  /**
   * A new stream in place of one that is fine, which plays on until the new one is there.
   * A refusal changes nothing. Whether it was done.
   */
  async #renew(hold, words, call) {
    if (this.phase !== "live" || this.hold) return false
    this.hold = hold
    this.#reopens = this.#isAsking = true
    this.#say("status", words)
    this.#changed()
    const { signal } = this.#life
    let answer = null
    try {
      answer = await call()
    } catch (problem) {
      if (!signal.aborted) this.#report(problem)
    }
    this.#isAsking = false
    if (signal.aborted) return false
    if (answer) await this.#follows(answer)
    else this.#goesOn()
    return answer !== null
  }

  /** Go over to the new stream of the same session. */
  async #follows(answer) {
    this.#life.abort("renewed")
    this.#life = new AbortController()
    this.#peer?.close()
    this.#peer = null
    this.speech.reset()
    this.#starts = this.#isBack = true
    this.#enter("return", gettext("A new stream is there"))
    // A new persona has presentations of its own: the first frame of a socket tells them.
    if (this.hold === "persona") this.#listen({ after: this.#socket.lastSeq })
    try {
      await this.#receive(answer)
    } catch (problem) {
      this.#fail(problem)
    }
  }

  /** It was refused: as before, unless the server has ended the session over it. */
  #goesOn() {
    this.hold = ""
    this.#reopens = false
    this.#follow()
    this.#changed()
  }

  /** Let the server tell what has become of the session that was lost. */
  #seek({ after }) {
    this.#isLost = true
    this.#listen({ after })
  }

  /** What was missed has been told: go on from where the session stands now. */
  async #goOn() {
    const endedAgoMs = this.serverNowMs - this.#endedAtMs
    const facts = { wasHere: this.#mended, isReload: this.#isReload, endedAgoMs }
    switch (wayBack(this.story, facts)) {
      case "line":
        this.#standInLine(gettext("Back in line"))
        break
      case "resume":
        await this.#resume()
        break
      case "continue":
        await this.#continue()
        break
      case "end":
        this.#end(this.story.endReason)
    }
  }

  async #resume() {
    this.#isLost = false
    this.#reopens = true
    this.#isBack = this.#wasLive
    this.#starts ||= this.story.state !== "ready"
    this.#enter("", gettext("The session is still open; coming back to it"))
    await this.#askFor(() => this.#api.resumeSession(this.id))
  }

  async #continue() {
    this.#isLost = false
    this.#before = this.id
    this.#mended = true
    this.#starts = true
    this.#socket.close()
    const { text } = ending(this.story.endReason)
    this.#enter("", fill(gettext("{ending} Going on in a new session"), { ending: text }))
    const asked = { ...this.#choice, continues: this.#before }
    await this.#askFor(() => this.#api.createSession(asked))
  }

  // Getting a seat ---------------------------------------------------------------------

  /** Ask for a stream; the answer is one, or a place in line. */
  async #askFor(call) {
    const { signal } = this.#life
    this.#isAsking = true
    try {
      const answer = await call()
      this.#isAsking = false
      if (signal.reason === MOVED) return
      if (signal.aborted) await this.#api.stopSession(answer.session_id)
      else if (answer.status === "waiting") this.#queued(answer)
      else await this.#receive(answer)
    } catch (problem) {
      this.#isAsking = false
      if (!signal.aborted) this.#fail(problem)
    }
  }

  #queued(ticket) {
    const lostIt = this.id === ticket.session_id && this.phase === "opening"
    this.#adopt(ticket.session_id)
    const at = new Date(this.serverNowMs).toISOString()
    this.story = { ...this.story, state: "waiting", place: placeAt(ticket, at) }
    this.#standInLine(lostIt ? gettext("The seat was taken a moment before; you keep your place") : "")
  }

  /** In line: wait, or be offered a seat, as the newest word has it. */
  #standInLine(word = "") {
    const { place } = this.story
    const happening = place.offered_until ? "offered" : "queued"
    if (nextPhase(this.phase, happening) === this.phase) return
    if (this.phase === "offered") word = gettext("The seat is needed elsewhere after all; you keep your place")
    if (word) this.#say("status", word)
    const text = place.offered_until ? gettext("A seat is free for you") : placeText(place)
    this.#enter(happening, text)
  }

  async #receive(session) {
    this.#adopt(session.session_id)
    this.story = { ...this.story, place: null, endsAt: session.ends_at ?? "", endReason: "" }
    this.#peer = this.#createPeer({
      iceServers: session.ice_servers2 ?? session.ice_servers ?? [],
      onStream: (stream) => this.#emit("stream", stream),
      onIce: (state) => this.#iceChanged(state),
      onTalking: (event) => this.#talking(event),
      onWords: (taskId, words) => this.speech.time(taskId, words),
    })
    const { signal } = this.#life
    await this.#peer.accept(session.sdp)
    if (signal.aborted) return
    const done = this.#isBack ? gettext("Session resumed") : gettext("Session created")
    const next = fill(gettext("{done}. You can start the stream now"), { done })
    this.#enter("opened", this.#starts ? done : next)
    if (this.#starts) await this.start()
  }

  /** Make a session ours: its id, its socket, and the right to show it. */
  #adopt(id) {
    const isKnown = this.#socket && this.id === id
    this.id = id
    this.#keep()
    this.#hold(true)
    if (isKnown) return
    this.story = UNTOLD
    this.#reopens = false
    this.#listen({ after: 0 })
  }

  #keep() {
    this.#tab.remember(this.#kept())
  }

  #hold(steal) {
    const { id } = this
    const onTaken = () => this.id === id && this.#moved(gettext("Another window has taken over"))
    return this.#tab.hold(id, { steal, onTaken })
  }

  /** Another window has it; nothing of it is ours any more, and nothing is stopped. */
  #moved(word) {
    if (!isOpen(this.phase)) return
    this.#release(MOVED)
    this.#enter("moved", word)
  }

  // What the server tells --------------------------------------------------------------

  #listen({ after }) {
    if (after === 0) this.#emit("retell", this.id)
    this.#socket?.close()
    this.#pastSeq = -1
    this.#socket = this.#connect(this.id, {
      after,
      onFrame: (frame) => this.#hear(frame),
      onLink: (link, code) => this.#linked(link, code),
    })
  }

  #hear(frame) {
    if (frame.type === "snapshot") this.#meet(frame)
    if (!isOpen(this.phase)) return
    if (frame.seq !== null && frame.type !== "snapshot" && frame.seq <= this.#pastSeq) {
      this.#remember(frame)
    } else {
      this.#live(frame)
    }
    const isCaughtUp = this.#pastSeq >= 0 && this.#socket?.lastSeq >= this.#pastSeq
    if (this.phase === "resuming" && this.#isLost && isCaughtUp) this.#goOn()
    this.#changed()
  }

  /** The first frame of a socket: when we are, and whether this is ours at all. */
  #meet({ at, seq, data }) {
    this.clockOffsetMs = clockOffsetMs(at, Date.now())
    if (this.#pastSeq < 0) this.#pastSeq = seq ?? 0
    if (data.role !== "operator") return
    this.#tab.forget()
    this.#end("gone")
  }

  #remember(frame) {
    this.#learn(frame)
    this.#emit("past", frame)
    if (MEMORIES.has(frame.type)) this.#note(this.#lineFor(frame), new Date(frame.at))
  }

  #learn({ type, at, data }) {
    if (type !== "session.status") return
    if (data.to === "live") this.#wasLive = true
    if (isOver(data.to)) this.#endedAtMs = Date.parse(at)
  }

  #live(frame) {
    this.#learn(frame)
    this.#emit("frame", frame)
    this.story = { ...tell(this.story, frame), iceState: this.#peer?.iceState ?? "" }
    const taskId = String(frame.data.task_id)
    if (WORDS.has(frame.type)) this.speech.accept(taskId, frame.data.text)
    if (frame.type === "avatar.start_talking") this.#talked("start", taskId)
    if (frame.type === "avatar.stop_talking") this.#talked("stop", taskId)
    if (frame.type === "turn.finished" && frame.data.interrupted && !this.story.turn) {
      this.speech.drop()
    }
    if (frame.type === "time.left") this.#emit("time", frame.data)
    if (frame.type === "error") this.#emit("problem", problemFrom(0, frame.data))
    if (!ECHOES.has(frame.type)) this.#note(this.#lineFor(frame))
    if (this.#isReopened(frame)) this.#moved(gettext("The session goes on in another window"))
    if (this.phase !== "resuming") this.#follow()
  }

  /** Whether somebody gave the session a new stream, and that was not us. */
  #isReopened({ type, data }) {
    if (type !== "session.status" || data.to !== "opening" || !isUsable(data.from)) return false
    const byUs = this.#reopens
    this.#reopens = false
    return !byUs && hasStream(this.phase)
  }

  /** What the session's own changes mean for us, who did not ask for them. */
  #follow() {
    const { state, place, endReason } = this.story
    if (this.#isAsking) return // the answer says more
    if (isOver(state) || state === "closing") {
      if (isAccident(endReason) && this.#mend(ending(endReason).text)) return
      this.#end(endReason)
    } else if (isInLine(this.phase)) {
      if (state !== "waiting") this.#moved(gettext("The seat was taken in another window"))
      else if (place) this.#standInLine()
    }
  }

  #lineFor(frame) {
    return lineFor(frame, { persona: this.story.personaName || gettext("Avatar"), viewer: gettext("You") })
  }

  /** The data channel is quickest: act on it, and tell those who watch. */
  #talking({ state, taskId }) {
    this.#talked(state, taskId)
    this.#socket?.send({ type: "avatar.talking", state, task_id: taskId })
    this.#changed()
  }

  #talked(state, taskId) {
    this.#emit("talked", { state, taskId })
    this.quietSinceMs = Date.now()
    this.speech.talked(state, taskId)
  }

  #iceChanged(state) {
    if (!isOpen(this.phase) || (this.hold && this.phase === "live")) return
    this.story = { ...this.story, iceState: state }
    this.#say("ice", iceText(state))
    // The server ends a session whose connection failed, so it hears of that only when
    // there is nothing more that we would try.
    if (state === "failed" && this.#mend(gettext("The media connection failed."))) return
    this.#socket?.send({ type: "ice.state", state })
    if (state === "failed") {
      this.#fail(new Problem({ code: "media_failed", message: gettext("The media connection failed.") }))
    }
    this.#changed()
  }

  #linked(link, code) {
    if (!isOpen(this.phase)) return
    if (link === "open" && this.#peer) this.#tellIce()
    if (link !== this.link) {
      if (link === "lost") this.#say("status", gettext("Connection lost; trying again"))
      if (link === "open") this.#say("status", gettext("Connection is back"))
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
      this.#report(new Problem({ code: "not_authenticated", message: gettext("You are signed out.") }))
    }
    this.#tab.forget()
    this.#end("gone")
  }

  #send(message) {
    this.quietSinceMs = Date.now()
    if (this.#socket?.send(message)) return
    this.#report(new Problem({ code: "network", message: gettext("Not sent: the connection is down.") }))
  }

  #reportStats() {
    this.#repeat(REPORT_EVERY_MS, async () => {
      const stats = await this.#peer?.stats("report")
      if (stats) this.#socket?.send({ type: "media.stats", ...stats })
    })
    this.#repeat(LOOK_EVERY_MS, async () => {
      const stats = await this.#peer?.stats("look")
      if (!stats || this.hold || !this.#isSeen()) return
      this.#emit("stats", stats)
      if (this.presence.note(stats)) this.#pictureChanged()
    })
  }

  /**
   * The sound is there and the picture is not: after some seconds one goes on without it.
   * Until the first picture nobody else looks.
   */
  #awaitPicture() {
    this.presence.reset()
    this.#repeat(LOOK_EVERY_MS, async () => {
      if (this.phase !== "connecting") return
      const stats = await this.#peer?.stats("first")
      if (!stats || this.phase !== "connecting" || !this.presence.note(stats)) return
      this.#pictureChanged()
      this.playing()
    })
  }

  #pictureChanged() {
    const { picture } = this.presence
    this.#say("status", picture ? gettext("The picture is back") : gettext("No picture comes through; voice and text go on"))
    this.#emit("picture", picture)
    this.#changed()
  }

  #repeat(everyMs, does) {
    const timer = setInterval(does, everyMs)
    this.#life.signal.addEventListener("abort", () => clearInterval(timer))
  }

  // Endings ----------------------------------------------------------------------------

  #giveUpAfter(waitMs, phase, code, message) {
    this.#within(waitMs, () => {
      if (this.phase === phase) this.#fail(new Problem({ code, message }))
    })
  }

  /** Do something later, unless this life of the session is over by then. */
  #within(waitMs, does) {
    const { signal } = this.#life
    const timer = setTimeout(() => does(), waitMs)
    signal.addEventListener("abort", () => clearTimeout(timer))
  }

  /** Something failed for good: say so, and give the seat back if we hold one. */
  #fail(problem) {
    if (!isOpen(this.phase) || this.phase === "closing") return
    this.#report(problem)
    const { id } = this
    this.#end(problem.code, problem.message)
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

  #end(reason, message = "") {
    if (!isOpen(this.phase)) return
    const inLine = isInLine(this.phase)
    const words = message ? { text: message, hint: "" } : ending(reason, { inLine })
    const continues = this.#wasLive ? this.id : this.#before
    const place = message && this.phase === "opening" ? this.id : ""
    this.end = { reason, ...words, inLine, continues, place }
    if (!continues && reason !== "you_left") this.#tab.forget()
    this.#release()
    this.#tab.release()
    const why = message || reasonText(reason) || reasonText("gone")
    this.#enter("ended", fill(gettext("Session ended: {why}"), { why }))
  }

  /** Let go of everything that this session holds. Doing it twice is harmless. */
  #release(why = "ended") {
    this.#life.abort(why)
    this.#socket?.close()
    this.#peer?.close()
    this.#socket = null
    this.#peer = null
    this.#reopens = false
    this.#isLost = false
    this.hold = ""
    this.speech.reset()
  }

  #reset() {
    this.#release()
    this.#life = new AbortController()
    this.story = UNTOLD
    this.link = "open"
    this.id = ""
    this.#before = ""
    this.#wasLive = false
    this.#isBack = false
    this.#isReload = false
    this.#mended = false
    this.#endedAtMs = 0
    this.end = NO_END
  }

  #enter(happening, text) {
    this.phase = nextPhase(this.phase, happening)
    if (happening === "return") {
      this.#giveUpAfter(RESUME_TIMEOUT_MS, "resuming", "resume_timeout", gettext("The session could not be reached."))
    }
    this.#say("status", text)
    this.#changed()
  }

  #say(kind, text) {
    this.#note({ kind, text })
  }

  #note(line, at = new Date()) {
    if (line) this.#emit("line", { ...line, at })
  }

  #changed() {
    this.#emit("change")
  }

  #emit(type, detail = undefined) {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}
