/**
 * Tabs as ARIA has them: arrows move between them, and the chosen one shows its panel.
 *
 *   <div role="tablist"><button role="tab" aria-controls="a" aria-selected="true">…</div>
 */
export class Tabs {
  #tabs
  #onShow
  #isChosen = false

  /** @param {HTMLElement} list @param {(panelId: string) => void} [onShow] */
  constructor(list, onShow = () => {}) {
    this.#tabs = [...list.querySelectorAll("[role=tab]")]
    this.#onShow = onShow
    list.addEventListener("click", ({ target }) => {
      const tab = target.closest("[role=tab]")
      if (tab) this.#choose(tab)
    })
    list.addEventListener("keydown", (event) => this.#pressed(event))
  }

  /** Show a panel, unless somebody has chosen one by hand. @param {string} panelId */
  suggest(panelId) {
    if (!this.#isChosen) this.show(panelId)
  }

  /** @param {string} panelId */
  show(panelId) {
    for (const tab of this.#tabs) {
      const id = tab.getAttribute("aria-controls")
      const isShown = id === panelId
      tab.setAttribute("aria-selected", String(isShown))
      tab.tabIndex = isShown ? 0 : -1
      document.getElementById(id).hidden = !isShown
    }
    this.#onShow(panelId)
  }

  #choose(tab) {
    this.#isChosen = true
    this.show(tab.getAttribute("aria-controls"))
  }

  #pressed(event) {
    const at = this.#tabs.indexOf(event.target)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: this.#tabs.length - 1 }[event.key]
    if (at < 0 || to === undefined) return
    event.preventDefault()
    const tab = this.#tabs.at(to % this.#tabs.length)
    this.#choose(tab)
    tab.focus()
  }
}
