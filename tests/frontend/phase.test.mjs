import { controls, isOpen, nextPhase, PHASES } from "frontend/session/phase"
import { equal, ok, test } from "tests/runner"

const through = (...happenings) => happenings.reduce(nextPhase, "idle")

test("a session goes from new to live", () => {
  equal(through("new", "offered", "start", "playing"), "live")
})

test("a closed session ends, and a new one can begin", () => {
  equal(through("new", "offered", "close", "ended", "new"), "opening")
})

test("it can be closed while it opens, is ready, connects or is live", () => {
  for (const phase of ["opening", "ready", "connecting", "live"]) {
    equal(nextPhase(phase, "close"), "closing")
  }
})

test("an end that is reported twice changes nothing", () => {
  equal(nextPhase("ended", "ended"), "ended")
  equal(nextPhase("idle", "ended"), "idle")
})

test("a picture that comes while closing does not bring it back to life", () => {
  equal(nextPhase("closing", "playing"), "closing")
})

test("every phase but idle and ended is open", () => {
  equal(PHASES.filter((phase) => !isOpen(phase)), ["idle", "ended"])
})

test("only New and the one big button work before a session", () => {
  const usable = Object.entries(controls("idle")).filter(([, can]) => can)
  equal(usable.map(([name]) => name), ["begin", "choose", "new"])
})

test("Start works in ready alone", () => {
  equal(PHASES.filter((phase) => controls(phase).start), ["ready"])
})

test("Talk and Repeat work in live alone", () => {
  equal(PHASES.filter((phase) => controls(phase).ask), ["live"])
  equal(PHASES.filter((phase) => controls(phase).repeat), ["live"])
})

test("Interrupt needs something to interrupt", () => {
  ok(!controls("live").interrupt, "not interrupt")
  ok(controls("live", { busy: true }).interrupt, "interrupt")
  ok(!controls("ready", { busy: true }).interrupt, "not interrupt")
})

test("Close does not work twice", () => {
  ok(!controls("closing").close, "not close")
})
