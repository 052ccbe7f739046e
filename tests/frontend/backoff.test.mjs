import { isWorthRetrying, retryDelayMs } from "frontend/session/backoff"
import { equal, ok, test } from "tests/runner"

test("the first attempt comes within a quarter of a second", () => {
  ok(retryDelayMs(0, 1) <= 250, "quick")
})

test("waits double up to eight seconds", () => {
  equal([0, 1, 2, 3, 4, 5, 6, 20].map((n) => retryDelayMs(n, 1)), [
    250, 500, 1000, 2000, 4000, 8000, 8000, 8000,
  ])
})

test("luck spreads a wait over its upper half", () => {
  equal(retryDelayMs(3, 0), 1000)
  equal(retryDelayMs(3, 0.5), 1500)
})

for (const code of [4400, 4401, 4403, 4404]) {
  test(`code ${code} is final`, () => equal(isWorthRetrying(code), false))
}

for (const code of [1000, 1001, 1006, 1011, 1012, 4408]) {
  test(`after code ${code} it tries again`, () => equal(isWorthRetrying(code), true))
}
