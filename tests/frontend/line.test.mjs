import { companyText, lineTitle, placeText, secondsUntil, spokenPlace, waitText } from "frontend/session/line"
import { equal, ok, test } from "tests/runner"

const place = (facts) => ({ position: 2, waiting: 2, estimated_wait_s: 180, offered_until: null, atMs: 0, ...facts })

test("a place reads as people say it", () => {
  equal(placeText(place()), "You are number 2 in line")
  equal(placeText(place({ position: 1 })), "You are next in line")
})

for (const [seconds, text] of [
  [null, ""],
  [-3, "any moment now"],
  [0, "any moment now"],
  [20, "less than a minute"],
  [49, "less than a minute"],
  [55, "about a minute"],
  [100, "about 2 minutes"],
  [179, "about 3 minutes"],
  [3_500, "about 58 minutes"],
  [3_600, "about an hour"],
  [7_300, "about 2 hours"],
]) {
  test(`an estimate of ${seconds} s reads “${text}”`, () => {
    equal(waitText(place({ estimated_wait_s: seconds }), 0), text)
  })
}

test("an estimate counts down by itself, and past its end says that it may be any moment", () => {
  equal(waitText(place(), 100_000), "about a minute")
  equal(waitText(place(), 200_000), "any moment now")
})

test("a screen reader hears the place, and the estimate if there is one", () => {
  equal(spokenPlace(place(), 0), "You are number 2 in line, about 3 minutes.")
  equal(spokenPlace(place({ estimated_wait_s: null }), 0), "You are number 2 in line.")
})

test("those behind are counted, where there are any", () => {
  equal([2, 3, 5].map((waiting) => companyText(place({ waiting }))), [
    "",
    "1 person waits behind you",
    "3 people wait behind you",
  ])
})

test("an offer's seconds are whole and never negative", () => {
  const until = "2026-01-01T00:00:20Z"
  const at = Date.parse(until)
  equal([20_000, 19_100, 100, 0, -5_000].map((leftMs) => secondsUntil(until, at - leftMs)), [20, 20, 1, 0, 0])
})

test("a hidden tab's title shows the place", () => {
  equal(lineTitle({ phase: "waiting", place: place(), nowMs: 0, isCalm: false }), "No. 2 in line")
  equal(lineTitle({ phase: "waiting", place: place({ position: 1 }), nowMs: 0, isCalm: false }), "Next in line")
})

test("a hidden tab's title calls whose turn it is, and blinks only where that is welcome", () => {
  const offered = place({ offered_until: "2026-01-01T00:00:20Z" })
  const at = Date.parse(offered.offered_until)
  const titles = (isCalm) =>
    [18_000, 17_000].map((leftMs) => lineTitle({ phase: "offered", place: offered, nowMs: at - leftMs, isCalm }))

  const [one, other] = titles(false)
  ok(one !== other, "a change")
  equal(titles(true), ["Take your seat (18)", "Take your seat (17)"])
})

test("who is not in line has the page's own title", () => {
  equal(lineTitle({ phase: "live", place: null, nowMs: 0, isCalm: false }), "")
})
