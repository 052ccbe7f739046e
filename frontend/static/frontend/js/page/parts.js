/** Finding and filling the parts of a page that the server rendered. */

/** The element marked `data-part="name"`. */
export function part(name, root = document) {
  return root.querySelector(`[data-part="${name}"]`)
}

/** Every control marked `data-do="action"`. */
export function controlsFor(action, root = document) {
  return root.querySelectorAll(`[data-do="${action}"]`)
}

/**
 * Let people press what the server rendered for scripts to answer (`data-waits disabled`).
 *
 * A page calls this once it listens; until then a press would be lost. Such keys look the
 * same before and after, so nothing flickers.
 */
export function letKeysWork(root = document) {
  for (const key of root.querySelectorAll("[data-waits]")) {
    key.disabled = false
    key.removeAttribute("data-waits")
  }
}

/**
 * The end of a speech that was cut off, as a printed play has it: a dash. `words` say it to
 * who cannot see that, and to who points at it.
 */
export function cutMark(words) {
  const mark = document.createElement("span")
  mark.className = "cut-mark"
  mark.title = words
  const [dash, spoken] = [document.createElement("span"), document.createElement("span")]
  dash.ariaHidden = "true"
  dash.textContent = "—"
  spoken.className = "visually-hidden"
  spoken.textContent = words
  mark.append(dash, spoken)
  return mark
}

/** Set an element's text, leaving it alone when it is the same, for screen readers' sake. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text
}

/**
 * Fill a select with what the server lists; its first option stays.
 *
 * @param {HTMLSelectElement} select
 * @param {{value: string, text: string, group?: string}[]} options
 */
export function fillSelect(select, options) {
  const chosen = select.value
  const groups = Map.groupBy
    ? Map.groupBy(options, ({ group = "" }) => group)
    : new Map([["", options]])
  const parts = [...groups].flatMap(([label, members]) => grouped(label, members))
  select.replaceChildren(select.options[0], ...parts)
  select.value = options.some(({ value }) => value === chosen) ? chosen : ""
}

function grouped(label, members) {
  const options = members.map(({ text, value }) => new Option(text, value))
  if (!label) return options
  const group = document.createElement("optgroup")
  group.label = label
  group.append(...options)
  return [group]
}
