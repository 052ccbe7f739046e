/** A short session to see whether sound and picture come through; it closes itself. */
import { AvatarPeer } from "frontend/media/peer"
import { SessionSocket, socketUrl } from "frontend/session/socket"

const LONGEST_MS = 12_000
const ENOUGH_FRAMES = 20
const LOOK_EVERY_MS = 300

export class Trial {
  #api
  #session = null

  /** @param {import("frontend/session/api").Api} api */
  constructor(api) {
    this.#api = api
  }

  /** Take a seat, if one is free. Raises a `Problem`. */
  async open(persona) {
    this.#session = await this.#api.createSession({ persona, quality: "low", wait: false })
  }

  /** Which servers the browser is told to ask; none without a seat. @returns {RTCIceServer[]} */
  get iceServers() {
    return this.#session?.ice_servers2 ?? []
  }

  get isOpen() {
    return this.#session !== null
  }

  /**
   * Connect, and count what arrives for some seconds.
   *
   * @param {HTMLVideoElement} video  where the browser shows it, so that it is decoded
   */
  async run(video) {
    const { session_id: id, sdp } = this.#session
    const found = { ice: "new", frames: 0, heard: 0, rttMs: 0, relayed: false }
    const socket = new SessionSocket({ url: socketUrl(id, location), onFrame: () => {}, onLink: () => {} })
    const peer = new AvatarPeer({
      iceServers: this.iceServers,
      onStream: (stream) => show(video, stream),
      onIce: (state) => {
        found.ice = state
        socket.send({ type: "ice.state", state })
      },
      onTalking: () => {},
    })
    try {
      await peer.accept(sdp)
      await this.#api.startSession(id, await peer.answer())
      peer.sendCandidates((candidate) => this.#api.sendCandidate(id, candidate))
      await this.#count(peer, found)
    } finally {
      socket.close()
      peer.close()
      video.srcObject = null
      video.hidden = true
    }
    return found
  }

  /** Give the seat back. Twice is harmless. */
  async close() {
    const session = this.#session
    this.#session = null
    if (session) await this.#api.stopSession(session.session_id).catch(() => {})
  }

  async #count(peer, found) {
    const until = performance.now() + LONGEST_MS
    while (performance.now() < until && found.ice !== "failed") {
      await pause(LOOK_EVERY_MS)
      const stats = await peer.stats("doctor")
      if (!stats) continue
      found.frames += Math.round((stats.fps * LOOK_EVERY_MS) / 1000)
      found.heard += stats.heard_bytes
      found.rttMs = stats.rtt_ms
      found.relayed = stats.relayed === 1
      if (found.frames >= ENOUGH_FRAMES && found.heard > 0) return
    }
  }
}

function show(video, stream) {
  if (video.srcObject === stream) return
  video.hidden = false
  video.srcObject = stream
  video.play().catch(() => {})
}

function pause(ms) {
  return new Promise((done) => setTimeout(done, ms))
}
