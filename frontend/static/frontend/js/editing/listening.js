/** The key that lets the voice be heard before it is chosen. */
import { gettext } from "frontend/i18n"
import { part, setText } from "frontend/page/parts"
import { problemFrom } from "frontend/session/api"

export class Listening {
  #fetch
  #audio = null

  /** @param {{fetch: () => Promise<Response>}} means */
  constructor({ fetch }) {
    this.#fetch = fetch
  }

  /** Say the greeting, or stop saying it. */
  async flip() {
    if (this.#audio) {
      this.#stop()
      return
    }
    this.#audio = new Audio()
    const audio = this.#audio
    setText(part("listen-text"), gettext("Stop"))
    setText(part("listen-news"), gettext("One moment…"))
    try {
      const answer = await this.#fetch()
      if (!answer.ok) throw problemFrom(answer.status, await answer.json().catch(() => null))
      if (this.#audio !== audio) return
      audio.src = URL.createObjectURL(await answer.blob())
      audio.addEventListener("ended", () => this.#stop())
      await audio.play()
      setText(part("listen-news"), "")
    } catch (problem) {
      if (this.#audio === audio) this.#stop()
      setText(part("listen-news"), problem.message)
    }
  }

  #stop() {
    this.#audio.pause()
    if (this.#audio.src) URL.revokeObjectURL(this.#audio.src)
    this.#audio = null
    setText(part("listen-text"), gettext("Listen"))
    setText(part("listen-news"), "")
  }
}
