/** What the engine answered instead of doing as asked; `code` is the protocol's. */
export class WireFailure extends Error {
  constructor(status, code, message) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** The streaming protocol's calls. `onCall` hears of each one: its name and how it went. */
export class Wire {
  constructor({ key = "demo", onCall = () => {} } = {}) {
    this.key = key
    this.onCall = onCall
  }

  get(path) {
    return this.#send(path, { method: "GET" })
  }

  post(call, body = {}, options = {}) {
    return this.#send(`/v1/streaming.${call}`, {
      method: "POST",
      body: JSON.stringify(body),
      ...options,
    })
  }

  async #send(path, options) {
    const asked = performance.now()
    const headers = { "Content-Type": "application/json", "X-Api-Key": this.key }
    let answer
    try {
      answer = await fetch(path, { ...options, headers })
    } catch {
      this.onCall(path, "no answer", performance.now() - asked)
      throw new WireFailure(0, 0, "The engine does not answer. Is it still running?")
    }
    const body = await answer.json().catch(() => ({}))
    this.onCall(path, String(body.code ?? answer.status), performance.now() - asked)
    if (!answer.ok) {
      throw new WireFailure(answer.status, body.code ?? answer.status, body.message ?? answer.statusText)
    }
    return body.data
  }
}

/**
 * One session, from the offer to its end.
 *
 * `on.event` hears the avatar's events, `on.state` the connection's states. Whoever opens one
 * closes it; closing twice is harmless.
 */
export class Session {
  #wire
  #connection
  #isClosed = false

  static async open(wire, wish, on) {
    const session = new Session()
    session.#wire = wire
    const offered = await wire.post("new", wish)
    session.id = offered.session_id
    try {
      await session.#answer(offered, on)
    } catch (error) {
      await session.close()
      throw error
    }
    return session
  }

  async #answer(offered, on) {
    const connection = new RTCPeerConnection({ iceServers: offered.ice_servers2 })
    this.#connection = connection
    connection.ontrack = ({ streams }) => on.stream(streams[0])
    connection.onconnectionstatechange = () => on.state(connection.connectionState)
    connection.ondatachannel = ({ channel }) => {
      channel.binaryType = "arraybuffer"
      channel.onmessage = ({ data }) => on.event(JSON.parse(new TextDecoder().decode(data)))
    }
    // Installed before there can be candidates: some are posted before the start.
    connection.onicecandidate = ({ candidate }) => candidate && this.#trickle(candidate)
    await connection.setRemoteDescription(offered.sdp)
    await connection.setLocalDescription(await connection.createAnswer())
    await this.#post("start", { sdp: connection.localDescription.toJSON() })
  }

  async #trickle(candidate) {
    // A candidate that is refused is one way less to connect, and no reason to stop.
    await this.#post("ice", { candidate: candidate.toJSON() }).catch(() => {})
  }

  say(text) {
    return this.#post("task", { text, task_type: "repeat", task_mode: "async" })
  }

  interrupt() {
    return this.#post("interrupt")
  }

  listen(isListening) {
    return this.#post(isListening ? "start_listening" : "stop_listening")
  }

  async close() {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#connection?.close()
    // `keepalive` lets it be sent by a page that is being left.
    await this.#wire.post("stop", { session_id: this.id }, { keepalive: true }).catch(() => {})
  }

  #post(call, body = {}) {
    return this.#wire.post(call, { session_id: this.id, ...body })
  }
}
