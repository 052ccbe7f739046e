import { actionFor, SHORTCUTS } from "frontend/session/shortcuts"
import { equal, test } from "tests/runner"

const inMessage = { inMessage: true, inField: true, singleKeys: true }
const outside = { inMessage: false, inField: false, singleKeys: true }

for (const [press, place, action] of [
  [{ key: "Enter" }, inMessage, "ask"],
  [{ key: "Enter", shiftKey: true }, inMessage, "repeat"],
  [{ key: "Enter", ctrlKey: true }, inMessage, "repeat"],
  [{ key: "Enter", metaKey: true }, inMessage, "repeat"],
  [{ key: "Escape" }, inMessage, "interrupt"],
  [{ key: "Escape" }, outside, "interrupt"],
  [{ key: "m" }, outside, "mute"],
  [{ key: "M" }, outside, "mute"],
  [{ key: "?", shiftKey: true }, outside, "help"],
  [{ key: "/" }, outside, "message"],
  [{ key: "m" }, inMessage, null],
  [{ key: "Enter" }, outside, null],
  [{ key: "m", ctrlKey: true }, outside, null],
  [{ key: "m", altKey: true }, outside, null],
  [{ key: "Enter", isComposing: true }, inMessage, null],
  [{ key: "x" }, outside, null],
]) {
  const where = place.inMessage ? "in the message" : "outside"
  test(`${JSON.stringify(press)} ${where} is ${action}`, () => equal(actionFor(press, place), action))
}

test("single keys can be switched off, Escape cannot", () => {
  const without = { ...outside, singleKeys: false }
  equal(actionFor({ key: "m" }, without), null)
  equal(actionFor({ key: "Escape" }, without), "interrupt")
})

test("every shortcut is in the help", () => {
  const documented = SHORTCUTS.map(({ action }) => action)
  for (const key of ["/", "m", "f", "b", "?"]) {
    equal(documented.includes(actionFor({ key }, outside)), true)
  }
})
