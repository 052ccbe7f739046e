/** How long nobody types before the question is asked. */
export const PAUSE_MS = 220

/**
 * The address of a search: the form's own address with what is filled in. What is empty or
 * stands for no wish is left out, so that an address says no more than was asked for.
 *
 * @param {string} action
 * @param {Iterable<[string, FormDataEntryValue]>} fields
 * @param {Record<string, string>} plain values that mean the same as leaving the field out
 */
export function addressOf(action, fields, plain = {}) {
  const wanted = [...fields].filter(([name, value]) => value !== "" && value !== plain[name])
  const query = new URLSearchParams(wanted.map(([name, value]) => [name, value.trim()]))
  return query.size ? `${action}?${query}` : action
}

/**
 * Lets a search form answer while one types. Without it the form works by its button.
 *
 * The page itself is asked again and its results are taken over; the fields stay as they
 * are, and with them the focus. One way back in the browser's history is made for each
 * search, not for each letter.
 */
export class LiveSearch {
  #form
  #results
  #count
  #fetch
  #waiting = 0
  #asking = null
  /** The field that was changed last, and the one that the newest step of the history is of. */
  #changed = null
  #recorded = null

  constructor({ form, results, count, fetch }) {
    this.#form = form
    this.#results = results
    this.#count = count
    this.#fetch = fetch
    form.addEventListener("input", ({ target }) => this.#soon(target))
    form.addEventListener("submit", (event) => this.#submitted(event))
    form.addEventListener("focusout", () => (this.#recorded = null))
    addEventListener("popstate", () => this.#wentBack())
  }

  #soon(field) {
    this.#changed = field
    clearTimeout(this.#waiting)
    this.#waiting = setTimeout(() => this.#ask(this.#address()), PAUSE_MS)
  }

  #submitted(event) {
    event.preventDefault()
    clearTimeout(this.#waiting)
    this.#ask(this.#address())
  }

  #address() {
    const { pathname } = new URL(this.#form.action)
    return addressOf(pathname, new FormData(this.#form), { sort: "name" })
  }

  async #ask(address) {
    if (address === location.pathname + location.search) return
    if (await this.#show(address)) this.#remember(address)
  }

  /** The letters of one search are one step: going back leads to what was there before. */
  #remember(address) {
    const isMoreOfIt = this.#changed?.type === "search" && this.#changed === this.#recorded
    history[isMoreOfIt ? "replaceState" : "pushState"]({}, "", address)
    this.#recorded = this.#changed
  }

  /** Take over the results of `address`; whether they are shown now. */
  async #show(address) {
    this.#asking?.abort()
    const asking = new AbortController()
    this.#asking = asking
    this.#results.setAttribute("aria-busy", "true")
    try {
      const answer = await this.#fetch(address, { signal: asking.signal })
      if (!answer.ok || answer.redirected) throw new Error("This is not the page that was asked for.")
      const page = new DOMParser().parseFromString(await answer.text(), "text/html")
      this.#takeOver(page)
      return true
    } catch (problem) {
      // The page as the server makes it says what is wrong: signed out, for one.
      if (problem.name !== "AbortError") location.assign(address)
      return false
    } finally {
      if (this.#asking === asking) this.#results.removeAttribute("aria-busy")
    }
  }

  #takeOver(page) {
    this.#results.replaceChildren(...page.querySelector(`#${this.#results.id}`).childNodes)
    this.#count.textContent = page.querySelector(`#${this.#count.id}`).textContent
  }

  async #wentBack() {
    this.#recorded = null
    clearTimeout(this.#waiting)
    const asked = new URLSearchParams(location.search)
    for (const name of ["q", "whose"]) this.#form.elements[name].value = asked.get(name) ?? ""
    this.#form.elements.sort.value = asked.get("sort") ?? "name"
    const tag = this.#form.elements.tag
    if (tag) tag.value = asked.get("tag") ?? ""
    await this.#show(location.pathname + location.search)
  }
}
