/** Talking to the draft, on a small stage beside the form. */
import { paint } from "frontend/editing/backdrop"
import { fill, gettext } from "frontend/i18n"
import { controlsFor, part, setText } from "frontend/page/parts"
import { clearProblems, showProblem } from "frontend/page/problems"
import { controls, hasStream, isInLine, isOpen } from "frontend/session/phase"

/** Of all that a session tells, what is worth reading here. */
const TOLD = new Set(["said", "heard"])
const LINES_MAX = 40

export class TryStage {
  #session
  #stage = document.querySelector("avatar-stage")
  #slug
  #facts
  #prepare
  #greets = false

  /**
   * @param {object} means
   * @param {import("frontend/session/viewer").ViewerSession} means.session
   * @param {string} means.slug
   * @param {() => {welcome: string, answers: boolean, backdrop: object}} means.facts  as the draft has them
   * @param {() => Promise<boolean>} means.prepare  saves the draft; whether that went well
   */
  constructor({ session, slug, facts, prepare }) {
    this.#session = session
    this.#slug = slug
    this.#facts = facts
    this.#prepare = prepare
    this.paint()
    part("try-form").addEventListener("submit", (event) => this.#submitted(event))
    session.addEventListener("change", () => this.#show())
    session.addEventListener("line", ({ detail }) => this.#note(detail))
    session.addEventListener("problem", ({ detail }) => showProblem(part("try-problems"), detail))
    session.addEventListener("stream", ({ detail }) => this.#stage.show(detail))
    session.addEventListener("hush", () => (this.#stage.hushed = true))
    session.addEventListener("unhush", () => (this.#stage.hushed = false))
    session.speech.addEventListener("word", () => this.#showWords())
    session.addEventListener("playing", () => this.#begun())
    this.#stage.addEventListener("firstframe", () => session.playing())
    this.#stage.addEventListener("soundrefused", ({ refused }) => {
      controlsFor("try-hear")[0].hidden = !refused
    })
    this.#show()
  }

  get actions() {
    return {
      try: () => this.#begin(),
      "try-close": () => this.#session.close(),
      "try-leave": () => this.#session.close(),
      "try-hear": () => this.#stage.play(),
    }
  }

  /** What stands behind the draft may have been changed. */
  paint() {
    paint(this.#stage, this.#facts().backdrop)
  }

  /** Begin, or take the seat that is offered. */
  async #begin() {
    clearProblems(part("try-problems"))
    if (this.#session.phase === "offered") {
      await this.#session.take()
      return
    }
    if (!(await this.#prepare())) {
      setText(part("try-line"), gettext("The draft has to be saved first: see below."))
      return
    }
    this.#greets = true
    const background = this.#facts().backdrop.removes ? "green" : ""
    await this.#session.open({ persona: this.#slug, draft: true, background }, { starts: true })
  }

  /** The stream plays, with or without a picture. */
  #begun() {
    if (this.#greets) this.#session.repeat(this.#facts().welcome)
    this.#greets = false
    part("try-form").scrollIntoView({ block: "nearest" })
    if (document.activeElement === document.body) this.#message.focus({ preventScroll: true })
  }

  get #message() {
    return document.querySelector("#try-message")
  }

  async #submitted(event) {
    event.preventDefault()
    const text = this.#message.value.trim()
    if (!text || this.#session.phase !== "live") return
    this.#message.value = ""
    await this.#prepare() // what was just written should already count
    if (this.#facts().answers) this.#session.ask(text)
    else this.#session.repeat(text)
  }

  #show() {
    const { phase, mood, link } = this.#session
    this.#stage.setAttribute("phase", phase)
    this.#stage.setAttribute("mood", mood)
    this.#stage.setAttribute("link", isOpen(phase) ? link : "open")
    this.#showWords()
    const can = controls(phase, { busy: this.#session.busy, continuable: false })
    controlsFor("try")[0].hidden = !(can.begin || can.take)
    controlsFor("try-leave")[0].hidden = !isInLine(phase)
    part("try-form").hidden = !hasStream(phase)
    setText(part("try-line"), this.#line(phase))
    setText(part("try-verb"), this.#verb(phase))
    setText(part("try-send"), this.#facts().answers ? gettext("Ask") : gettext("Have it said"))
    if (!hasStream(phase)) this.#stage.clear()
  }

  #showWords() {
    this.#stage.caption = this.#session.speech.caption
    this.#stage.word = this.#session.speech.word
  }

  #verb(phase) {
    if (phase === "offered") return gettext("Take the seat")
    return phase === "ended" ? gettext("Talk again") : gettext("Talk to the draft")
  }

  #line(phase) {
    switch (phase) {
      case "idle":
        return gettext("Hear and see the draft before anybody else does.")
      case "ended":
        return this.#session.end.text
      case "waiting":
        return this.#inLine()
      case "offered":
        return gettext("A seat is free for you.")
      default:
        return gettext("Curtain up in a moment…")
    }
  }

  #inLine() {
    const { position, waiting } = this.#session.story.place ?? {}
    if (!position) return gettext("You are in line.")
    return fill(gettext("You are number {n} of {all} in line."), { n: position, all: waiting })
  }

  #note({ kind, text }) {
    if (!TOLD.has(kind)) return
    const [log, lines] = [part("try-log"), part("try-lines")]
    const line = document.createElement("li")
    line.dataset.kind = kind
    line.textContent = text
    lines.append(line)
    while (lines.childElementCount > LINES_MAX) lines.firstElementChild.remove()
    log.hidden = false
    log.scrollTop = log.scrollHeight
  }
}
