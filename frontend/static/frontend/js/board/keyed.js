import { setText } from "frontend/page/parts"

/**
 * Rows that follow a list: one element for each id, made once from a template, so that a
 * change elsewhere takes neither focus nor selection away.
 */
export class KeyedRows {
  #place
  #template
  #rows = new Map()

  /** @param {HTMLElement} place @param {HTMLTemplateElement} template */
  constructor(place, template) {
    this.#place = place
    this.#template = template
  }

  /**
   * Bring the rows to what `items` say, in their order.
   *
   * @param {{id: string|number}[]} items
   * @param {(row: HTMLElement, item: any) => void} show
   */
  follow(items, show) {
    this.#removeAllBut(new Set(items.map(({ id }) => id)))
    const focused = document.activeElement
    items.forEach((item, nth) => {
      const row = this.#rowFor(item.id)
      if (this.#place.children[nth] !== row) this.#place.insertBefore(row, this.#place.children[nth] ?? null)
      show(row, item)
    })
    if (focused !== document.activeElement) focused.focus() // moving a row takes it away
  }

  #rowFor(id) {
    if (!this.#rows.has(id)) {
      const row = this.#template.content.firstElementChild.cloneNode(true)
      row.dataset.id = id
      this.#rows.set(id, row)
    }
    return this.#rows.get(id)
  }

  /** Whoever was in a row that goes is left in its neighbour, not at the top of the page. */
  #removeAllBut(wanted) {
    for (const [id, row] of this.#rows) {
      if (wanted.has(id)) continue
      const hadFocus = row.contains(document.activeElement)
      const neighbour = row.nextElementSibling ?? row.previousElementSibling
      row.remove()
      this.#rows.delete(id)
      if (hadFocus) neighbour?.querySelector("a, button:enabled")?.focus()
    }
  }
}

/**
 * Write cells into the elements marked `data-field`.
 *
 * @param {HTMLElement} row
 * @param {Record<string, import("frontend/board/rows").Cell>} cells
 */
export function fill(row, cells) {
  for (const field of row.querySelectorAll("[data-field]")) {
    const cell = cells[field.dataset.field]
    if (!cell) continue
    setText(field, cell.text)
    if ((field.dataset.level ?? "") !== (cell.level ?? "")) field.dataset.level = cell.level ?? ""
  }
}
