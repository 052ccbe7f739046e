import { DraftSaver } from "frontend/editing/draft-saver"
import { equal, test } from "tests/runner"

/** A clock whose one alarm rings when the test says so. */
function alarm() {
  return {
    does: null,
    ms: 0,
    set(does, ms) {
      this.does = does
      this.ms = ms
      return 1
    },
    clear() {
      this.does = null
    },
    ring() {
      const { does } = this
      this.does = null
      return does?.()
    },
  }
}

/** A saver whose answers the test gives, one by one. */
function saver(...outcomes) {
  const later = alarm()
  const sent = []
  const states = []
  const send = async (clash) => {
    sent.push(clash)
    return outcomes.shift() ?? { kind: "saved" }
  }
  const made = new DraftSaver({ send, later })
  made.addEventListener("change", () => states.push(made.state))
  return { made, later, sent, states }
}

test("several changes at a stretch are saved once, a moment after the last", async () => {
  const { made, later, sent, states } = saver()
  made.changed()
  made.changed()
  await later.ring()
  equal(sent, [""])
  equal(states, ["unsaved", "unsaved", "saving", "saved"])
})

test("what is written while it saves is saved next", async () => {
  const { made, later, sent } = saver()
  made.changed()
  const first = later.ring()
  made.changed()
  await first
  equal(made.state, "unsaved")
  await later.ring()
  equal([sent.length, made.state], [2, "saved"])
})

test("a failure says why, and is tried again by itself", async () => {
  const { made, later, sent } = saver({ kind: "failed", message: "No network." })
  made.changed()
  await later.ring()
  equal([made.state, made.message, made.isAtRisk], ["failed", "No network.", true])
  await later.ring()
  equal([sent.length, made.state, made.isAtRisk], [2, "saved", false])
})

test("a clash stops saving until it is said whose stand", async () => {
  const { made, later, sent } = saver({ kind: "clash" })
  made.changed()
  await later.ring()
  made.changed()
  equal([made.state, later.does], ["clash", null])
  await made.settle("mine")
  equal([sent, made.state], [["", "mine"], "saved"])
})

test("flushing saves at once and tells whether all is safe", async () => {
  const { made, sent } = saver({ kind: "invalid" })
  equal(await made.flush(), true)
  equal(sent, [])
  made.changed()
  equal(await made.flush(), false)
  equal([sent, made.state], [[""], "invalid"])
})
