/** The bar that says whether what was written is safe. */
import { fill, gettext } from "frontend/i18n"
import { part, setText } from "frontend/page/parts"

const MAX_NAMED = 4

/**
 * @param {object} facts
 * @param {import("frontend/editing/draft-saver").SaveState} facts.state
 * @param {string} facts.message
 * @param {string[]} facts.unsaved      labels of fields
 * @param {string[]} facts.unpublished  names of fields
 */
export function showBar({ state, message, unsaved, unpublished }) {
  part("bar").dataset.state = state
  setText(part("save-state"), barText({ state, message, unsaved, unpublished }))
}

export function barText({ state, message, unsaved, unpublished }) {
  switch (state) {
    case "unsaved":
      return fill(gettext("Not saved yet: {fields}"), { fields: named(unsaved) })
    case "saving":
      return gettext("Saving…")
    case "invalid":
      return fill(gettext("Saved, except: {fields}"), { fields: named(unsaved) })
    case "clash":
      return gettext("Not saved: somebody else has changed the same.")
    case "failed":
      return fill(gettext("Not saved: {why} It is tried again in a moment."), { why: message })
    default:
      return unpublished.length
        ? gettext("Draft saved. Not published yet.")
        : gettext("Everything is published.")
  }
}

function named(labels) {
  const some = labels.slice(0, MAX_NAMED).join(", ")
  return labels.length > MAX_NAMED ? fill(gettext("{some} and more"), { some }) : some
}
