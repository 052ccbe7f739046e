import { Adapting, BAD_S, GOOD_S, SETTLING_S, TRIAL_S } from "frontend/media/adapting"
import { equal, test } from "tests/runner"

const GOOD = { grade: "good", why: "" }
const POOR = { grade: "poor", why: "frozen_ms" }
const SLOW = { grade: "poor", why: "rtt_ms" }

/** A viewer's stream, second by second, on a clock of its own. */
class Line {
  atS = 0
  busy = false
  steps = []

  constructor(chosen = "high") {
    this.adapting = new Adapting(chosen)
  }

  /** So many seconds like this; whatever is advised is done. */
  pass(seconds, grade) {
    for (let s = 0; s < seconds; s++) {
      const to = this.adapting.note(grade, { atS: this.atS++, busy: this.busy })
      if (!to) continue
      this.steps.push(to)
      this.adapting.switched(to, this.atS)
    }
    return this
  }
}

test("some bad seconds in a row bring the picture down, one does not", () => {
  equal(new Line().pass(1, POOR).pass(20, GOOD).steps, [])
  equal(new Line().pass(BAD_S, POOR).steps, ["medium"])
})

test("it goes down step by step to the smallest, and no further", () => {
  const line = new Line().pass(3 * (BAD_S + SETTLING_S), POOR)
  equal(line.steps, ["medium", "low"])
})

test("up again comes only after a long good while, and only to what was chosen", () => {
  const line = new Line("medium").pass(BAD_S, POOR)
  equal(line.pass(GOOD_S - 1, GOOD).steps, ["low"])
  equal(line.pass(SETTLING_S + 2, GOOD).steps, ["low", "medium"])
  equal(line.pass(5 * GOOD_S, GOOD).steps, ["low", "medium"])
})

test("one fair second begins the good while anew", () => {
  const line = new Line().pass(BAD_S, POOR).pass(GOOD_S + SETTLING_S - 2, GOOD)
  line.pass(1, { grade: "fair", why: "jitter_ms" })
  equal(line.pass(GOOD_S - 1, GOOD).steps, ["medium"])
})

test("an up that did not hold makes the next one wait twice as long", () => {
  const line = new Line().pass(BAD_S, POOR).pass(GOOD_S + SETTLING_S, GOOD)
  equal(line.steps, ["medium", "high"])
  line.pass(SETTLING_S + BAD_S, POOR)
  equal(line.steps, ["medium", "high", "medium"])
  equal(TRIAL_S > SETTLING_S + BAD_S, true)
  equal(line.pass(GOOD_S + SETTLING_S + 5, GOOD).steps.length, 3)
  equal(line.pass(GOOD_S, GOOD).steps.length, 4)
})

test("nothing changes in the middle of a sentence, but right after it", () => {
  const line = new Line()
  line.busy = true
  equal(line.pass(30, POOR).steps, [])
  line.busy = false
  equal(line.pass(1, POOR).steps, ["medium"])
})

test("a long way is no reason, since a smaller picture takes as long", () => {
  equal(new Line().pass(60, SLOW).steps, [])
})

test("who says keep is left alone", () => {
  const line = new Line()
  line.adapting.keep()
  equal(line.pass(200, POOR).pass(3 * GOOD_S, GOOD).steps, [])
})

test("a choice by hand is the new limit, and ends keeping", () => {
  const line = new Line("high")
  line.adapting.keep()
  line.adapting.choose("low")
  equal(line.pass(4 * GOOD_S, GOOD).steps, [])
  equal([line.adapting.keeps, line.adapting.chosen], [false, "low"])
})
