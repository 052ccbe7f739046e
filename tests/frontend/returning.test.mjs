import { wayBack } from "frontend/session/returning"
import { equal, test } from "tests/runner"

const story = (state, endReason = "", place = null) => ({ state, endReason, place })
const here = { wasHere: true, endedAgoMs: 1_000 }
const reloaded = { wasHere: false, isReload: true, endedAgoMs: 1_000 }

for (const [state, way] of [
  ["ready", "resume"],
  ["connecting", "resume"],
  ["live", "resume"],
  ["opening", "later"],
  ["closing", "later"],
  ["waiting", "later"],
]) {
  test(`one comes back to a session that is ${state} by: ${way}`, () => equal(wayBack(story(state), reloaded), way))
}

test("who has a place in line waits on", () => {
  equal(wayBack(story("waiting", "", { position: 1 }), reloaded), "line")
})

for (const reason of ["viewer_lost", "ice_failed", "upstream_ended"]) {
  test(`a page that was there all the time goes on after ${reason}`, () => {
    equal(wayBack(story("closed", reason), here), "continue")
  })
}

for (const reason of ["viewer_closed", "staff_stopped", "idle", "max_age", "quota", "offer_missed"]) {
  test(`nobody goes on by themselves after ${reason}`, () => equal(wayBack(story("closed", reason), here), "end"))
}

test("who was away for long is asked first", () => {
  equal(wayBack(story("closed", "viewer_lost"), { wasHere: true, endedAgoMs: 3_600_000 }), "end")
})

test("a page loaded anew goes on only where its own reload broke the stream", () => {
  equal(wayBack(story("failed", "upstream_ended"), reloaded), "continue")
  equal(wayBack(story("closed", "viewer_left"), reloaded), "end")
  equal(wayBack(story("failed", "upstream_ended"), { ...reloaded, endedAgoMs: 60_000 }), "end")
})

test("who comes from elsewhere is asked, however recent the end", () => {
  equal(wayBack(story("failed", "upstream_ended"), { ...reloaded, isReload: false }), "end")
})

test("an end of unknown time is not recent", () => {
  equal(wayBack(story("failed", "upstream_ended"), { ...reloaded, endedAgoMs: NaN }), "end")
})
