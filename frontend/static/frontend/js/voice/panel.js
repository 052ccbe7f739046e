/** The studio's microphone: its key, its states in words, its settings. */
import { fill, gettext } from "frontend/i18n"
import { fillSelect, part, setText } from "frontend/page/parts"
import { tellListeners } from "frontend/page/news"
import { remember } from "frontend/page/preferences"
import { HoldKey } from "frontend/voice/hold"
import { VoiceInput } from "frontend/voice/input"
import { isAllowed, microphones, obstacle, openMicrophone } from "frontend/voice/microphone"
import { keyName, spokenState, stateWords } from "frontend/voice/wording"

/** Who has the focus keeps its Space bar. */
const TAKES_SPACE = "input, select, textarea, button, a, summary, [tabindex='0'], [contenteditable]"

const NOTE_MS = 8_000
const ECHO = gettext(
  "That was the avatar’s own voice. Wear headphones, or turn on “Do not listen while the avatar speaks” in the settings.",
)

/** So much of what the avatar said may still be in the room. */
const CAPTIONS_KEPT = 3

export class VoicePanel {
  #session
  #message
  #onProblem
  #personaLanguage
  #root = part("voice")
  #key = part("voice-key")
  #mode = document.querySelector("#voice-mode")
  #device = document.querySelector("#voice-device")
  #checkFirst = document.querySelector("#voice-check")
  #halfDuplex = document.querySelector("#voice-half-duplex")
  #input
  #hold = new HoldKey()
  #lastMode
  #shown = ""
  #sent = ""
  #note = 0
  #captions = []

