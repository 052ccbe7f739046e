import { fill, gettext } from "frontend/i18n"
import { clockText, spokenTime } from "frontend/session/time"

const SOON_MS = 60_000

/**
 * A countdown to the end of a session.
 *
 *   <time-left ends-at="2026-01-01T12:00:00Z" offset-ms="-300"></time-left>
 *
 * `offset-ms` is by how much the server's clock is ahead of ours. Without `ends-at` it shows
 * nothing. The `soon` attribute is set in the last minute.
 */
export class TimeLeft extends HTMLElement {
  static observedAttributes = ["ends-at", "offset-ms"]

  static define(tag = "time-left", registry = customElements) {
    registry.define(tag, this)
  }

  #timer = 0

  connectedCallback() {
    this.#timer = setInterval(() => this.#show(), 1000)
    this.#show()
  }

  disconnectedCallback() {
    clearInterval(this.#timer)
  }

  attributeChangedCallback() {
    this.#show()
  }

  #show() {
    const endsAt = Date.parse(this.getAttribute("ends-at") ?? "")
    this.hidden = Number.isNaN(endsAt)
    if (this.hidden) return
    const leftMs = endsAt - (Date.now() + Number(this.getAttribute("offset-ms") ?? 0))
    this.textContent = clockText(leftMs)
    this.title = fill(gettext("{time} left"), { time: spokenTime(leftMs) })
    this.toggleAttribute("soon", leftMs < SOON_MS)
  }
}
