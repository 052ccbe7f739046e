/** The portal's REST API as the studio uses it, one method per thing we ask. */
import { fill, gettext } from "frontend/i18n"

/**
 * A refusal or failure. `code` is stable; `message` is for people; `detail` says more.
 * What never reached the server has the code "network".
 */
export class Problem extends Error {
  /**
   * @param {{code: string, message: string, detail?: string, status?: number,
   *          retryAfterS?: number}} facts
   */
  constructor({ code, message, detail = "", status = 0, retryAfterS = 0 }) {
    super(message)
    this.name = "Problem"
    this.code = code
    this.detail = detail
    this.status = status
    this.retryAfterS = retryAfterS
  }
}

export class Api {
  #fetch
  #csrfToken

  /** @param {{fetch: typeof fetch, csrfToken: string}} means */
  constructor({ fetch, csrfToken }) {
    this.#fetch = fetch
    this.#csrfToken = csrfToken
  }

  /**
   * Take a seat and get the avatar's offer, or, where none is free, a place in line: the
   * answer's `status` is "waiting" then. Empty choices are left to the persona.
   *
   * @param {{persona?: string, avatar_name?: string, voice_id?: string, quality?: string,
   *          background?: string, continues?: string, wait?: boolean}} choice  `wait: false`
   *   wants no place in line: without a free seat that is an error then
   */
  createSession(choice) {
    return this.#post("/persona/heygen/session/create", given(choice))
  }

  /** Take the seat that is offered; answers as `createSession`. @param {string} session_id */
  claimSession(session_id) {
    return this.#post("/persona/heygen/session/claim", { session_id })
  }

  /**
   * A new offer for a session that is open.
   *
   * @param {string} session_id @param {string} [quality]  "" leaves it as it was
   */
  resumeSession(session_id, quality = "") {
    return this.#post("/persona/heygen/session/resume", given({ session_id, quality }))
  }

  /**
   * An offer of another persona's stream in a session that is open.
   *
   * @param {string} session_id
   * @param {{persona: string, avatar_name?: string, voice_id?: string, quality?: string}} wish
   */
  swapPersona(session_id, wish) {
    return this.#post("/persona/heygen/session/swap", given({ session_id, ...wish }))
  }

  /** @param {string} session_id @param {RTCSessionDescriptionInit} sdp */
  startSession(session_id, sdp) {
    return this.#post("/persona/heygen/session/start", { session_id, sdp })
  }

  /** @param {string} session_id @param {RTCIceCandidateInit} candidate */
  sendCandidate(session_id, candidate) {
    return this.#post("/persona/heygen/ice", { session_id, candidate })
  }

  /** @param {string} session_id */
  stopSession(session_id) {
    return this.#post("/persona/heygen/session/stop", { session_id })
  }

  /**
   * What is said in a recording, "" where there are no words.
   *
   * @param {string} session_id @param {Blob} recording @param {{signal?: AbortSignal}} [how]
   */
  async transcribe(session_id, recording, { signal } = {}) {
    const body = new FormData()
    body.append("session_id", session_id)
    body.append("audio", recording, "speech.wav")
    const headers = { "X-CSRFToken": this.#csrfToken }
    const { text } = await this.#call("/persona/heygen/transcribe", { method: "POST", headers, body, signal })
    return text
  }

  async avatars() {
    return (await this.#get("/persona/heygen/avatars")).avatars
  }

  async voices() {
    return (await this.#get("/persona/heygen/voices")).voices
  }

  #get(path) {
    return this.#call(path, {})
  }

  #post(path, body) {
    return this.#call(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.#csrfToken },
      body: JSON.stringify(body),
    })
  }

  /** One request; the `data` of its answer, or a `Problem`. */
  async #call(path, request) {
    let answer
    try {
      answer = await this.#fetch(path, { credentials: "same-origin", ...request })
    } catch {
      throw new Problem({ code: "network", message: gettext("The site could not be reached.") })
    }
    const body = await answer.json().catch(() => null)
    if (!answer.ok || !body) throw problemFrom(answer.status, body, answer.headers)
    return body.data ?? {}
  }
}

/** Without what was left empty. */
function given(wish) {
  return Object.fromEntries(Object.entries(wish).filter(([, value]) => (value ?? "") !== ""))
}

/** The `Problem` in an error answer, whatever of the documented body it carries. */
export function problemFrom(status, body, headers = new Headers()) {
  return new Problem({
    code: body?.code ?? (status >= 500 ? "server_error" : "refused"),
    message: body?.message ?? fill(gettext("The server answered {status}."), { status }),
    detail: upstreamWords(body?.upstream) || ownDetail(body),
    status,
    retryAfterS: Number(headers.get("Retry-After")) || 0,
  })
}

function upstreamWords(upstream) {
  if (!upstream?.message) return ""
  return fill(gettext("The avatar server says: {message} ({code})"), upstream)
}

function ownDetail(body) {
  return body?.error && body.error !== body.message ? String(body.error) : ""
}
