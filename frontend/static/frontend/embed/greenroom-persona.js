/**
 * A persona to talk to, on any page that its key names:
 *
 *   <script type="module" src="https://portal.example/embed.js"></script>
 *   <greenroom-persona slug="anna" key="pk_…"></greenroom-persona>
 *
 * Attributes: `slug`, `key`; `lang` (else that of the page), `theme` ("light", "dark"),
 * `greeting="off"`. Size by CSS. Methods: `begin()`, `ask(text)`, `say(text)`,
 * `interrupt()`, `end()`; those that come before the frame is ready wait for it.
 *
 * Events, all with a `detail`: "greenroom:ready" {persona}, "greenroom:waiting" {position,
 * offered}, "greenroom:live", "greenroom:mood" {mood}, "greenroom:ended" {reason},
 * "greenroom:error" {code, message}. Nothing of what is said leaves the frame.
 */
const PORTAL = new URL(import.meta.url).origin
const SILENT_MS = 10_000
const WORDS = "@words"

const sheet = new CSSStyleSheet() // a page's own policy may forbid a style element
sheet.replaceSync(`
  :host { display: block; position: relative; box-sizing: border-box; inline-size: 100%;
    min-inline-size: 15rem; max-inline-size: 40rem; block-size: 30rem; min-block-size: 20rem;
    overflow: hidden; border-radius: 1rem; background: #12281f; }
  :host([hidden]) { display: none; }
  iframe { display: block; inline-size: 100%; block-size: 100%; border: 0; }
  p { box-sizing: border-box; display: grid; place-content: center; position: absolute;
    inset: 0; margin: 0; padding: 1.5rem; text-align: center; color: #f6f1e3;
    background: #12281f; font: 1rem/1.5 system-ui, sans-serif; }
  p[hidden] { display: none; }
`)

class GreenroomPersona extends HTMLElement {
  static observedAttributes = ["slug", "key", "lang", "theme", "greeting"]

  #frame = null
  #isReady = false
  #orders = []
  #silence = 0
  #hears = (event) => this.#hear(event)
  #isDue = false

  constructor() {
    super()
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet]
  }

  connectedCallback() {
    addEventListener("message", this.#hears)
    this.#build()
  }

  disconnectedCallback() {
    removeEventListener("message", this.#hears)
    this.#clear()
  }

  /** Several attributes that change at once make one new frame. */
  attributeChangedCallback() {
    if (!this.#frame || this.#isDue) return
    this.#isDue = true
    queueMicrotask(() => {
      this.#isDue = false
      if (this.isConnected) this.#build()
    })
  }

  /** Take a seat, or a place in line. Sound may need a touch where nobody has touched the page. */
  begin() {
    this.#order("begin")
  }

  /** Ask the persona something. */
  ask(text) {
    this.#order("ask", String(text))
  }

  /** Have it say this, where the key allows that. */
  say(text) {
    this.#order("say", String(text))
  }

  interrupt() {
    this.#order("interrupt")
  }

  end() {
    this.#order("end")
  }

  get #language() {
    return this.closest("[lang]")?.lang || navigator.language
  }

  #clear() {
    clearTimeout(this.#silence)
    this.shadowRoot.replaceChildren()
    this.#frame = null
    this.#isReady = false
    this.#orders = []
  }

  #build() {
    this.#clear()
    const [slug, key] = [this.getAttribute("slug"), this.getAttribute("key")]
    if (!slug || !key) return this.#fail("incomplete")
    const address = new URL(`/embed/${encodeURIComponent(slug)}/`, PORTAL)
    const asked = { key, lang: this.#language }
    for (const name of ["theme", "greeting"]) asked[name] = this.getAttribute(name) ?? ""
    address.search = new URLSearchParams(asked)
    const frame = document.createElement("iframe")
    frame.src = address
    frame.title = this.title || word("title", this.#language)
    frame.allow = "microphone; autoplay; fullscreen; picture-in-picture"
    frame.loading = "lazy"
    frame.referrerPolicy = "origin"
    frame.onload = () => this.#await()
    this.#frame = frame
    this.shadowRoot.append(frame)
  }

  /** What is refused by the browser itself loads too, and says nothing. */
  #await() {
    clearTimeout(this.#silence)
    if (!this.#isReady) this.#silence = setTimeout(() => this.#fail("silent"), SILENT_MS)
  }

  #hear({ source, origin, data }) {
    if (origin !== PORTAL || source !== this.#frame?.contentWindow) return
    if (data?.greenroom !== 1) return
    clearTimeout(this.#silence)
    const { type, detail = {} } = data
    if (type === "knock") return this.#post({ type: "hello" })
    if (type === "ready") this.#arrive(detail)
    this.#emit(type, detail)
  }

  #arrive({ persona }) {
    this.#isReady = true
    this.shadowRoot.querySelector("p")?.remove() // it was but slow
    if (!this.title) this.#frame.title = persona
    for (const order of this.#orders.splice(0)) this.#post(order)
  }

  #order(type, text = "") {
    const order = { type, text }
    if (this.#isReady) this.#post(order)
    else this.#orders.push(order)
    this.#frame?.setAttribute("loading", "eager") // it is wanted now, in view or not
  }

  #post(message) {
    this.#frame.contentWindow.postMessage({ greenroom: 1, ...message }, PORTAL)
  }

  #fail(code) {
    const text = word(code, this.#language)
    const box = document.createElement("p")
    box.setAttribute("role", "alert")
    box.textContent = text
    this.shadowRoot.append(box)
    this.#emit("error", { code, message: text })
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(`greenroom:${type}`, { detail, bubbles: true }))
  }
}

function word(code, language) {
  const [base] = language.toLowerCase().split("-")
  return WORDS[base]?.[code] ?? WORDS.en?.[code] ?? code
}

if (!customElements.get("greenroom-persona")) customElements.define("greenroom-persona", GreenroomPersona)
