import { BACKGROUNDS } from "frontend/media/backgrounds"
import { part } from "frontend/page/parts"
import { remember } from "frontend/page/preferences"

/**
 * The studio's background panel: the switch, the swatches, the CSS field.
 *
 * `onChange` hears whether the background is to go; the stage is painted here.
 */
export class BackgroundPanel {
  #stage
  #onChange
  #toggle = document.querySelector("#remove-background")
  #field = document.querySelector("#background")

  constructor({ stage, preferred, onChange }) {
    this.#stage = stage
    this.#onChange = onChange
    part("swatches").append(...BACKGROUNDS.map((one) => this.#swatch(one)))
    this.#field.addEventListener("input", () => this.#paint())
    this.#toggle.addEventListener("change", () => this.#toggled())
    this.#toggle.checked = preferred.removeBackground
    this.#choose(preferred.background || BACKGROUNDS[0].css)
    this.#show()
  }

  get wanted() {
    return this.#toggle.checked
  }

  flip() {
    this.#toggle.checked = !this.#toggle.checked
    this.#toggled()
  }

  #toggled() {
    remember({ removeBackground: this.wanted })
    this.#show()
    this.#onChange(this.wanted)
  }

  #show() {
    part("backgrounds").hidden = !this.wanted
    this.#stage.withoutBackground = this.wanted
    this.#paint()
  }

  #choose(css) {
    this.#field.value = css
    this.#paint()
  }

  /** Paint what the field says; what is not a CSS background is marked and changes nothing. */
  #paint() {
    const css = this.#field.value.trim()
    const isGood = css === "" || CSS.supports("background", css)
    this.#field.setAttribute("aria-invalid", String(!isGood))
    for (const swatch of part("swatches").children) {
      swatch.setAttribute("aria-pressed", String(swatch.dataset.css === css))
    }
    if (!isGood) return
    this.#stage.background = this.wanted ? css : ""
    remember({ background: css })
  }

  #swatch({ name, css }) {
    const swatch = document.createElement("button")
    swatch.type = "button"
    swatch.className = "swatch"
    swatch.title = name
    swatch.setAttribute("aria-label", name)
    swatch.dataset.css = css
    swatch.style.background = css
    swatch.addEventListener("click", () => this.#choose(css))
    return swatch
  }
}
