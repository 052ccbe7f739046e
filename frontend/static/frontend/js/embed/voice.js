/** One key for the microphone: on, it listens hands-free; off, it is closed. */
import { voiceWords } from "frontend/embed/words"
import { VoiceInput } from "frontend/voice/input"
import { isAllowed, obstacle, openMicrophone } from "frontend/voice/microphone"

/** So much of what the avatar said may still be in the room. */
const CAPTIONS_KEPT = 3

export class VoiceKey {
  #key
  #session
  #input
  #captions = []

  /**
   * @param {object} means
   * @param {HTMLButtonElement} means.key
   * @param {import("frontend/session/viewer").ViewerSession} means.session
   * @param {import("frontend/session/api").Api} means.api
   * @param {string} means.language  of the persona
   * @param {(problem: Error) => void} means.onProblem
   * @param {(words: string) => void} means.onWords  the state, when it has changed
   */
  constructor({ key, session, api, language, onProblem, onWords }) {
    this.#key = key
    this.#session = session
    this.#input = new VoiceInput({
      obstacle: obstacle(),
      open: openMicrophone,
      isAllowed,
      transcribe: (wav, { signal }) => api.transcribe(session.id, wav, { signal }),
      session: this.#asHeard(language),
    })
    this.#input.addEventListener("text", ({ detail }) => this.#understood(detail))
    this.#input.addEventListener("problem", ({ detail }) => onProblem(detail))
    this.#input.addEventListener("level", ({ detail }) => key.style.setProperty("--level", detail.toFixed(2)))
    this.#input.addEventListener("change", () => this.#show(onWords))
    key.addEventListener("click", () => this.#input.choose(this.#input.mode === "off" ? "free" : "off"))
    document.addEventListener("visibilitychange", () => this.show())
    addEventListener("pagehide", () => this.#input.attend({ isLive: false, isSeen: false }))
  }

  /** The session has changed. */
  show() {
    const { caption } = this.#session.speech
    if (caption && caption !== this.#captions.at(-1)) {
      this.#captions.push(caption)
      if (this.#captions.length > CAPTIONS_KEPT) this.#captions.shift()
    }
    const isLive = this.#session.phase === "live"
    this.#key.disabled = !isLive
    this.#input.attend({ isLive, isSeen: document.visibilityState === "visible" })
  }

  #asHeard(language) {
    const session = this.#session
    const captions = this.#captions
    return {
      language,
      get isBusy() {
        return session.busy
      },
      get isSpeaking() {
        return session.speech.isSpeaking
      },
      get saidLately() {
        return captions.join(" ")
      },
      interrupt: () => session.interrupt(),
      stay: () => session.stay(),
    }
  }

  #understood(text) {
    if (this.#session.phase !== "live") return
    if (this.#session.busy) this.#session.interrupt()
    this.#session.ask(text)
  }

  #show(onWords) {
    const { state, isOpen } = this.#input
    const words = voiceWords(state)
    this.#key.setAttribute("aria-pressed", String(isOpen))
    this.#key.setAttribute("aria-label", words)
    this.#key.title = words
    this.#key.dataset.state = state
    onWords(words)
  }
}
