import { RetryIn } from "frontend/elements/retry-in"
import { equal, test } from "tests/runner"

RetryIn.define()

function shown(seconds) {
  const element = document.createElement("retry-in")
  element.setAttribute("seconds", seconds)
  document.documentElement.append(element)
  const text = element.textContent
  element.remove()
  return text
}

test("who is refused for a while sees for how long", () => equal(shown(27), "Try again in 0:27."))

test("a wait that is over says so", () => equal(shown(0), "You can try again now."))
