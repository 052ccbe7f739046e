/**
 * What becomes of a stay when the server, the connection or another window has a word in it.
 */
import { gettext } from "frontend/i18n"
import { Problem } from "frontend/session/api"
import { isInLine, isOpen } from "frontend/session/phase"
import { isAccident } from "frontend/session/returning"
import { isOver } from "frontend/session/story"
import { ending, iceText } from "frontend/session/wording"

export class Following {
  #stay
  #returning
  #tidings
  #stream
  #emit

  /**
   * @param {object} means
   * @param {import("frontend/session/stay").Stay} means.stay
   * @param {import("frontend/session/returning").Returning} means.returning
   * @param {import("frontend/session/tidings").Tidings} means.tidings
   * @param {import("frontend/media/stream").Stream} means.stream
   * @param {(type: string, detail?: unknown) => void} means.emit  to the page
   */
  constructor({ stay, returning, tidings, stream, emit }) {
    this.#stay = stay
    this.#returning = returning
    this.#tidings = tidings
    this.#stream = stream
    this.#emit = emit
    tidings.addEventListener("stranger", () => stay.vanish())
    tidings.addEventListener("past", ({ detail }) => this.#learn(detail))
    tidings.addEventListener("now", ({ detail }) => this.#now(detail))
    tidings.addEventListener("heard", () => this.#heard())
    tidings.addEventListener("link", ({ detail }) => this.#linked(detail))
    stream.addEventListener("ice", ({ detail }) => this.#iceChanged(detail))
    stream.addEventListener("picture", ({ detail }) => this.#pictureChanged(detail))
    stream.addEventListener("report", ({ detail }) => tidings.send({ type: "media.stats", ...detail }))
  }

  /** What the session's own changes mean for us, who did not ask for them. */
  follow() {
    const { state, place, endReason } = this.#tidings.story
    if (this.#stay.isAsking) return // the answer says more
    if (isOver(state) || state === "closing") {
      if (isAccident(endReason) && this.#returning.mend(ending(endReason).text)) return
      this.#stay.finish(endReason)
    } else if (isInLine(this.#stay.phase)) {
      if (state !== "waiting") this.#stay.moved(gettext("The seat was taken in another window"))
      else if (place) this.#stay.standInLine()
    }
  }

  #learn(frame) {
    if (frame.type === "session.status" && frame.data.to === "live") this.#stay.wasLive = true
    this.#returning.learn(frame)
  }

  #now(frame) {
    this.#learn(frame)
    if (this.#stay.isReopenedBy(frame)) this.#stay.moved(gettext("The session goes on in another window"))
    if (this.#stay.phase !== "resuming") this.follow()
  }

  #heard() {
    this.#returning.goOn()
    this.#emit("change")
  }

  #linked({ link, isNews, code }) {
    if (link === "open") this.#tellIce()
    if (isNews && link === "lost") this.#stay.say("status", gettext("Connection lost; trying again"))
    if (isNews && link === "open") this.#stay.say("status", gettext("Connection is back"))
    if (link === "gone") this.#gone(code)
    this.#emit("change")
  }

  /** After a reconnect the server may have missed the newest ICE state. */
  #tellIce() {
    const state = this.#stream.iceState
    if (state && state !== "new") this.#tidings.send({ type: "ice.state", state })
  }

  #gone(code) {
    if (code === 4401) {
      this.#stay.report(new Problem({ code: "not_authenticated", message: gettext("You are signed out.") }))
    }
    this.#stay.vanish()
  }

  #iceChanged(state) {
    const { phase, hold } = this.#stay
    if (!isOpen(phase) || (hold && phase === "live")) return
    this.#tidings.amend({ iceState: state })
    this.#stay.say("ice", iceText(state))
    // The server ends a session whose connection failed, so it hears of that only when
    // there is nothing more that we would try.
    if (state === "failed" && this.#returning.mend(gettext("The media connection failed."))) return
    this.#tidings.send({ type: "ice.state", state })
    if (state === "failed") {
      this.#stay.fail(new Problem({ code: "media_failed", message: gettext("The media connection failed.") }))
    }
    this.#emit("change")
  }

  #pictureChanged(has) {
    this.#stay.say("status", has ? gettext("The picture is back") : gettext("No picture comes through; voice and text go on"))
    this.#emit("picture", has)
    this.#emit("change")
  }
}
