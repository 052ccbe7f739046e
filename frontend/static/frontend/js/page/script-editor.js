import { fill, gettext } from "frontend/i18n"
import { tellListeners } from "frontend/page/news"
import { part, setText } from "frontend/page/parts"
import { lengthText, totalText } from "frontend/page/script-length"

/**
 * Moves, adds and removes the parts of a presentation on the page. The form is what the
 * server made: whatever is done here, saving sends it as it would have been without us.
 *
 * Alt + arrow up or down moves the part in which the keyboard is.
 */
export class ScriptEditor {
  #form
  #blank
  #list
  #total
  #charsPerS
  #isChanged = false

  /** @param {{form: HTMLFormElement, blank: HTMLTemplateElement}} means */
  constructor({ form, blank }) {
    this.#form = form
    this.#blank = blank
    this.#list = part("segments", form)
    this.#total = form.elements["segments-TOTAL_FORMS"]
    this.#charsPerS = Number(form.dataset.charsPerS)
    form.addEventListener("click", (event) => this.#pressed(event))
    form.addEventListener("keydown", (event) => this.#typed(event))
    form.addEventListener("input", () => this.#changed())
    form.addEventListener("submit", () => (this.#isChanged = false))
    addEventListener("beforeunload", (event) => this.#isChanged && event.preventDefault())
    part("keys-hint", form).hidden = false
    this.#show()
  }

  get #segments() {
    return [...this.#list.children]
  }

  #pressed(event) {
    const button = event.target.closest("[data-do]")
    if (!button) return
    event.preventDefault()
    const segment = button.closest("[data-part=segment]")
    if (button.dataset.do === "add") this.#add()
    else this.#move(segment, button.dataset.do === "up" ? -1 : 1, button)
  }

  #typed(event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    const segment = event.target.closest("[data-part=segment]")
    if (!by || !event.altKey || !segment) return
    event.preventDefault()
    this.#move(segment, by, event.target)
  }

  #add() {
    const number = Number(this.#total.value)
    const copy = this.#blank.innerHTML.replaceAll("__prefix__", String(number))
    this.#list.insertAdjacentHTML("beforeend", copy)
    this.#total.value = number + 1
    this.#changed()
    this.#list.lastElementChild.querySelector("textarea").focus()
  }

  #move(segment, by, focused) {
    const place = this.#segments.indexOf(segment)
    const other = this.#segments[place + by]
    if (!other) return
    if (by < 0) other.before(segment)
    else other.after(segment)
    this.#changed()
    focused.focus({ preventScroll: true })
    segment.scrollIntoView({ block: "nearest" })
    const where = { number: place + by + 1, all: this.#segments.length }
    tellListeners(fill(gettext("Now part {number} of {all}."), where))
  }

  #changed() {
    this.#isChanged = true
    setText(part("unsaved"), gettext("Not saved yet"))
    this.#show()
  }

  #show() {
    let totalS = 0
    this.#segments.forEach((segment, place) => {
      const seconds = this.#showSegment(segment, place)
      if (!isRemoved(segment)) totalS += seconds
    })
    setText(part("estimate"), totalText(totalS))
  }

  /** Number it, and tell how long it takes; returns that in seconds. */
  #showSegment(segment, place) {
    segment.id = `part-${place + 1}`
    for (const number of segment.querySelectorAll("[data-part=number]")) {
      setText(number, String(place + 1))
    }
    segment.querySelector("[name$=-ORDER]").value = place + 1
    segment.toggleAttribute("data-removed", isRemoved(segment))
    const chars = segment.querySelector("textarea").value.trim().length
    const pauseS = Number(segment.querySelector("[name$=pause_after_s]").value) || 0
    setText(part("length", segment), lengthText(chars, this.#charsPerS))
    return chars ? chars / this.#charsPerS + pauseS : 0
  }
}

function isRemoved(segment) {
  return segment.querySelector("[name$=-DELETE]").checked
}
