/**
 * The peer connection to an avatar. The avatar's side offers, this side answers; it also
 * makes the data channel, over which it says when it begins and stops talking.
 */
import { parseAvatarEvent } from "frontend/session/frames"
import { between, sample } from "frontend/media/stats"

/**
 * How much media the browser should hold back, in milliseconds. It is a wish: the browser
 * takes more on a line that jitters. Small, because every millisecond here is added to each
 * answer and to each interruption; not zero, so that one late packet is no gap yet.
 */
const JITTER_BUFFER_TARGET_MS = 50

export class AvatarPeer {
  #connection
  #candidates = []
  #send = null
  /** The sample before, for each of those who ask. */
  #before = new Map()

  /**
   * @param {object} means
   * @param {RTCIceServer[]} means.iceServers
   * @param {(stream: MediaStream) => void} means.onStream  once per track
   * @param {(state: RTCIceConnectionState) => void} means.onIce
   * @param {(event: {state: "start"|"stop", taskId: string}) => void} means.onTalking
   * @param {(taskId: string, words: import("frontend/session/frames").WordTime[]) => void} [means.onWords]
   *   when words are said, where the avatar tells; after the utterance's start
   */
  constructor({ iceServers, onStream, onIce, onTalking, onWords = () => {} }) {
    const connection = new RTCPeerConnection({ iceServers })
    connection.ontrack = ({ streams, receiver }) => {
      receiver.jitterBufferTarget = JITTER_BUFFER_TARGET_MS
      onStream(streams[0])
    }
    connection.oniceconnectionstatechange = () => onIce(connection.iceConnectionState)
    connection.onicecandidate = ({ candidate }) => this.#found(candidate)
    connection.ondatachannel = ({ channel }) => {
      channel.binaryType = "arraybuffer"
      channel.onmessage = ({ data }) => {
        const event = parseAvatarEvent(data)
        if (!event) return
        const { state, taskId, words } = event
        if (state !== "words") onTalking({ state, taskId })
        if (words) onWords(taskId, words)
      }
    }
    this.#connection = connection
  }

  get iceState() {
    return this.#connection.iceConnectionState
  }

  /** Take the avatar's offer: a description, or its bare SDP text. */
  async accept(offer) {
    const description = typeof offer === "string" ? { type: "offer", sdp: offer } : offer
    await this.#connection.setRemoteDescription(description)
  }

  /** Our answer. Candidates found from here on wait for `sendCandidates`. */
  async answer() {
    await this.#connection.setLocalDescription(await this.#connection.createAnswer())
    const { type, sdp } = this.#connection.localDescription
    return { type, sdp }
  }

  /**
   * Hand candidates to the other side, those already found and those to come. A lost one
   * is no harm while another pair works.
   */
  sendCandidates(send) {
    this.#send = (candidate) => send(candidate).catch(() => {})
    this.#candidates.splice(0).forEach(this.#send)
  }

  /**
   * What happened since the same `asker` called last; null on the first call, and once closed.
   */
  async stats(asker = "") {
    if (this.#connection.connectionState === "closed") return null
    const before = this.#before.get(asker)
    const now = sample(await this.#connection.getStats(), performance.now())
    this.#before.set(asker, now)
    return before ? between(before, now) : null
  }

  close() {
    this.#connection.oniceconnectionstatechange = null
    this.#connection.close()
  }

  #found(candidate) {
    if (!candidate?.candidate) return
    const plain = candidate.toJSON()
    if (this.#send) this.#send(plain)
    else this.#candidates.push(plain)
  }
}
