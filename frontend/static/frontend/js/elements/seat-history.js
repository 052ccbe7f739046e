import {
  areaPath,
  countTicks,
  highest,
  hourMinute,
  hourTicks,
  momentText,
  stepAt,
  summaryText,
} from "frontend/board/plot"
import { fill, gettext } from "frontend/i18n"
import { part, setText } from "frontend/page/parts"

const REFRESH_MS = 60_000
const HEIGHT = 200
const MARGIN = { top: 10, right: 14, bottom: 24, left: 34 }
const SVG = "http://www.w3.org/2000/svg"

/**
 * The seats over the last day, read from `src` now and every minute while the page is seen.
 *
 *   <seat-history src="/operate/history"> … parts: plot, moment, summary, hours, trouble …
 *
 * The range input below the plot moves through time by pointer and by keys; its value text
 * is what a sighted reader sees beside it, and the table has the same by the hour.
 */
export class SeatHistory extends HTMLElement {
  static define(tag = "seat-history", registry = customElements) {
    registry.define(tag, this)
  }

  #timer = 0
  #history = null
  #size = new ResizeObserver(() => this.#draw())
  #seen = () => document.hidden || this.refresh()

  connectedCallback() {
    this.#timer = setInterval(this.#seen, REFRESH_MS)
    document.addEventListener("visibilitychange", this.#seen)
    this.#size.observe(this.#plot)
    this.#range.addEventListener("input", () => this.#point(Number(this.#range.value)))
    this.#plot.addEventListener("pointermove", (event) => this.#hover(event))
    this.#plot.addEventListener("pointerleave", () => this.#pointToNow())
    this.refresh()
  }

  disconnectedCallback() {
    clearInterval(this.#timer)
    document.removeEventListener("visibilitychange", this.#seen)
    this.#size.disconnect()
  }

  get #plot() {
    return part("plot", this)
  }

  get #range() {
    return this.querySelector("input")
  }

  /** Read the history anew. What is shown stays when that fails. */
  async refresh() {
    try {
      const answer = await fetch(this.getAttribute("src"), { credentials: "same-origin" })
      if (!answer.ok) throw new Error(String(answer.status))
      this.#history = await answer.json()
    } catch {
      const at = hourMinute(new Date())
      this.hidden = false
      const text = gettext("Could not be read at {at}; tried again every minute.")
      setText(part("trouble", this), fill(text, { at }))
      return
    }
    setText(part("trouble", this), "")
    this.#show()
  }

  #show() {
    const wasAtNow = this.#range.value === this.#range.max
    this.#range.max = String(this.#lengthMs)
    if (wasAtNow) this.#range.value = this.#range.max
    this.hidden = false
    setText(part("summary", this), summaryText(this.#history))
    part("hours", this).replaceChildren(...[...this.#history.hours].reverse().map(hourRow))
    this.#draw()
  }

  get #lengthMs() {
    return Date.parse(this.#history.until) - Date.parse(this.#history.since)
  }

  get #scale() {
    const { left, right, top, bottom } = MARGIN
    const room = Math.max(1, this.#plot.clientWidth - left - right)
    const most = highest(this.#history)
    return {
      x: (ms) => left + (room * ms) / this.#lengthMs,
      y: (count) => HEIGHT - bottom - ((HEIGHT - top - bottom) * count) / most,
      ms: (x) => Math.min(1, Math.max(0, (x - left) / room)) * this.#lengthMs,
      right: left + room,
    }
  }

  #draw() {
    if (!this.#history || !this.#plot.clientWidth) return
    const svg = this.#plot.querySelector("svg")
    svg.setAttribute("viewBox", `0 0 ${this.#plot.clientWidth} ${HEIGHT}`)
    const scale = this.#scale
    const { steps, seats } = this.#history
    part("axes", this).replaceChildren(...this.#axes(scale))
    const outline = (value) => areaPath(steps, this.#lengthMs, value, scale)
    const demand = outline(([, occupied, waiting]) => occupied + waiting)
    part("waiting", this).setAttribute("d", demand)
    part("waiting-hatch", this).setAttribute("d", demand)
    part("occupied", this).setAttribute("d", outline(([, occupied]) => occupied))
    part("seats", this).setAttribute("d", `M${MARGIN.left} ${scale.y(seats)}H${scale.right}`)
    this.#point(Number(this.#range.value))
  }

  #axes({ x, y, right }) {
    const everyH = this.#plot.clientWidth < 560 ? 6 : 3
    const counts = countTicks(highest(this.#history)).flatMap((count) => [
      drawn("path", { class: "plot-grid", d: `M${MARGIN.left} ${y(count)}H${right}` }),
      drawn("text", { class: "plot-count", x: MARGIN.left - 8, y: y(count) + 4 }, String(count)),
    ])
    const hours = hourTicks(this.#history, everyH)
      .filter(({ ms }) => x(ms) < right - 4) // else its words are cut off
      .map(({ ms, text }) => drawn("text", { class: "plot-hour", x: x(ms), y: HEIGHT - 6 }, text))
    return [...counts, ...hours]
  }

  #hover({ clientX }) {
    if (!this.#history) return
    this.#point(this.#scale.ms(clientX - this.#plot.getBoundingClientRect().left))
  }

  #pointToNow() {
    if (this.#history) this.#point(Number(this.#range.value))
  }

  /** Mark a moment in the plot and say what was so then. */
  #point(ms) {
    if (!this.#history) return
    const { x, y } = this.#scale
    const text = momentText(this.#history, ms)
    const [, occupied, waiting] = stepAt(this.#history.steps, ms)
    part("cursor", this).setAttribute("d", `M${x(ms)} ${MARGIN.top}V${HEIGHT - MARGIN.bottom}`)
    const dot = part("dot", this)
    dot.setAttribute("cx", x(ms))
    dot.setAttribute("cy", y(occupied + waiting))
    setText(part("moment", this), text)
    this.#range.setAttribute("aria-valuetext", text)
  }
}

function drawn(name, attributes, text = "") {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.textContent = text
  return element
}

function hourRow({ since, until, occupied_most, occupied_mean, waiting_most }) {
  const row = document.createElement("tr")
  const hour = document.createElement("th")
  hour.scope = "row"
  hour.textContent = `${hourMinute(new Date(since))} – ${hourMinute(new Date(until))}`
  const cells = [occupied_most, occupied_mean.toFixed(2), waiting_most].map((value) => {
    const cell = document.createElement("td")
    cell.textContent = value
    return cell
  })
  row.append(hour, ...cells)
  return row
}
