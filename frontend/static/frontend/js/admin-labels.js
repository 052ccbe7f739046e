/**
 * Names for what Django's admin leaves without one, for screen readers: fields in tables
 * get their column's heading, and boxes that search get the label of their field.
 */

function words(element) {
  return element?.textContent.replace(/\s+/g, " ").trim() ?? ""
}

/** The heading of the column that a cell stands in. */
function headingOf(cell) {
  const heads = cell.closest("table")?.querySelectorAll("thead tr > *") ?? []
  // A heading may span several columns, as the first one of inline rows does.
  let place = [...cell.parentElement.children].indexOf(cell)
  for (const head of heads) {
    place -= head.colSpan
    if (place < 0) return words(head)
  }
  return ""
}

function isNamed(field) {
  return field.labels?.length > 0 || field.hasAttribute("aria-label") || field.hasAttribute("aria-labelledby")
}

function nameTableFields(root) {
  for (const field of root.querySelectorAll("td :is(input:not([type=hidden]), select, textarea)")) {
    const heading = headingOf(field.closest("td"))
    if (!isNamed(field) && heading) field.setAttribute("aria-label", heading)
  }
}

/** Select2 hides the real field and shows one of its own, in several parts. */
function nameSearchBoxes(root) {
  for (const box of root.querySelectorAll(".select2-container")) {
    const field = box.previousElementSibling
    const cell = box.closest("td")
    const name = words(field?.labels?.[0]) || field?.getAttribute("aria-label") || (cell && headingOf(cell))
    if (!name) continue
    for (const part of box.querySelectorAll("[role=combobox], [role=textbox]")) {
      part.removeAttribute("aria-labelledby")
      part.setAttribute("aria-label", `${name}: ${words(box)}`.replace(/: $/, ""))
    }
  }
}

/** An empty heading heads nothing: it is a cell like others. */
function nameEmptyHeadings(root) {
  for (const head of root.querySelectorAll("thead th:empty")) {
    const { className, colSpan } = head
    head.replaceWith(Object.assign(document.createElement("td"), { className, colSpan }))
  }
}

function name(root) {
  nameEmptyHeadings(root)
  nameTableFields(root)
  nameSearchBoxes(root)
}

/** Whatever Django's own scripts add later, boxes that search for one, is named as well. */
let isDue = false
new MutationObserver(() => {
  if (isDue) return
  isDue = true
  requestAnimationFrame(() => {
    isDue = false
    name(document)
  })
}).observe(document.body, { childList: true, subtree: true })
name(document)
