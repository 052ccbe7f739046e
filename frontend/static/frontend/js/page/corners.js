/**
 * The studio's quieter corners, fetched when they are first needed: the microphone, the
 * background, presentations, what is shown. Until then each has its plain answer.
 */
import { chosen } from "frontend/page/background-choice"
import { part } from "frontend/page/parts"

/** Fetch once; `make` gets the module. */
function once(fetches, make) {
  let made = null
  return () => (made ??= fetches().then(make))
}

export class VoiceCorner {
  #panel = null
  #load

  /** @param {{means: object, preferred: object, isAvailable: boolean}} how  as for `VoicePanel` */
  constructor({ means, preferred, isAvailable }) {
    this.#load = once(
      () => import("frontend/voice/panel"),
      ({ VoicePanel }) => (this.#panel = new VoicePanel({ ...means, preferred, isAvailable })),
    )
    if (!isAvailable) this.#explain()
    else if (preferred.voiceMode !== "off") this.#load()
    else this.#await()
  }

  /** Whether somebody means to talk, and needs no message box. */
  get isOn() {
    return this.#panel?.isOn ?? false
  }

  show() {
    this.#panel?.show()
  }

  correct() {
    this.#panel?.correct()
  }

  #explain() {
    part("voice-key").addEventListener("click", () => (part("voice-set-up").open = true))
  }

  /** Whoever comes near wants it soon; what they did meanwhile is done again. */
  #await() {
    const root = part("voice")
    for (const near of ["pointerenter", "focusin"]) {
      root.addEventListener(near, () => this.#load(), { once: true })
    }
    const key = part("voice-key")
    const mode = document.querySelector("#voice-mode")
    const redo = async (event) => {
      if (this.#panel) return
      const chosen = mode.value
      await this.#load()
      if (event.type === "click") return key.click()
      mode.value = chosen
      mode.dispatchEvent(new Event("change"))
    }
    key.addEventListener("click", redo)
    mode.addEventListener("change", redo)
  }
}

export class BackgroundCorner {
  #panel = null
  #persona
  #load

  /** @param {{means: object, persona: object}} how  as for `BackgroundPanel` */
  constructor({ means, persona }) {
    this.#persona = persona
    this.#load = once(
      () => import("frontend/page/background-panel"),
      ({ BackgroundPanel }) => (this.#panel = new BackgroundPanel({ ...means, persona: this.#persona })),
    )
    if (this.wanted) this.#load()
  }

  get wanted() {
    return this.#panel?.wanted ?? chosen(this.#persona).removes
  }

  /** Who stands on the stage; the same one twice is fine. */
  set persona(persona) {
    this.#persona = persona
    if (this.#panel) this.#panel.persona = persona
    else if (this.wanted) this.#load()
  }

  /** Its tab is looked at. */
  open() {
    return this.#load()
  }

  async flip() {
    ;(await this.#load()).flip()
  }
}

/** What the persona presents and shows. */
export class ShowCorner {
  #session
  #load
  #panels = null
  #now = null

  constructor(session) {
    this.#session = session
    this.#load = once(
      () => Promise.all([import("frontend/page/presentation-panel"), import("frontend/page/exhibit-panel")]),
      ([{ PresentationPanel }, { ExhibitPanel }]) => {
        this.#panels = { presenter: new PresentationPanel(this.#session), exhibits: new ExhibitPanel() }
        this.#paint()
      },
    )
  }

  /** @param {import("frontend/session/presentation").Presentation} now @param {boolean} isLive */
  show(now, isLive) {
    this.#now = { now, isLive }
    const isNeeded = now.scripts.length > 0 || now.state !== "none" || now.shown
    if (this.#panels) this.#paint()
    else if (isNeeded) this.#load()
  }

  /** A key or button of theirs; nothing while there is nothing to present. */
  act(action) {
    const { presenter, exhibits } = this.#panels ?? {}
    ;({ ...presenter?.actions, ...exhibits?.actions })[action]?.()
  }

  #paint() {
    const { now, isLive } = this.#now
    this.#panels.presenter.show(now, { isLive })
    this.#panels.exhibits.show(now.shown)
  }
}
