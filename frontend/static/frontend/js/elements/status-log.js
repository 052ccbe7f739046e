import { timeOfDay } from "frontend/session/time"

const MOST_LINES = 200

/**
 * What happened, newest last, with the time of day.
 *
 *   <status-log role="log" aria-label="Status"><ol tabindex="0"></ol></status-log>
 *
 * It keeps to the end while the reader is there, and stays put while they read further up.
 */
export class StatusLog extends HTMLElement {
  static define(tag = "status-log", registry = customElements) {
    registry.define(tag, this)
  }

  get #list() {
    return this.querySelector("ol")
  }

  /** @param {import("frontend/session/wording").Line} line @param {Date} [at] */
  add({ kind, text }, at = new Date()) {
    const list = this.#list
    const wasAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40
    list.append(entry(kind, text, at))
    while (list.children.length > MOST_LINES) list.firstElementChild.remove()
    if (wasAtEnd) list.scrollTop = list.scrollHeight
  }
}

function entry(kind, text, at) {
  const item = document.createElement("li")
  item.dataset.kind = kind
  const time = document.createElement("time")
  time.dateTime = at.toISOString()
  time.textContent = timeOfDay(at)
  const words = document.createElement("span")
  words.textContent = text
  item.append(time, words)
  return item
}
