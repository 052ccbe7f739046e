import { isOver, tell, UNTOLD } from "frontend/session/story"
import { equal, test } from "tests/runner"

const frame = (type, data) => ({ type, seq: 1, at: "", data })
const told = (...frames) => frames.reduce(tell, UNTOLD)

const snapshot = frame("snapshot", {
  session: {
    state: "live",
    end_reason: "",
    ice_state: "connected",
    persona: { slug: "anna", name: "Anna" },
    ends_at: "2026-01-01T00:10:00Z",
  },
})

test("a snapshot tells where the session stands", () => {
  const story = told(snapshot)
  equal(
    [story.state, story.iceState, story.personaName, story.endsAt],
    ["live", "connected", "Anna", "2026-01-01T00:10:00Z"],
  )
})

test("a session without its persona keeps the name that is known", () => {
  const named = { ...UNTOLD, personaName: "Anna" }
  equal(tell(named, frame("snapshot", { session: { persona: null } })).personaName, "Anna")
})

test("a status change carries its reason", () => {
  const story = told(snapshot, frame("session.status", { from: "live", to: "closed", reason: "idle" }))
  equal([story.state, story.endReason], ["closed", "idle"])
})

test("an end ends the turn and the speaking too", () => {
  const story = told(
    snapshot,
    frame("turn.started", { turn: 3 }),
    frame("avatar.start_talking", { task_id: "t" }),
    frame("session.status", { to: "failed", reason: "ice_failed" }),
  )
  equal([story.turn, story.speaking], ["", ""])
})

test("a turn lasts from its start to its own finish", () => {
  const during = told(frame("turn.started", { turn: 3 }), frame("turn.finished", { turn: 2 }))
  equal(during.turn, "3")
  equal(tell(during, frame("turn.finished", { turn: 3 })).turn, "")
})

test("the end of an earlier utterance does not silence the present one", () => {
  const story = told(
    frame("avatar.start_talking", { task_id: "a" }),
    frame("avatar.start_talking", { task_id: "b" }),
    frame("avatar.stop_talking", { task_id: "a" }),
  )
  equal(story.speaking, "b")
})

test("frames of the future change nothing", () => {
  equal(told(snapshot, frame("crowd.applause", { position: 2 })), told(snapshot))
})

test("closed and failed are ends", () => {
  equal(["waiting", "live", "closing", "closed", "failed"].filter(isOver), ["closed", "failed"])
})

const place = { position: 2, waiting: 3, estimated_wait_s: 90, offered_until: null }

test("a snapshot and each new position tell where one stands, and when that was so", () => {
  const waiting = { ...snapshot.data.session, state: "waiting" }
  const at = "2026-01-01T00:00:00Z"
  const first = tell(UNTOLD, { type: "snapshot", at, data: { session: waiting, queue: place } })
  const later = tell(first, { type: "queue.position", at, data: { ...place, position: 1 } })

  equal(first.place, { ...place, atMs: Date.parse(at) })
  equal(later.place.position, 1)
})

test("who has got a seat stands in no line", () => {
  const waiting = tell(UNTOLD, { ...frame("queue.position", place), at: "2026-01-01T00:00:00Z" })
  equal(tell(waiting, frame("session.status", { from: "waiting", to: "opening", reason: "" })).place, null)
})
