import {
  areaPath,
  countTicks,
  highest,
  hourTicks,
  momentText,
  stepAt,
  summaryText,
} from "frontend/board/plot"
import { equal, test } from "tests/runner"

const MINUTE = 60_000
const since = new Date(2030, 0, 1, 12, 20)
const day = {
  since: since.toISOString(),
  until: new Date(since.getTime() + 24 * 60 * MINUTE).toISOString(),
  seats: 3,
  full_s: 0,
  steps: [[0, 0, 0], [10 * MINUTE, 2, 0], [20 * MINUTE, 3, 4], [30 * MINUTE, 0, 0]],
}

test("the plot is as high as the most that wanted a seat, or as there are seats", () => {
  equal(highest(day), 7)
  equal(highest({ seats: 3, steps: [[0, 1, 0]] }), 3)
  equal(highest({ seats: 0, steps: [[0, 0, 0]] }), 1)
})

test("an area follows the steps exactly and comes back to the base", () => {
  const scale = { x: (ms) => ms / MINUTE, y: (count) => 10 - count }
  const path = areaPath(day.steps, 60 * MINUTE, ([, occupied]) => occupied, scale)
  equal(path, "M0 10H10V8H20V7H30V10H60V10Z")
})

test("a step that does not change this area's height adds nothing to it", () => {
  const scale = { x: (ms) => ms, y: (count) => -count }
  equal(areaPath([[0, 1, 0], [5, 1, 2]], 9, ([, occupied]) => occupied, scale), "M0 0H0V-1H9V0Z")
})

test("the upright axis has whole numbers, and few of them", () => {
  equal(countTicks(3), [0, 1, 2, 3])
  equal(countTicks(7), [0, 2, 4, 6])
  equal(countTicks(120), [0, 50, 100])
})

test("hours are full hours of the reader's clock", () => {
  const ticks = hourTicks(day, 6)
  equal(ticks.map(({ text }) => text), ["18:00", "00:00", "06:00", "12:00"])
  equal(ticks[0].ms, (5 * 60 + 40) * MINUTE)
})

test("a moment has the step that is in force then", () => {
  const found = [0, 10 * MINUTE - 1, 10 * MINUTE, 25 * MINUTE, 99 * MINUTE].map((ms) => stepAt(day.steps, ms))
  equal(found.map(([, occupied]) => occupied), [0, 0, 2, 3, 0])
})

test("a moment is told in words", () => {
  equal(momentText(day, 10 * MINUTE), "12:30: 2 of 3 seats occupied")
  equal(momentText(day, 20 * MINUTE), "12:40: 3 of 3 seats occupied, 4 visitors waiting")
})

test("the day is told in words", () => {
  equal(
    summaryText({ ...day, full_s: 7800 }),
    "At most 3 of 3 seats were occupied at once, and up to 4 visitors waited. All seats were taken for 2 hours 10 minutes.",
  )
  equal(
    summaryText({ ...day, steps: [[0, 1, 0]] }),
    "At most 1 of 3 seats were occupied at once, and nobody had to wait.",
  )
  equal(summaryText({ ...day, steps: [[0, 0, 0]] }), "Nobody came in the last 24 hours.")
})
