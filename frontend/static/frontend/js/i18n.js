/** Texts in the language of the page. Django's tools find the messages by these names. */
import { catalogue, plural } from "frontend/catalogue"

/** The text of `message`, which is its own English text. */
export function gettext(message) {
  const found = catalogue[message]
  return typeof found === "string" ? found : message
}

/** The same for a word with two meanings: `context` says which one is meant. */
export function pgettext(context, message) {
  const found = catalogue[`${context}\u0004${message}`]
  return typeof found === "string" ? found : message
}

/** One text for one thing, another for several. */
export function ngettext(singular, several, n) {
  const found = catalogue[singular]
  if (Array.isArray(found)) return found[plural(n)] ?? several
  return n === 1 ? singular : several
}

/**
 * Put values where a text names them in braces: `fill("{n} of {all}", { n: 1, all: 3 })`.
 * Names without a value stay as they are.
 */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole))
}
