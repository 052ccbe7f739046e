/**
 * The avatar's stream in this page: the connection it comes over, and second by second
 * whether sound and picture come through.
 *
 * Events: "stream" with the media; "ice" with the state of the connection; "talking" and
 * "words" with what the avatar says it says; "look" with each second's figures, "report" with
 * those for the server; "picture" when there is none any more, or one again.
 */
import { Presence } from "frontend/media/presence"

const LOOK_EVERY_MS = 1_000
const REPORT_EVERY_MS = 5_000

export class Stream extends EventTarget {
  /** Whether there is a picture, or one is hoped for; sound and words go on without. */
  presence = new Presence()

  #createPeer
  #isSeen
  #peer = null
  #isPlaying = false
  #timers = []

  /**
   * @param {object} means
   * @param {(offer: object) => import("frontend/media/peer").AvatarPeer} means.createPeer
   * @param {() => boolean} means.isSeen  whether its figures say something of the connection
   */
  constructor({ createPeer, isSeen }) {
    super()
    this.#createPeer = createPeer
    this.#isSeen = isSeen
  }

  /** Of the connection, or "" without one. */
  get iceState() {
    return this.#peer?.iceState ?? ""
  }

  /** Take what is offered, in place of what was there. */
  async accept({ sdp, ice_servers2, ice_servers }) {
    this.#peer = this.#createPeer({
      iceServers: ice_servers2 ?? ice_servers ?? [],
      onStream: (stream) => this.#emit("stream", stream),
      onIce: (state) => this.#emit("ice", state),
      onTalking: (event) => this.#emit("talking", event),
      onWords: (taskId, words) => this.#emit("words", { taskId, words }),
    })
    await this.#peer.accept(sdp)
  }

  /** Our answer to the offer. */
  answer() {
    return this.#peer.answer()
  }

  /** What else the other side must know of our addresses; nothing once it was let go. */
  sendCandidates(send) {
    this.#peer?.sendCandidates(send)
  }

  /**
   * The sound is there and the picture is not: after some seconds one goes on without it.
   * Until the first picture nobody else looks.
   */
  awaitPicture() {
    this.#isPlaying = false
    this.presence.reset()
    this.#repeat(LOOK_EVERY_MS, async () => {
      if (this.#isPlaying) return
      const stats = await this.#peer?.stats("first")
      if (stats && this.#peer && !this.#isPlaying) this.#judge(stats)
    })
  }

  /** It plays: from here on tell how well. */
  watch() {
    this.#isPlaying = true
    this.#repeat(REPORT_EVERY_MS, async () => {
      const stats = await this.#peer?.stats("report")
      if (stats) this.#emit("report", stats)
    })
    this.#repeat(LOOK_EVERY_MS, async () => {
      const stats = await this.#peer?.stats("look")
      if (!stats || !this.#isSeen()) return
      this.#emit("look", stats)
      this.#judge(stats)
    })
  }

  /** Let go of it. Doing it twice is harmless. */
  close() {
    for (const timer of this.#timers.splice(0)) clearInterval(timer)
    this.#peer?.close()
    this.#peer = null
  }

  #judge(stats) {
    if (this.presence.note(stats)) this.#emit("picture", this.presence.picture)
  }

  #repeat(everyMs, does) {
    this.#timers.push(setInterval(does, everyMs))
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}
