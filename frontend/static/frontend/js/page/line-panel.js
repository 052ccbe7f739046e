import { fill, gettext } from "frontend/i18n"
import { chime } from "frontend/page/chime"
import { tellListeners } from "frontend/page/news"
import { controlsFor, part, setText } from "frontend/page/parts"
import { every } from "frontend/session/heart"
import { isInLine } from "frontend/session/phase"
import {
  companyText,
  lineTitle,
  placeAndWait,
  placeText,
  secondsUntil,
  spokenPlace,
  waitText,
} from "frontend/session/line"

/** So many people are drawn as lamps; more are told in words. */
const MOST_LAMPS = 9

/**
 * Everything that shows a place in line, apart from the words before the curtain: the
 * lamps, the seconds of an offer, the page's title, a chime, and what is read out.
 */
export class LinePanel {
  #session
  #volume
  #onTick
  #title = document.title
  #calm = matchMedia("(prefers-reduced-motion: reduce)")
  #stop = null
  #phase = ""
  #position = 0

  /**
   * `onTick` is called each second while somebody waits, also where nobody looks.
   *
   * @param {{session: object, volume: () => number, onTick: () => void}} means
   */
  constructor({ session, volume, onTick }) {
    this.#session = session
    this.#volume = volume
    this.#onTick = onTick
  }

  show() {
    const { phase, story } = this.#session
    const place = isInLine(phase) ? story.place : null
    part("while-waiting").hidden = phase !== "waiting"
    part("lamps").hidden = !place
    if (place) showLamps(place)
    this.#keepTime(place !== null)
    this.#tell(phase, place)
    this.#tick()
  }

  /** @returns {{line: string, hint: string}} the words before the curtain */
  get words() {
    const { phase, story, serverNowMs } = this.#session
    if (phase === "offered") {
      return {
        line: gettext("A seat is free for you"),
        hint: gettext("It is kept for a moment, then it goes to the next in line."),
      }
    }
    const wait = waitText(story.place, serverNowMs)
    const hint = companyText(story.place)
    return { line: placeAndWait(placeText(story.place), wait), hint }
  }

  #keepTime(isOn) {
    if (isOn) {
      this.#stop ??= every(1000, this.#onTick)
    } else {
      this.#stop?.()
      this.#stop = null
    }
  }

  #tell(phase, place) {
    const { serverNowMs } = this.#session
    if (phase === "offered" && this.#phase !== "offered") this.#call(place)
    else if (phase === "waiting" && place.position !== this.#position) {
      tellListeners(spokenPlace(place, serverNowMs))
    }
    this.#phase = phase
    this.#position = phase === "waiting" ? place.position : 0
  }

  /** Their turn: ring, say so, and put the button under their finger. */
  #call(place) {
    const seconds = secondsUntil(place.offered_until, this.#session.serverNowMs)
    const words = gettext("A seat is free for you. Take it within {seconds} seconds.")
    tellListeners(fill(words, { seconds }), { urgent: true })
    chime({ volume: this.#volume() })
    if (!document.activeElement?.matches("input, select, textarea")) controlsFor("take")[0].focus()
  }

  #tick() {
    const { phase, story, serverNowMs: nowMs } = this.#session
    const { place } = story
    const words = lineTitle({ phase, place, nowMs, isCalm: this.#calm.matches })
    const title = words ? `${words} · Greenroom` : this.#title
    if (document.title !== title) document.title = title
    if (phase !== "offered") return
    const leftS = secondsUntil(place.offered_until, nowMs)
    setText(part("take-seconds"), leftS ? `(${leftS})` : "")
  }
}

/** The line as lamps, ours lit. */
function showLamps({ position, waiting }) {
  const lamps = part("lamps")
  const count = Math.min(Math.max(waiting, position), MOST_LAMPS)
  while (lamps.children.length > count) lamps.lastElementChild.remove()
  while (lamps.children.length < count) lamps.append(document.createElement("i"))
  const ours = Math.min(position, count)
  ;[...lamps.children].forEach((lamp, nth) => lamp.toggleAttribute("data-ours", nth + 1 === ours))
}
