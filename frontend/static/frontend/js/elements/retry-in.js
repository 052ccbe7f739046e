import { fill, gettext } from "frontend/i18n"
import { clockText } from "frontend/session/time"

/**
 * How long to wait before another try, counting down.
 *
 *   <retry-in seconds="27"></retry-in>
 */
export class RetryIn extends HTMLElement {
  static define(tag = "retry-in", registry = customElements) {
    registry.define(tag, this)
  }

  #until = 0
  #timer = 0

  connectedCallback() {
    this.#until = Date.now() + Number(this.getAttribute("seconds")) * 1000
    this.setAttribute("aria-live", "off") // the notice around it is read once
    this.#timer = setInterval(() => this.#show(), 1000)
    this.#show()
  }

  disconnectedCallback() {
    clearInterval(this.#timer)
  }

  #show() {
    const leftMs = this.#until - Date.now()
    this.textContent =
      leftMs > 0
        ? fill(gettext("Try again in {time}."), { time: clockText(leftMs) })
        : gettext("You can try again now.")
    if (leftMs <= 0) clearInterval(this.#timer)
  }
}
