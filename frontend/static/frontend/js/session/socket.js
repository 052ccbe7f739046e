/**
 * The session's websocket: frames in, messages out, and coming back after a loss without
 * missing an event.
 */
import { isWorthRetrying, retryDelayMs } from "frontend/session/backoff"
import { parseFrame } from "frontend/session/frames"
import { every } from "frontend/session/heart"

const HEARTBEAT_MS = 2_500

export class SessionSocket {
  #url
  #onFrame
  #onLink
  #open
  #beats
  #luck
  #socket = null
  #lastSeq
  #attempt = 0
  #timer = 0
  #stopBeating = () => {}
  #closed = false

  /**
   * @param {object} means
   * @param {string} means.url  without query
   * @param {(frame: import("frontend/session/frames").Frame) => void} means.onFrame
   * @param {(link: "open"|"lost"|"gone", code: number) => void} means.onLink
   *   "lost": trying again; "gone": for good, `code` says why
   * @param {(url: string) => WebSocket} [means.open]
   * @param {boolean} [means.beats]  whether to send heartbeats: viewers do, watchers do not
   * @param {number|null} [means.after]  number of the last event known; 0 brings all of them
   * @param {() => number} [means.luck]
   */
  constructor({
    url,
    onFrame,
    onLink,
    open = (address) => new WebSocket(address),
    beats = true,
    after = null,
    luck = Math.random,
  }) {
    this.#url = url
    this.#onFrame = onFrame
    this.#onLink = onLink
    this.#open = open
    this.#beats = beats
    this.#lastSeq = after
    this.#luck = luck
    this.#connect()
  }

  /** The number of the last event that was heard, or null before the first. */
  get lastSeq() {
    return this.#lastSeq
  }

  /** Send one message. False when there is no open connection to carry it. */
  send(message) {
    if (this.#socket?.readyState !== 1) return false
    this.#socket.send(JSON.stringify(message))
    return true
  }

  /** Close for good; no link report follows. */
  close() {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#stopBeating()
    const socket = this.#socket
    if (socket?.readyState === 0) socket.onopen = () => socket.close(1000) // else it complains
    else socket?.close(1000)
  }

  #connect() {
    const query = this.#lastSeq === null ? "" : `?after=${this.#lastSeq}`
    const socket = this.#open(this.#url + query)
    this.#socket = socket
    socket.onopen = () => this.#opened()
    socket.onmessage = ({ data }) => this.#received(data)
    socket.onclose = ({ code }) => this.#lost(code)
  }

  #opened() {
    this.#attempt = 0
    this.#onLink("open", 0)
    if (!this.#beats) return
    this.send({ type: "heartbeat" })
    this.#stopBeating = every(HEARTBEAT_MS, () => this.send({ type: "heartbeat" }))
  }

  /** Hand a frame on, unless it is an event that was seen before the connection broke. */
  #received(data) {
    const frame = parseFrame(data)
    if (!frame || this.#closed) return
    if (frame.type === "snapshot") {
      this.#lastSeq ??= frame.seq // after a reconnect, what was missed comes next
    } else if (frame.seq !== null) {
      if (frame.seq <= this.#lastSeq) return
      this.#lastSeq = frame.seq
    }
    this.#onFrame(frame)
  }

  #lost(code) {
    this.#stopBeating()
    if (this.#closed) return
    if (!isWorthRetrying(code)) {
      this.#closed = true
      this.#onLink("gone", code)
      return
    }
    this.#onLink("lost", code)
    this.#timer = setTimeout(
      () => this.#connect(),
      retryDelayMs(this.#attempt++, this.#luck()),
    )
  }
}

/** The websocket address of a session, for a page at `location`. */
export function socketUrl(sessionId, location) {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:"
  return `${scheme}//${location.host}/ws/sessions/${sessionId}/`
}
