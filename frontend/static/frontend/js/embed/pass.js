/**
 * The visitor's token: asked for when it is first needed, kept over a reload of the page, and
 * renewed while it is used. It goes in a header, since browsers keep cookies from frames.
 */

const KEY = "greenroom.visitor"
const PREFIX = "/embed"
const SUBPROTOCOL = "greenroom.visitor"
/** With so much of it used up, another one is asked for. */
const RENEW_AFTER = 1 / 3

export class VisitorPass {
  #fetch
  #storage
  #visit
  #language
  #now
  #token = ""
  #renewAtMs = 0
  #asking = null

  /**
   * @param {object} means
   * @param {typeof fetch} means.fetch
   * @param {Storage|null} means.storage
   * @param {() => {slug: string, key: string, origin: string}} means.visit
   * @param {string} means.language  of the page, for what the server has to say
   * @param {() => number} [means.now]
   */
  constructor({ fetch, storage, visit, language, now = Date.now }) {
    this.#fetch = fetch
    this.#storage = storage
    this.#visit = visit
    this.#language = language
    this.#now = now
    this.#token = storage?.getItem(KEY) ?? ""
  }

  /** Whether somebody was here before, in this tab. */
  get isKnown() {
    return this.#token !== ""
  }

  /** What a websocket asks for, so that it is let in. */
  get subprotocols() {
    return [SUBPROTOCOL, this.#token]
  }

  /**
   * `fetch` for the session's calls. A refused visit is the call's own answer; a token that is
   * no longer good is forgotten, and a new conversation begins with another.
   */
  async send(path, request) {
    const refusal = await this.#ensure()
    if (refusal) return refusal
    const answer = await this.#call(path, request)
    if (answer.status !== 401) return answer
    this.#forget()
    return path.endsWith("/create") ? ((await this.#ensure()) ?? this.#call(path, request)) : answer
  }

  /** Ask for another token, if it is time. */
  async keep() {
    if (this.isKnown) await this.#ensure()
  }

  /** Say that the page goes away; nobody waits for an answer. */
  leave(sessionId) {
    const body = JSON.stringify({ session_id: sessionId })
    const headers = { "Content-Type": "application/json" }
    this.#call("/persona/heygen/session/leave", { method: "POST", headers, body, keepalive: true }).catch(() => {})
  }

  #call(path, request) {
    return this.#fetch(PREFIX + path, {
      ...request,
      credentials: "omit",
      headers: {
        ...request.headers,
        Authorization: `Visitor ${this.#token}`,
        "Accept-Language": this.#language,
      },
    })
  }

  /** @returns {Promise<Response|null>} why there is no good token, if there is none */
  #ensure() {
    if (this.#token && this.#now() < this.#renewAtMs) return Promise.resolve(null)
    this.#asking ??= this.#ask().finally(() => (this.#asking = null))
    return this.#asking
  }

  async #ask() {
    const answer = await this.#fetch(`${PREFIX}/visit`, {
      method: "POST",
      credentials: "omit",
      headers: { "Content-Type": "application/json", "Accept-Language": this.#language },
      body: JSON.stringify({ ...this.#visit(), token: this.#token }),
    })
    if (!answer.ok) return answer
    const { token, lasts_s } = (await answer.json()).data
    this.#token = token
    this.#renewAtMs = this.#now() + lasts_s * 1000 * RENEW_AFTER
    this.#remember(token)
    return null
  }

  #forget() {
    this.#token = ""
    this.#storage?.removeItem(KEY)
  }

  #remember(token) {
    try {
      this.#storage?.setItem(KEY, token)
    } catch {
      // A full storage: then a reload begins anew.
    }
  }
}

/**
 * The tab's storage for one box alone, since several can stand on a page; null where the
 * browser refuses storage to frames.
 *
 * @param {string} name
 * @returns {Pick<Storage, "getItem"|"setItem"|"removeItem">|null}
 */
export function storageOf(name) {
  try {
    const storage = globalThis.sessionStorage
    return {
      getItem: (key) => storage.getItem(`${name}.${key}`),
      setItem: (key, value) => storage.setItem(`${name}.${key}`, value),
      removeItem: (key) => storage.removeItem(`${name}.${key}`),
    }
  } catch {
    return null
  }
}
