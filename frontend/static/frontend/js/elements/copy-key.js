import { gettext } from "frontend/i18n"

/** How long the key says that it has copied. */
const SAYS_SO_MS = 2500

/**
 * A key that copies the text of the element whose id is in `for`.
 *
 *   <copy-key for="link" hidden><button type="button"><span data-part="words">Copy</span></button></copy-key>
 *
 * It is hidden until the browser can copy; where that is refused, the text is selected, so
 * that the keyboard can do it.
 */
export class CopyKey extends HTMLElement {
  static define(tag = "copy-key", registry = customElements) {
    registry.define(tag, this)
  }

  #leaving = null
  #timer = 0

  connectedCallback() {
    this.#leaving = new AbortController()
    const { signal } = this.#leaving
    this.setAttribute("aria-live", "polite")
    this.querySelector("button").addEventListener("click", () => this.#copy(), { signal })
    this.hidden = false
  }

  disconnectedCallback() {
    this.#leaving?.abort()
    clearTimeout(this.#timer)
  }

  async #copy() {
    const source = document.getElementById(this.getAttribute("for"))
    try {
      await navigator.clipboard.writeText(source.textContent.trim())
      this.#say(gettext("Copied"))
    } catch {
      getSelection().selectAllChildren(source)
      this.#say(gettext("Selected: now copy it"))
    }
  }

  #say(words) {
    const place = this.querySelector("[data-part=words]")
    if (!this.#timer) this.dataset.words = place.textContent
    clearTimeout(this.#timer)
    place.textContent = words
    this.#timer = setTimeout(() => {
      place.textContent = this.dataset.words
      this.#timer = 0
    }, SAYS_SO_MS)
  }
}