  /**
   * @param {object} means
   * @param {import("frontend/session/viewer").ViewerSession} means.session
   * @param {import("frontend/session/api").Api} means.api
   * @param {HTMLTextAreaElement} means.message
   * @param {() => string} means.language  that of the persona, as a tag
   * @param {import("frontend/page/preferences").Preferences} means.preferred
   * @param {boolean} means.isAvailable  whether anybody can write down what is said
   * @param {(problem: Error) => void} means.onProblem
   */
  constructor({ session, api, message, language, preferred, isAvailable, onProblem }) {
    this.#session = session
    this.#message = message
    this.#onProblem = onProblem
    this.#personaLanguage = language
    this.#lastMode = preferred.voiceMode === "off" ? "hold" : preferred.voiceMode
    this.#input = new VoiceInput({
      obstacle: isAvailable ? obstacle() : "transcription_not_configured",
      open: openMicrophone,
      isAllowed,
      transcribe: (wav, { signal }) => api.transcribe(session.id, wav, { signal }),
      session: this.#asHeard(),
    })
    if (isAvailable) {
      this.#prefer(preferred)
      this.#listen()
    } else {
      this.#key.addEventListener("click", () => (part("voice-set-up").open = true))
    }
    this.show()
  }

  /** The session has changed. */
  show() {
    this.#remember(this.#session.speech.caption)
    this.#attend()
    if (this.#session.phase !== "live") this.#forget()
    this.#paint()
  }

  /** Whether somebody means to talk, and needs no message box. */
  get isOn() {
    return this.#input.mode !== "off"
  }

  /** What the avatar is told was wrong: it falls silent, and the words can be changed. */
  correct() {
    this.#session.interrupt()
    this.#offer(this.#sent)
    part("voice-heard").hidden = true
  }

  #asHeard() {
    const session = this.#session
    const language = this.#personaLanguage
    const captions = this.#captions
    return {
      get isBusy() {
        return session.busy
      },
      get isSpeaking() {
        return session.speech.isSpeaking
      },
      get language() {
        return language()
      },
      get saidLately() {
        return captions.join(" ")
      },
      interrupt: () => session.interrupt(),
      stay: () => session.stay(),
    }
  }

  #remember(caption) {
    if (!caption || caption === this.#captions.at(-1)) return
    this.#captions.push(caption)
    if (this.#captions.length > CAPTIONS_KEPT) this.#captions.shift()
  }

  #prefer({ voiceMode, voiceDevice, voiceCheck, voiceHalfDuplex }) {
    this.#mode.value = this.#input.mode = voiceMode
    this.#input.deviceId = voiceDevice
    this.#checkFirst.checked = voiceCheck
    this.#halfDuplex.checked = this.#input.isHalfDuplex = voiceHalfDuplex
  }

  #listen() {
    const input = this.#input
    input.addEventListener("change", () => this.#paint())
    input.addEventListener("level", ({ detail }) => this.#root.style.setProperty("--level", detail.toFixed(2)))
    input.addEventListener("text", ({ detail }) => this.#understood(detail))
    input.addEventListener("ignored", ({ detail }) => this.#say(fill(gettext("Heard “{words}”, and went on."), { words: detail })))
    input.addEventListener("echo", () => this.#say(ECHO, { isNews: true }))
    input.addEventListener("partial", ({ detail }) => this.#offer(detail))
    input.addEventListener("silent", () => this.#say(gettext("Nothing was understood."), { isNews: input.mode === "hold" }))
    input.addEventListener("problem", ({ detail }) => this.#onProblem(detail))
    this.#mode.addEventListener("change", () => this.#choose(this.#mode.value))
    this.#device.addEventListener("change", () => this.#chooseDevice())
    this.#checkFirst.addEventListener("change", () => remember({ voiceCheck: this.#checkFirst.checked }))
    this.#halfDuplex.addEventListener("change", () => this.#chooseHalfDuplex())
    navigator.mediaDevices?.addEventListener("devicechange", () => this.#listDevices())
    document.addEventListener("visibilitychange", () => this.#attend())
    addEventListener("pagehide", () => this.#input.attend({ isLive: false, isSeen: false }))
    this.#listenToKey()
  }

  #listenToKey() {
    const key = this.#key
    key.addEventListener("pointerdown", (event) => this.#down(event))
    for (const end of ["pointerup", "pointercancel"]) key.addEventListener(end, () => this.#up())
    key.addEventListener("contextmenu", (event) => event.preventDefault()) // of a long touch
    key.addEventListener("click", (event) => this.#clicked(event))
    document.addEventListener("keydown", (event) => this.#keyDown(event))
    document.addEventListener("keyup", (event) => this.#keyUp(event))
    addEventListener("blur", () => this.#up())
  }

  // The key ------------------------------------------------------------------------------

  #down(event) {
    if (event.button !== 0 || this.#input.mode !== "hold") return
    this.#key.setPointerCapture(event.pointerId)
    this.#act(this.#hold.down(performance.now()))
  }

  #up() {
    this.#act(this.#hold.up(performance.now()))
  }

  /** A click that no finger and no key made comes from assistive software: it is a tap. */
  #clicked({ detail }) {
    if (this.#input.mode === "off") this.#choose(this.#lastMode)
    else if (this.#input.mode === "free") this.#input.toggle()
    else if (detail === 0) {
      this.#act(this.#hold.down(performance.now()))
      this.#up()
    }
  }

  #keyDown(event) {
    if (event.key === "Escape" && this.#input.isHeld) this.#input.cancel()
    if (!this.#isTalkKey(event)) return
    event.preventDefault() // Space would scroll, or click
    this.#act(this.#hold.down(performance.now()))
  }

  #keyUp(event) {
    if (event.key !== " " && event.key !== "Enter") return
    if (event.target === this.#key && this.#input.mode === "hold") event.preventDefault()
    this.#up()
  }

  #isTalkKey({ key, target, altKey, ctrlKey, metaKey, shiftKey }) {
    if (this.#input.mode !== "hold" || this.#session.phase !== "live") return false
    if (altKey || ctrlKey || metaKey || shiftKey || document.querySelector("dialog[open]")) return false
    if (target === this.#key) return key === " " || key === "Enter"
    const isFree = document.querySelector("#single-keys").checked && !target.closest(TAKES_SPACE)
    return key === " " && isFree
  }

  #act(meaning) {
    if (meaning === "press") this.#input.press()
    if (meaning === "release") this.#input.release()
    this.#paint()
  }

  // Settings -----------------------------------------------------------------------------

  #choose(mode) {
    this.#mode.value = mode
    if (mode !== "off") this.#lastMode = mode
    remember({ voiceMode: mode })
    this.#hold.reset()
    this.#input.choose(mode)
  }

  #chooseDevice() {
    remember({ voiceDevice: this.#device.value })
    this.#input.chooseDevice(this.#device.value)
  }

  #chooseHalfDuplex() {
    this.#input.isHalfDuplex = this.#halfDuplex.checked
    remember({ voiceHalfDuplex: this.#halfDuplex.checked })
    this.#attend()
  }

  async #listDevices() {
    fillSelect(this.#device, (await microphones()).map(({ id, name }) => ({ value: id, text: name })))
    this.#device.value = [...this.#device.options].some(({ value }) => value === this.#input.deviceId)
      ? this.#input.deviceId
      : ""
  }

  #attend() {
    const isLive = this.#session.phase === "live"
    this.#input.attend({ isLive, isSeen: document.visibilityState === "visible" })
  }

  // What was said --------------------------------------------------------------------------

  #understood(text) {
    if (this.#checkFirst.checked) {
      this.#offer(text)
      tellListeners(fill(gettext("Understood: {text}. Check it, then press Enter."), { text }))
      return
    }
    if (this.#session.phase !== "live") return
    if (this.#session.busy) this.#session.interrupt()
    this.#session.ask(text)
    this.#sent = text
    setText(part("voice-text"), text)
    part("voice-heard").hidden = false
    this.#say("")
    tellListeners(fill(gettext("You said: {text}"), { text }))
  }

  /** Another session has heard nothing yet. */
  #forget() {
    this.#captions.length = 0
    const heard = part("voice-heard")
    if (heard) heard.hidden = true // there is none where nobody writes anything down
  }

  /** Into the message box, behind what is there. */
  #offer(text) {
    this.#message.value = [this.#message.value.trim(), text].filter(Boolean).join(" ")
    this.#message.focus()
  }

  /** For a moment, below the hint; read out only where somebody waits for it. */
  #say(words, { isNews = false } = {}) {
    setText(part("voice-note"), words)
    if (isNews) tellListeners(words)
    clearTimeout(this.#note)
    if (words) this.#note = setTimeout(() => this.#say(""), NOTE_MS)
  }

  // What is shown ----------------------------------------------------------------------------

  #paint() {
    const { state, mode, isHeld, isOpen, soFar } = this.#input
    if (!isHeld) this.#hold.reset() // it may have ended by itself
    const { isLatched } = this.#hold
    const { title, hint, isTrouble } = stateWords(state, { isHeld, isLatched })
    this.#root.dataset.state = state
    this.#root.toggleAttribute("data-open", isOpen)
    this.#root.toggleAttribute("data-trouble", isTrouble)
    setText(part("voice-state"), title)
    setText(part("voice-hint"), soFar ? `“${soFar} …” ${hint}` : hint)
    setText(part("voice-key-text"), keyName(mode, state))
    this.#key.setAttribute("aria-pressed", String(mode === "hold" ? isHeld : isOpen && state !== "paused"))
    if (state !== this.#shown) this.#tell(state)
    if (!isOpen) this.#root.style.setProperty("--level", "0")
  }

  #tell(state) {
    const words = this.#shown && spokenState(state, this.#shown)
    if (words) tellListeners(words)
    if (["ready", "listening"].includes(state)) this.#listDevices()
    this.#shown = state
  }
}
