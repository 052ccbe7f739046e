import { stagesOf, stagesText } from "frontend/session/stages"

/**
 * How long the stages of the latest turn took, as a small bar with a legend.
 *
 *   <turn-timings hidden></turn-timings>
 *
 * Set `timings` to what the server tells of a turn; without any it is hidden.
 */
export class TurnTimings extends HTMLElement {
  static define(tag = "turn-timings", registry = customElements) {
    registry.define(tag, this)
  }

  #shown = null

  /** @param {Record<string, number|null>|null} timings */
  set timings(timings) {
    if (timings === this.#shown) return
    this.#shown = timings
    const stages = stagesOf(timings ?? {})
    this.hidden = !stages.length
    const text = stagesText(timings ?? {})
    this.title = text
    const bar = element("div", "timings-bar", stages.map(segment))
    bar.setAttribute("role", "img")
    bar.setAttribute("aria-label", text)
    this.replaceChildren(bar, element("p", "timings-legend", stages.map(entry)))
  }
}

function segment({ name, ms }) {
  const part = element("span", "timings-part")
  part.dataset.stage = name
  part.style.flexGrow = String(ms)
  return part
}

function entry({ name, label }) {
  const item = element("span", "timings-entry", [label])
  item.dataset.stage = name
  return item
}

function element(tag, className, children = []) {
  const made = document.createElement(tag)
  made.className = className
  made.append(...children)
  return made
}
