import { lengthText, totalText } from "frontend/page/script-length"
import { equal, test } from "tests/runner"

test("a part's length is told in characters and seconds", () => {
  equal([0, 1, 14, 140].map((chars) => lengthText(chars, 14)), [
    "",
    "1 character, about 1 second",
    "14 characters, about 1 second",
    "140 characters, about 10 seconds",
  ])
})

test("all together is told as the server says it", () => {
  equal([0, 21, 61, 200].map(totalText), [
    "about 5 seconds", "about 25 seconds", "about a minute", "about 3 minutes",
  ])
})
