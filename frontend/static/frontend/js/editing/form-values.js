/**
 * The editor's fields and, beside each, a hidden copy of what the server has of it. What
 * differs is not saved yet.
 */
export class FormValues {
  #form

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.#form = form
  }

  /** Names of all fields that have a copy. */
  get names() {
    return [...this.#form.elements]
      .filter(({ name }) => name.startsWith("initial-"))
      .map(({ name }) => name.slice("initial-".length))
  }

  get(name) {
    const field = this.#form.elements[name]
    if (field.type === "checkbox") return field.checked ? "True" : "False"
    return lines(field.value)
  }

  /** What the server has of a field, as far as this page knows. */
  known(name) {
    return lines(this.#form.elements[`initial-${name}`].value)
  }

  /** Fields that say something else than the server does. */
  get unsaved() {
    return this.names.filter((name) => this.get(name).trim() !== this.known(name).trim())
  }

  snapshot() {
    return new Map(this.names.map((name) => [name, this.get(name)]))
  }

  /**
   * Take over what the server has now. A field that this page has not touched takes the
   * value too, since somebody else has written it.
   *
   * @param {Record<string, string|boolean>} values
   * @param {Map<string, string>} sent  what the form held when it was sent
   * @param {{theirs?: boolean}} [how]  whether the server's stand where both had changed
   * @returns {string[]} the fields that have got another value
   */
  take(values, sent, { theirs = false } = {}) {
    const changed = []
    for (const [name, value] of Object.entries(values)) {
      const told = typeof value === "boolean" ? (value ? "True" : "False") : lines(value)
      const wasTouched = sent.get(name) !== this.known(name)
      const isUntouchedSince = this.get(name) === sent.get(name)
      const isNews = told !== this.get(name) && isUntouchedSince && (theirs || !wasTouched)
      if (isNews) {
        this.#set(name, told)
        changed.push(name)
      }
      this.#form.elements[`initial-${name}`].value = told
    }
    return changed
  }

  #set(name, value) {
    const field = this.#form.elements[name]
    if (field.type === "checkbox") field.checked = value === "True"
    else if (field instanceof HTMLSelectElement) choose(field, value)
    else field.value = value
  }
}

/** Choose an option, adding one for a value that nobody lists. */
export function choose(select, value) {
  const isThere = [...select.options].some((option) => option.value === value)
  if (!isThere) select.add(new Option(value, value))
  select.value = value
}

function lines(text) {
  return text.replaceAll("\r\n", "\n")
}
