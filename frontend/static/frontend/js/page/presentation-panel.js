import { fill, gettext, ngettext } from "frontend/i18n"
import { controlsFor, part, setText } from "frontend/page/parts"
import { aboutText, isActive, isMoving, keys, standing, verb } from "frontend/session/presentation"

/**
 * The studio's presentation control: which one, where it stands, and its keys.
 *
 * `actions` are for the page's buttons and shortcuts. What they ask for comes back as
 * news, so nothing is shown before it is so.
 */
export class PresentationPanel {
  #session
  #now
  #isLive = false
  #select = document.querySelector("#script")

  /** @param {import("frontend/session/viewer").ViewerSession} session */
  constructor(session) {
    this.#session = session
    this.#select.addEventListener("change", () => this.#show())
  }

  get actions() {
    return {
      present: () => this.#present(),
      "present-back": () => this.#step(-1),
      "present-next": () => this.#step(1),
      "present-stop": () => this.#may("stop") && this.#session.present("stop"),
    }
  }

  /**
   * @param {import("frontend/session/presentation").Presentation} now
   * @param {{isLive: boolean}} where
   */
  show(now, { isLive }) {
    if (now === this.#now && isLive === this.#isLive) return
    if (now.scripts !== this.#now?.scripts) this.#list(now.scripts)
    this.#now = now
    this.#isLive = isLive
    this.#show()
  }

  #list(scripts) {
    this.#select.replaceChildren(
      ...scripts.map(({ script, title }) => new Option(title, script)),
    )
  }

  #show() {
    const now = this.#now
    const active = isActive(now)
    const panel = part("presentation")
    panel.hidden = !active && now.scripts.length === 0
    panel.dataset.state = now.state
    const chosen = now.scripts.find(({ script }) => script === this.#select.value)
    setText(part("presentation-title"), active ? now.title : titleOf(now, chosen))
    setText(part("presentation-state"), active ? standing(now) : outlook(now, chosen))
    part("presentation-choice").hidden = active || now.scripts.length < 2
    this.#showKeys(now)
    this.#showProgress(now, active)
  }

  #showKeys(now) {
    for (const key of ["present", "back", "next", "stop"]) {
      const action = key === "present" ? key : `present-${key}`
      for (const control of controlsFor(action)) control.disabled = !this.#may(key)
    }
    setText(part("presentation-verb"), verb(now))
    part("presentation").toggleAttribute("data-moving", isMoving(now))
  }

  #showProgress(now, active) {
    const bar = part("presentation-progress")
    bar.hidden = !active
    bar.max = Math.max(1, now.of)
    bar.value = now.segment
  }

  #may(key) {
    return this.#isLive && keys(this.#now)[key]
  }

  #present() {
    if (!this.#may("present")) return
    const now = this.#now
    if (isMoving(now)) this.#session.present("pause")
    else if (now.state === "paused") this.#session.present("resume")
    else this.#session.present("play", { script: this.#select.value })
  }

  #step(by) {
    if (!this.#may(by < 0 ? "back" : "next")) return
    const segment = Math.max(1, this.#now.segment + by)
    this.#session.present("goto", { segment })
  }
}

function titleOf({ scripts }, chosen) {
  return scripts.length === 1 && chosen ? chosen.title : gettext("Presentation")
}

function outlook(now, chosen) {
  if (now.state === "done") return standing(now)
  if (!chosen) return ""
  const parts = ngettext("{n} part, {time}", "{n} parts, {time}", chosen.segments)
  return fill(parts, { n: chosen.segments, time: aboutText(chosen.estimated_s) })
}
