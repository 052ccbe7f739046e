/** Coming back to a session: what can be gone on with, judged by where it stands now. */
import { fill, gettext } from "frontend/i18n"
import { hasStream, isOpen } from "frontend/session/phase"
import { isOver, isUsable } from "frontend/session/story"
import { ending } from "frontend/session/wording"

/** Ends that nobody wanted. */
const ACCIDENTS = new Set(["viewer_lost", "viewer_left", "ice_failed", "upstream_ended"])

/** Who comes back later than this, from a closed laptop for one, wants to be asked. */
const ABSENCE_MS = 120_000

/** How long loading a page anew may take. */
const RELOAD_MS = 15_000

/** Whether a session that ended so should go on by itself. @param {string} reason */
export function isAccident(reason) {
  return ACCIDENTS.has(reason)
}

/**
 * What to do: "line" is waiting on, "resume" a new stream of the same session, "continue" the
 * same conversation in a new session, "end" saying how it ended, "later" the next event tells.
 *
 * @param {{state: string, endReason: string, place: object|null}} story
 * @param {{wasHere: boolean, isReload: boolean, endedAgoMs: number}} facts  whether this page
 *   itself lost it, or was loaded anew: an avatar service may end at once what a page lets go
 * @returns {"line"|"resume"|"continue"|"end"|"later"}
 */
export function wayBack({ state, endReason, place }, { wasHere, isReload, endedAgoMs }) {
  if (state === "waiting") return place ? "line" : "later"
  if (isUsable(state)) return "resume"
  if (!isOver(state)) return "later"
  const goesOn = wasHere
    ? isAccident(endReason) && endedAgoMs < ABSENCE_MS
    : isReload && endReason === "upstream_ended" && endedAgoMs < RELOAD_MS
  return goesOn ? "continue" : "end"
}

/** The ways back to a session: after a reload, from another window, over a broken stream. */
export class Returning {
  #api
  #stay
  #tidings
  /** Whether it is still open what becomes of a session that was lost: asked for once only. */
  #isLost = false
  #isReload = false
  /** Whether we have gone on by ourselves, and not yet played steadily since. */
  #mended = false
  #endedAtMs = 0

  /**
   * @param {object} means
   * @param {import("frontend/session/api").Api} means.api
   * @param {import("frontend/session/stay").Stay} means.stay
   * @param {import("frontend/session/tidings").Tidings} means.tidings
   */
  constructor({ api, stay, tidings }) {
    this.#api = api
    this.#stay = stay
    this.#tidings = tidings
  }

  /** Another session begins, or another way back to one. */
  forget({ isReload = false } = {}) {
    this.#isLost = this.#mended = false
    this.#isReload = isReload
    this.#endedAtMs = 0
  }

  /** The stream has played for so long that it may break, and be mended again. */
  trust() {
    this.#mended = false
  }

  /** What is told of the session, also of the time before this page. */
  learn({ type, at, data }) {
    if (type === "session.status" && isOver(data.to)) this.#endedAtMs = Date.parse(at)
  }

  /** See `ViewerSession.findElsewhere`. */
  findElsewhere(kept) {
    if (isOpen(this.#stay.phase)) return
    this.#begin(kept)
    this.#stay.enter("moved", gettext("The session is open in another window"))
  }

  /** Back to what is kept of a session; `steal` takes it from the window that shows it. */
  async comeBack(kept, { steal, isReload = false }) {
    if (isOpen(this.#stay.phase)) return
    this.#begin(kept, { isReload })
    this.#stay.enter("return", gettext("Coming back to your session… please wait"))
    const { signal } = this.#stay
    const isOurs = await this.#stay.claim({ steal })
    if (signal.aborted) return
    if (!isOurs) this.#stay.moved(gettext("The session is open in another window"))
    else this.#seek({ after: 0 })
  }

  /** Mend a broken stream, once: whether that is being tried. */
  mend(why) {
    const stay = this.#stay
    if (this.#mended || !stay.wasLive || !hasStream(stay.phase)) return false
    const after = this.#tidings.lastSeq
    this.#mended = stay.isBack = true
    stay.release()
    stay.revive()
    stay.learn({ starts: true })
    stay.enter("return", fill(gettext("{why} Reconnecting…"), { why }))
    this.#seek({ after })
    return true
  }

  /** Once all that was missed has been told: go on from where the session stands now. */
  async goOn() {
    if (this.#stay.phase !== "resuming" || !this.#isLost || !this.#tidings.isCaughtUp) return
    const { story, nowMs } = this.#tidings
    const facts = { wasHere: this.#mended, isReload: this.#isReload, endedAgoMs: nowMs - this.#endedAtMs }
    const way = wayBack(story, facts)
    this.#isLost = way === "later"
    if (way === "line") this.#stay.standInLine(gettext("Back in line"))
    if (way === "resume") await this.#resume(story)
    if (way === "continue") await this.#continue(story)
    if (way === "end") this.#stay.finish(story.endReason)
  }

  #begin(kept, how) {
    this.forget(how)
    this.#stay.begin(kept)
  }

  /** Let the server tell what has become of the session that was lost. */
  #seek({ after }) {
    this.#isLost = true
    this.#tidings.listen(this.#stay.id, { after })
  }

  async #resume({ state }) {
    const stay = this.#stay
    stay.isBack = stay.wasLive
    stay.learn({ starts: stay.kept.starts || state !== "ready" })
    stay.enter("", gettext("The session is still open; coming back to it"))
    await stay.ask(() => this.#api.resumeSession(stay.id), { reopens: true })
  }

  async #continue({ endReason }) {
    const stay = this.#stay
    const { id, choice } = stay.kept
    this.#mended = true
    stay.learn({ before: id, starts: true })
    this.#tidings.hush()
    const { text } = ending(endReason)
    stay.enter("", fill(gettext("{ending} Going on in a new session"), { ending: text }))
    await stay.ask(() => this.#api.createSession({ ...choice, continues: id }))
  }
}
