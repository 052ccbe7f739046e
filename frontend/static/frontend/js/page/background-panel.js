import { fill, gettext } from "frontend/i18n"
import { BACKGROUNDS } from "frontend/media/backgrounds"
import { colourFrom, colourText, KEY_DEFAULTS } from "frontend/media/key"
import {
  choose,
  chosen,
  cssOf,
  hasChosen,
  keepPicture,
  OWN_PICTURE,
  ownPicture,
} from "frontend/page/background-choice"
import { part, setText } from "frontend/page/parts"

const SLIDERS = ["threshold", "softness", "spill"]

/**
 * The background panel: the switch, what stands behind, and how the screen is keyed.
 *
 * `onChange` hears whether the background is to go; the stage is painted here. Whoever edits
 * the persona can save what they see for all its viewers.
 */
export class BackgroundPanel {
  #stage
  #onChange
  #persona
  #choice
  #toggle = document.querySelector("#remove-background")
  #field = document.querySelector("#background")
  #plain = document.querySelector("#background-colour")
  #file = document.querySelector("#background-picture")
  #auto = document.querySelector("#key-auto")
  #colour = document.querySelector("#key-colour")
  #sliders = SLIDERS.map((name) => [name, document.querySelector(`#key-${name}`)])
  #picked = new AbortController()

  /**
   * @param {object} means
   * @param {import("frontend/elements/avatar-stage").AvatarStage} means.stage
   * @param {{slug: string, name: string, keying: object, canEdit: boolean}} means.persona
   * @param {(wanted: boolean) => void} means.onChange
   */
  constructor({ stage, persona, onChange }) {
    this.#stage = stage
    this.#onChange = onChange
    part("swatches").prepend(...BACKGROUNDS.map((one) => this.#swatch(one)))
    this.#listen()
    const isAsked = this.#toggle.checked // by somebody quicker than this script
    this.persona = persona
    if (isAsked && !this.wanted) this.flip()
  }

  get wanted() {
    return this.#choice.removes
  }

  /** Who stands on the stage; the same one twice is fine. */
  set persona(persona) {
    if (this.#persona?.slug === persona.slug) return
    this.#persona = persona
    this.#choice = chosen(persona)
    this.#show()
  }

  flip() {
    this.#change({ removes: !this.wanted })
  }

  #listen() {
    this.#toggle.addEventListener("change", () => this.#change({ removes: this.#toggle.checked }))
    this.#field.addEventListener("input", () => this.#write(this.#field.value))
    this.#plain.addEventListener("input", () => this.#change({ background: this.#plain.value }))
    this.#file.addEventListener("change", () => this.#upload())
    this.#auto.addEventListener("change", () => {
      this.#change({ colour: this.#auto.checked ? "auto" : this.#colour.value })
    })
    this.#colour.addEventListener("input", () => this.#change({ colour: this.#colour.value }))
    for (const [name, slider] of this.#sliders) {
      slider.addEventListener("input", () => this.#change({ [name]: slider.value / 100 }))
    }
    part("key-pick").addEventListener("click", () => this.#pick())
    part("key-standard").addEventListener("click", () => this.#change({ ...KEY_DEFAULTS }))
    part("background-forget").addEventListener("click", () => this.#forget())
    part("background-save").addEventListener("click", () => this.#save())
    this.#holdToCompare(part("key-original"))
  }

  #change(changes) {
    const wasWanted = this.wanted
    this.#choice = { ...this.#choice, ...changes }
    choose(this.#persona.slug, this.#choice)
    this.#tell("")
    this.#show()
    if (wasWanted !== this.wanted) this.#onChange(this.wanted)
  }

  /** What is not a CSS background is marked and changes nothing. */
  #write(text) {
    const css = cssOf(text, ownPicture())
    const isGood = css === "" || CSS.supports("background", css)
    this.#field.setAttribute("aria-invalid", String(!isGood))
    part("background-problem").hidden = isGood
    if (isGood) this.#change({ background: text.trim() })
  }

  #show() {
    const { removes, background, colour } = this.#choice
    this.#toggle.checked = removes
    part("backgrounds").hidden = !removes
    if (document.activeElement !== this.#field) this.#field.value = background || BACKGROUNDS[0].css
    this.#showColours(background, colour)
    for (const [name, slider] of this.#sliders) {
      slider.value = Math.round(100 * this.#choice[name])
      setText(part(`key-${name}-value`), slider.value)
    }
    part("background-save").hidden = !this.#persona.canEdit
    part("background-forget").disabled = !hasChosen(this.#persona.slug)
    this.#paint()
  }

  #showColours(background, colour) {
    for (const swatch of part("swatches").querySelectorAll("[data-css]")) {
      swatch.setAttribute("aria-pressed", String(swatch.dataset.css === (background || BACKGROUNDS[0].css)))
    }
    part("own-picture").toggleAttribute("data-chosen", background === OWN_PICTURE)
    part("own-colour").toggleAttribute("data-chosen", Boolean(colourFrom(background)))
    if (colourFrom(background)) this.#plain.value = background
    this.#auto.checked = colour === "auto"
    this.#colour.disabled = this.#auto.checked
    if (colourFrom(colour)) this.#colour.value = colour
  }

  #paint() {
    const { removes, background, ...settings } = this.#choice
    const css = cssOf(background, ownPicture()) || BACKGROUNDS[0].css
    this.#stage.background = removes ? css : ""
    this.#stage.keySettings = settings
    this.#stage.withoutBackground = removes
  }

  async #upload() {
    const [file] = this.#file.files
    this.#file.value = ""
    if (!file) return
    const { smallPicture } = await import("frontend/page/own-picture")
    try {
      if (!keepPicture(await smallPicture(file))) {
        return this.#tell(gettext("This browser has no room for the picture."), "error")
      }
    } catch {
      return this.#tell(gettext("This is not a picture that the browser can show, or it is too large."), "error")
    }
    this.#field.setAttribute("aria-invalid", "false")
    this.#change({ background: OWN_PICTURE })
  }

  /** Take the screen's colour from where the viewer points in the picture. */
  #pick() {
    this.#picked.abort()
    this.#picked = new AbortController()
    const { signal } = this.#picked
    this.#stage.toggleAttribute("picking", true)
    this.#tell(gettext("Point at the background in the picture. Esc leaves it as it is."))
    const end = () => {
      this.#picked.abort()
      this.#stage.toggleAttribute("picking", false)
    }
    const scene = part("scene")
    scene.addEventListener(
      "click",
      async ({ clientX, clientY }) => {
        end()
        const colour = await this.#stage.colourAt(clientX, clientY)
        if (colour) this.#change({ colour: colourText(colour) })
        else this.#tell(gettext("There is no picture there. Begin a conversation first."), "error")
      },
      { signal, capture: true },
    )
    document.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Escape") return
        event.stopPropagation()
        end()
        this.#tell("")
      },
      { signal, capture: true },
    )
  }

