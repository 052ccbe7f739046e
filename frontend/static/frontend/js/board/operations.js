import { gettext } from "frontend/i18n"
import { Problem, problemFrom } from "frontend/session/api"

/** What staff can do from the board: one POST each, answered by a sentence. */
export class Operations {
  #fetch
  #csrfToken

  /** @param {{fetch: typeof fetch, csrfToken: string}} means */
  constructor({ fetch, csrfToken }) {
    this.#fetch = fetch
    this.#csrfToken = csrfToken
  }

  /**
   * Do what stands behind `path`; the server's words for it, or a `Problem`.
   *
   * @param {string} path
   * @param {Record<string, string>} [choices]
   * @returns {Promise<string>}
   */
  async post(path, choices = {}) {
    let answer
    try {
      answer = await this.#fetch(path, {
        method: "POST",
        credentials: "same-origin",
        headers: { "X-CSRFToken": this.#csrfToken },
        body: new URLSearchParams(choices),
      })
    } catch {
      throw new Problem({ code: "network", message: gettext("The site could not be reached.") })
    }
    const body = await answer.json().catch(() => null)
    if (!answer.ok || !body) throw problemFrom(answer.status, body)
    return body.message
  }
}
