/**
 * The page that the box stands on: it may begin and ask, and hears how things stand. What is
 * said, by whomever, is not told to it.
 *
 * Events: "ready" once it has been met; "order" with {type, text}; "stranger" when it is none
 * of those that may have the box.
 */
import { isAllowed, originOf } from "frontend/embed/origins"

const VERSION = 1

export class Host extends EventTarget {
  /** Where the page is from, once it has said so. */
  #met = ""
  #origins
  #window

  /** @param {{origins: string[], window?: Window}} means */
  constructor({ origins, window = globalThis.window }) {
    super()
    this.#origins = origins
    this.#window = window
    window.addEventListener("message", (event) => this.#hear(event))
  }

  /** Where the page is from, as well as that is known by now. */
  get origin() {
    const { location, document } = this.#window
    return this.#met || (location.ancestorOrigins?.[0] ?? originOf(document.referrer))
  }

  /** Say that we are here; who we are is said only to a page that may know. */
  knock() {
    this.#post({ type: "knock" }, "*")
  }

  /** @param {string} type @param {object} [detail] */
  tell(type, detail = {}) {
    if (this.#met) this.#post({ type, detail }, this.#met)
  }

  #post(message, target) {
    if (this.#window.parent === this.#window) return
    this.#window.parent.postMessage({ greenroom: VERSION, ...message }, target)
  }

  #hear({ source, origin, data }) {
    if (source !== this.#window.parent || data?.greenroom !== VERSION) return
    if (!isAllowed(this.#origins, origin)) {
      this.#emit("stranger", { origin })
    } else if (data.type === "hello") {
      this.#met = origin
      this.#emit("ready")
    } else if (origin === this.#met) {
      this.#emit("order", { type: String(data.type), text: String(data.text ?? "") })
    }
  }

  #emit(type, detail = undefined) {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}
