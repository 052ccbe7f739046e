import { fill, ngettext } from "frontend/i18n"
import { part, setText } from "frontend/page/parts"

/**
 * A form with one file field, onto which files may be dropped. It is sent as soon as there
 * are files; without script it has a button.
 */
export class DropZone {
  #form
  #input
  #zone
  /** How many elements of the zone the pointer is within: leaving one may enter another. */
  #within = 0

  constructor({ form }) {
    this.#form = form
    this.#input = form.querySelector("input[type=file]")
    this.#zone = part("drop", form)
    this.#input.addEventListener("change", () => this.#chosen())
    this.#zone.addEventListener("dragenter", (event) => this.#over(event, 1))
    this.#zone.addEventListener("dragleave", (event) => this.#over(event, -1))
    this.#zone.addEventListener("dragover", (event) => event.preventDefault())
    this.#zone.addEventListener("drop", (event) => this.#dropped(event))
    // Coming back to the page finds it as it was left, files and all.
    addEventListener("pageshow", () => this.#form.removeAttribute("aria-busy"))
    if (!isReturn()) this.#chosen() // before this script was there
  }

  #over(event, step) {
    event.preventDefault()
    this.#within = Math.max(0, this.#within + step)
    this.#zone.toggleAttribute("data-over", this.#within > 0)
  }

  #dropped(event) {
    event.preventDefault()
    this.#within = 0
    this.#zone.removeAttribute("data-over")
    if (!event.dataTransfer.files.length) return
    this.#input.files = event.dataTransfer.files
    this.#chosen()
  }

  #chosen() {
    const n = this.#input.files.length
    if (!n || this.#form.getAttribute("aria-busy") === "true") return
    setText(part("chosen", this.#form), fill(ngettext("Looking at {n} file …", "Looking at {n} files …", n), { n }))
    this.#form.setAttribute("aria-busy", "true")
    this.#form.requestSubmit()
  }
}

/** Whether the browser has put back what was chosen earlier. */
function isReturn() {
  return performance.getEntriesByType("navigation")[0]?.type !== "navigate"
}
