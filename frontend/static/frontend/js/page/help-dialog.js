import { SHORTCUTS } from "frontend/session/shortcuts"
import { part } from "frontend/page/parts"

/** Fill and open the list of keys. */
export function openHelp() {
  const dialog = part("help")
  const list = part("shortcuts")
  if (!list.children.length) list.append(...SHORTCUTS.flatMap(entry))
  dialog.showModal()
}

export function closeHelp() {
  part("help").close()
}

function entry({ keys, does }) {
  const term = document.createElement("dt")
  const key = document.createElement("kbd")
  key.textContent = keys
  term.append(key)
  const meaning = document.createElement("dd")
  meaning.textContent = does
  return [term, meaning]
}
