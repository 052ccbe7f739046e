import { fill, gettext } from "frontend/i18n"
import { cutMark } from "frontend/page/parts"
import { words } from "frontend/session/transcript"

/**
 * The words of this conversation, who said what, in step with the voice.
 *
 *   <live-transcript><ol tabindex="0"></ol></live-transcript>
 *
 * Set `entries`; what has not changed is left alone. It keeps to the end while the reader
 * is there, and stays put while they read further up.
 */
export class LiveTranscript extends HTMLElement {
  static define(tag = "live-transcript", registry = customElements) {
    registry.define(tag, this)
  }

  #shown = []

  /** @param {import("frontend/session/transcript").Entry[]} entries */
  set entries(entries) {
    if (entries === this.#shown) return
    const list = this.querySelector("ol")
    const wasAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60
    while (list.children.length > entries.length) list.lastElementChild.remove()
    entries.forEach((entry, nth) => {
      if (entry === this.#shown[nth]) return
      const item = itemFor(entry)
      if (list.children[nth]) list.children[nth].replaceWith(item)
      else list.append(item)
    })
    this.#shown = entries
    if (wasAtEnd) list.scrollTop = list.scrollHeight
  }
}

/** Who speaks, for people. @param {import("frontend/session/transcript").Entry} entry */
export function nameOf({ who, name }) {
  if (who === "you") return gettext("You")
  if (who === "note") return fill(gettext("{name} takes the stage"), { name })
  return name || gettext("Avatar")
}

function itemFor(entry) {
  const item = element("li", `spoken spoken-${entry.who}`)
  item.append(element("span", "spoken-name", nameOf(entry)))
  if (entry.who === "note") return item
  const text = element("p", "spoken-words")
  entry.pieces.forEach(({ text: said, state }, nth) => {
    if (state === "unsaid") return
    const piece = element("span", "", `${nth ? " " : ""}${said}`)
    piece.dataset.state = state
    text.append(piece)
  })
  if (words(entry)) item.append(text)
  if (entry.interrupted && words(entry)) text.append("\u00a0", cutMark(gettext("interrupted")))
  else if (entry.interrupted) item.append(element("span", "spoken-mark", gettext("interrupted")))
  return item
}

function element(tag, className, text = "") {
  const made = document.createElement(tag)
  if (className) made.className = className
  made.textContent = text
  return made
}
