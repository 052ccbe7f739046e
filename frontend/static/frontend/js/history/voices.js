/** Who says the lines of a replay: an avatar, or nobody, for the time that it took then. */
import { waitFor } from "frontend/history/player"

/** An avatar that has not told its end so long after it was due is taken to be through. */
const LATE_MS = 6_000

/** Nobody speaks: a line is there to be read as long as it was heard. */
export class ReadingVoice {
  #speed

  /** @param {() => number} speed */
  constructor(speed) {
    this.#speed = speed
  }

  say(line, signal) {
    return waitFor((line.lasts_s * 1000) / this.#speed(), signal)
  }

  hush() {}
}

/** The avatar of a replay's session. */
export class AvatarVoice {
  #session

  /** @param {import("frontend/session/viewer").ViewerSession} session */
  constructor(session) {
    this.#session = session
  }

  /** Until it was heard to its end. Rejects with the problem that came instead. */
  async say(line, signal) {
    const over = new AbortController()
    const life = AbortSignal.any([signal, over.signal])
    try {
      await Promise.race([this.#said(line, life), this.#failed(life)])
    } finally {
      over.abort()
    }
  }

  hush() {
    this.#session.interrupt()
  }

  #said(line, signal) {
    return new Promise((done, fail) => {
      let taskId = ""
      const hear = ({ detail: { type, data } }) => {
        if (type === "chat.sentence" && data.turn === line.turn && data.index === line.piece) {
          taskId = String(data.task_id)
          waitFor(data.duration_s * 1000 + LATE_MS, signal).then(done, fail)
        }
        if (type === "avatar.stop_talking" && taskId && String(data.task_id) === taskId) done()
      }
      this.#session.addEventListener("frame", hear, { signal })
      signal.addEventListener("abort", () => fail(signal.reason))
      this.#session.replay(line.turn, line.piece)
    })
  }

  #failed(signal) {
    return new Promise((_, fail) => {
      const told = ({ detail }) => fail(detail)
      this.#session.addEventListener("problem", told, { signal })
      const changed = () => {
        if (this.#session.phase === "ended") fail(new Error("ended"))
      }
      this.#session.addEventListener("change", changed, { signal })
    })
  }
}
