import { idleSecondsLeft } from "frontend/session/idle"
import { clockOffsetMs, clockText, spokenTime, timeOfDay } from "frontend/session/time"
import { equal, test } from "tests/runner"

for (const [ms, text] of [
  [0, "0:00"],
  [-5000, "0:00"],
  [1, "0:01"],
  [65_000, "1:05"],
  [600_000, "10:00"],
  [3_723_000, "1:02:03"],
]) {
  test(`${ms} ms read ${text}`, () => equal(clockText(ms), text))
}

for (const [ms, words] of [
  [0, "0 seconds"],
  [61_000, "1 minute 1 second"],
  [120_000, "2 minutes"],
  [7_322_000, "2 hours 2 minutes 2 seconds"],
]) {
  test(`${ms} ms are spoken as ${words}`, () => equal(spokenTime(ms), words))
}

test("the offset is how far the server is ahead", () => {
  equal(clockOffsetMs("1970-01-01T00:00:10Z", 4_000), 6_000)
})

test("an unreadable stamp means no offset", () => {
  equal(clockOffsetMs("", 4_000), 0)
})

test("the time of day has two digits each", () => {
  equal(timeOfDay(new Date(2026, 0, 1, 4, 5, 6)), "04:05:06")
})

const idle = (quietS) => idleSecondsLeft({ quietSinceMs: 0, nowMs: quietS * 1000, idleS: 120 })

test("nobody is asked whether they are there until thirty seconds before the end", () => {
  equal(idle(89), null)
  equal(idle(90), 30)
  equal(idle(118), 2)
})

test("the idle count stops at nought", () => equal(idle(500), 0))
