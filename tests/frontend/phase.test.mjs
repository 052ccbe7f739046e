import { controls, hasStream, isInLine, isOpen, nextPhase, PHASES } from "frontend/session/phase"
import { equal, ok, test } from "tests/runner"

const through = (...happenings) => happenings.reduce(nextPhase, "idle")

test("a session goes from new to live", () => {
  equal(through("new", "opened", "start", "playing"), "live")
})

test("a closed session ends, and a new one can begin", () => {
  equal(through("new", "opened", "close", "ended", "new"), "opening")
})

test("whoever finds no seat waits, is offered one, takes it, and goes live", () => {
  const waited = through("new", "queued", "offered", "claim")
  equal(waited, "opening")
  equal(["opened", "start", "playing"].reduce(nextPhase, waited), "live")
})

test("an offer that is taken back leaves one in line", () => {
  equal(through("new", "queued", "offered", "queued"), "waiting")
})

test("a broken stream comes back by itself", () => {
  equal(through("new", "opened", "start", "playing", "return", "opened", "start", "playing"), "live")
})

test("a page that is loaded anew finds its session or its place in line", () => {
  equal(through("return", "opened"), "ready")
  equal(through("return", "queued"), "waiting")
  equal(through("return", "offered"), "offered")
})

test("what moved to another window can be brought back", () => {
  equal(through("new", "opened", "start", "playing", "moved"), "elsewhere")
  equal(nextPhase("elsewhere", "return"), "resuming")
})

test("every open phase can be closed, and can end", () => {
  for (const phase of PHASES.filter(isOpen)) {
    if (phase !== "closing") equal(nextPhase(phase, "close"), "closing")
    equal(nextPhase(phase, "ended"), "ended")
  }
})

test("an end that is reported twice changes nothing", () => {
  equal(nextPhase("ended", "ended"), "ended")
  equal(nextPhase("idle", "ended"), "idle")
})

test("a picture that comes while closing does not bring it back to life", () => {
  equal(nextPhase("closing", "playing"), "closing")
})

test("every phase but idle, ended and elsewhere is open", () => {
  equal(PHASES.filter((phase) => !isOpen(phase)), ["idle", "ended", "elsewhere"])
})

test("nobody in line has a stream", () => {
  equal(PHASES.filter(isInLine), ["waiting", "offered"])
  equal(PHASES.filter((phase) => isInLine(phase) && hasStream(phase)), [])
})

test("a seat can be taken while it is offered, and the line left until then", () => {
  equal(PHASES.filter((phase) => controls(phase).take), ["offered"])
  equal(PHASES.filter((phase) => controls(phase)["leave-line"]), ["waiting", "offered"])
})

test("only an ended conversation can be continued", () => {
  const continuable = true
  equal(PHASES.filter((phase) => controls(phase, { continuable }).continue), ["ended"])
  ok(!controls("ended").continue, "not continue")
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