  #holdToCompare(button) {
    const show = (shows) => {
      this.#stage.showsOriginal = shows
      button.setAttribute("aria-pressed", String(shows))
    }
    button.addEventListener("pointerdown", () => show(true))
    for (const end of ["pointerup", "pointercancel", "pointerleave", "blur"]) {
      button.addEventListener(end, () => show(false))
    }
    button.addEventListener("keydown", ({ key }) => [" ", "Enter"].includes(key) && show(true))
    button.addEventListener("keyup", () => show(false))
  }

  #forget() {
    const wasWanted = this.wanted
    choose(this.#persona.slug, null)
    this.#choice = chosen(this.#persona)
    this.#show()
    if (wasWanted !== this.wanted) this.#onChange(this.wanted)
    this.#tell(fill(gettext("This is how it was saved for {name}."), { name: this.#persona.name }))
  }

  async #save() {
    if (this.#choice.background === OWN_PICTURE) {
      const text = gettext("A picture that is kept in this browser cannot be shown to others. Use one with an https address.")
      return this.#tell(text, "error")
    }
    const button = part("background-save")
    button.disabled = true
    const problem = await saved(this.#persona.slug, this.#choice)
    button.disabled = false
    if (problem) return this.#tell(problem, "error")
    this.#persona.keying = { ...this.#choice }
    choose(this.#persona.slug, null)
    this.#show()
    this.#tell(fill(gettext("Saved: everybody sees {name} like this now."), { name: this.#persona.name }))
  }

  #tell(text, kind = "info") {
    const news = part("background-news")
    news.hidden = !text
    news.dataset.kind = kind
    setText(part("background-news-text"), text)
  }

  #swatch({ name, css }) {
    const swatch = document.createElement("button")
    swatch.type = "button"
    swatch.className = "swatch"
    swatch.title = name
    swatch.setAttribute("aria-label", name)
    swatch.dataset.css = css
    swatch.style.background = css
    swatch.addEventListener("click", () => {
      this.#field.setAttribute("aria-invalid", "false")
      this.#change({ background: css })
    })
    return swatch
  }
}

/** Save for everybody; what went wrong, in words, or "". */
async function saved(slug, { removes, background, colour, threshold, softness, spill }) {
  const body = new FormData(part("leave"))
  const values = {
    removes_background: removes ? "on" : "",
    background: cssOf(background),
    key_colour: colour,
    key_threshold: threshold,
    key_softness: softness,
    key_spill: spill,
  }
  for (const [name, value] of Object.entries(values)) body.set(name, value)
  try {
    const answer = await fetch(`/personas/${encodeURIComponent(slug)}/background`, { method: "POST", body })
    if (answer.ok) return ""
    const { message } = await answer.json()
    return message
  } catch {
    return gettext("It could not be saved. Look at your connection and try again.")
  }
}
