/** The card and the prompt, made anew while the draft is written. */
import { part, setText } from "frontend/page/parts"

const PAUSE_MS = 500
const TOO_OFTEN_MS = 5000

export class Preview {
  #fetch
  #timer = null
  #isRunning = false
  #isStale = false

  /** What the persona would say first; follows. */
  welcome

  /**
   * @param {object} means
   * @param {() => Promise<Response>} means.fetch  asks for what the form would make
   * @param {string} means.welcome
   */
  constructor({ fetch, welcome }) {
    this.#fetch = fetch
    this.welcome = welcome
  }

  /** Something was written. */
  changed(inMs = PAUSE_MS) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#update(), inMs)
  }

  async #update() {
    if (this.#isRunning) {
      this.#isStale = true
      return
    }
    this.#isRunning = true
    this.#isStale = false
    try {
      const answer = await this.#fetch()
      if (answer.ok) this.#show(await answer.json())
      else if (answer.status === 429) this.changed(TOO_OFTEN_MS)
    } catch {
      // The next change asks again; the bar says that the site is away.
    } finally {
      this.#isRunning = false
      if (this.#isStale) this.changed()
    }
  }

  #show({ name, title, tags, picture, initial, welcome, prompt }) {
    this.welcome = welcome
    setText(part("card-name"), name)
    setText(part("heading-name"), name)
    setText(part("card-title"), title)
    setText(part("card-welcome"), welcome)
    setText(part("card-initial"), initial)
    setText(part("prompt"), prompt)
    part("card-tags").replaceChildren(...tags.map(item))
    part("card-picture").hidden = !picture
    part("card-letter").hidden = Boolean(picture)
    if (picture && part("card-picture").getAttribute("src") !== picture) part("card-picture").src = picture
  }
}

function item(text) {
  const one = document.createElement("li")
  const tag = document.createElement("span")
  tag.className = "tag"
  tag.textContent = text
  one.append(tag)
  return one
}
