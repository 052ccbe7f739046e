import { fill, gettext } from "frontend/i18n"
import { Adapting } from "frontend/media/adapting"
import { figuresText, gradeText, Meter } from "frontend/media/grade"
import { tellListeners } from "frontend/page/news"
import { controlsFor, part, setText } from "frontend/page/parts"

/** How long people have to say "keep", after they were told. */
const NOTICE_MS = 6_000

const SIZES = { low: gettext("small (360p)"), medium: gettext("medium (480p)"), high: gettext("large (720p)") }
const GRADE_WORDS = { good: gettext("Good"), fair: gettext("Fair"), poor: gettext("Poor"), none: gettext("Nothing arrives") }

/**
 * How good the connection is, and a picture that follows it: announced before, in words,
 * with a way to say no.
 */
export class ConnectionPanel {
  #session
  #log
  #noticeMs
  #meter = new Meter()
  #adapting = new Adapting("medium")
  #timer = 0
  #grade = ""

  /** @param {{session: object, log: (text: string) => void, noticeMs?: number}} means */
  constructor({ session, log, noticeMs = NOTICE_MS }) {
    this.#session = session
    this.#log = log
    this.#noticeMs = noticeMs
    session.addEventListener("stats", ({ detail }) => this.#note(detail))
  }

  get actions() {
    return { "keep-quality": () => this.keep(), "full-quality": () => this.#restore() }
  }

  /** What the viewer has chosen by hand. @param {"low"|"medium"|"high"} quality */
  choose(quality) {
    this.#forget()
    this.#adapting.choose(quality)
    this.#showRestore()
  }

  keep() {
    this.#forget()
    this.#adapting.keep()
    this.#log(gettext("The picture stays as it is"))
  }

  /** Something has changed: without a stream there is nothing to measure. */
  show(isLive) {
    part("meter").hidden = !isLive
    if (isLive) return
    this.#forget()
    this.#meter.reset()
    this.#grade = part("meter").dataset.grade = ""
    setText(part("meter-text"), gettext("Connection"))
    setText(part("connection-words"), gettext("Not connected."))
    setText(part("connection-figures"), "")
  }

  #note(stats) {
    const now = this.#meter.note(stats)
    this.#paint(now, stats)
    const { busy, hold } = this.#session
    if (hold || this.#timer) return
    const to = this.#adapting.note(now, { atS: performance.now() / 1000, busy })
    if (to) this.#announce(to)
  }

  #paint(now, stats) {
    part("meter").dataset.grade = now.grade
    setText(part("meter-text"), GRADE_WORDS[now.grade])
    setText(part("connection-words"), fill(gettext("{words}."), { words: gradeText(now) }))
    setText(part("connection-figures"), figuresText(stats))
    if (now.grade === "poor" && this.#grade !== "poor") this.#log(gradeText(now))
    this.#grade = now.grade
  }

  #announce(quality) {
    const goesDown = rank(quality) < rank(this.#adapting.quality)
    const text = goesDown
      ? gettext("The connection is poor. The picture becomes {size} in a moment, so that it does not stand still.")
      : gettext("The connection is good again. The picture becomes {size} in a moment.")
    const words = fill(text, { size: SIZES[quality] })
    setText(part("adapting-words"), words)
    part("adapting").hidden = false
    this.#log(words)
    tellListeners(words)
    this.#timer = setTimeout(() => this.#change(quality), this.#noticeMs)
  }

  async #change(quality) {
    if (this.#session.busy) {
      // In the middle of a sentence nothing changes: look again in a moment.
      this.#timer = setTimeout(() => this.#change(quality), 500)
      return
    }
    this.#forget()
    if (await this.#session.changeQuality(quality, { isChosen: false })) {
      this.#adapting.switched(quality, performance.now() / 1000)
    } else {
      this.#adapting.keep() // it was refused; once is enough
    }
    this.#showRestore()
  }

  /** The viewer wants the size back that they had chosen, whatever comes of it. */
  async #restore() {
    const { chosen } = this.#adapting
    part("connection").hidePopover()
    if (await this.#session.changeQuality(chosen)) this.choose(chosen)
    this.keep()
  }

  #showRestore() {
    const { quality, chosen } = this.#adapting
    controlsFor("full-quality")[0].hidden = quality === chosen
    setText(part("full-quality"), fill(gettext("Back to {size}"), { size: SIZES[chosen] }))
  }

  #forget() {
    clearTimeout(this.#timer)
    this.#timer = 0
    part("adapting").hidden = true
  }
}

function rank(quality) {
  return ["low", "medium", "high"].indexOf(quality)
}
