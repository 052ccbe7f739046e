/** The form's fields as the page shows them: counted, and with what is wrong at each. */
import { charsText, isWorthSaying, linesText } from "frontend/editing/counters"
import { part, setText } from "frontend/page/parts"

/** Count along in every field of `form` that has an end. @param {HTMLFormElement} form */
export function countAlong(form) {
  const controls = form.querySelectorAll("[data-field] :is(textarea, input[maxlength])")
  for (const control of controls) {
    count(control)
    control.addEventListener("input", () => count(control))
  }
}

/** @param {HTMLTextAreaElement|HTMLInputElement} control */
export function count(control) {
  const place = part("count", control.closest("[data-field]"))
  if (!place) return
  const chars = control.value.trim().length
  const maxChars = Number(control.dataset.maxChars || control.maxLength)
  const isLong = control instanceof HTMLTextAreaElement
  if (maxChars <= 0) {
    setText(place, linesText(control.value))
    place.hidden = !control.value.trim()
    return
  }
  setText(place, charsText(chars, maxChars))
  place.hidden = !(isLong || isWorthSaying(chars, maxChars))
  place.toggleAttribute("data-over", chars > maxChars)
}

/** Say at each field what is wrong with it, and at the others nothing. */
export function showErrors(form, errors) {
  for (const field of form.querySelectorAll("[data-field]")) {
    const found = errors[field.dataset.field] ?? []
    const place = part("error", field)
    place.replaceChildren(...found.map(paragraph))
    place.hidden = !found.length
    for (const control of field.querySelectorAll(":is(input, textarea, select):not([type=hidden])")) {
      if (found.length) control.setAttribute("aria-invalid", "true")
      else control.removeAttribute("aria-invalid")
    }
  }
}

/** What a field is called on the page. */
export function labelOf(form, name) {
  const field = form.querySelector(`[data-field="${name}"]`)
  const label = field?.querySelector("label, legend")
  return label ? label.firstChild.textContent.trim() || label.textContent.trim() : name
}

function paragraph(text) {
  const line = document.createElement("p")
  line.textContent = text
  return line
}
