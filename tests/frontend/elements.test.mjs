import { LiveTranscript } from "frontend/elements/live-transcript"
import { RetryIn } from "frontend/elements/retry-in"
import { equal, test } from "tests/runner"

LiveTranscript.define()
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

function spoken(pieces) {
  const element = document.createElement("live-transcript")
  element.innerHTML = "<ol></ol>"
  element.entries = [{ who: "persona", name: "Anna", turn: "1", at: "", interrupted: true, pieces }]
  return element
}

test("a speech that was cut off ends in a dash, which says why to who cannot see it", () => {
  const words = spoken([{ text: "I am", task: "t1", state: "said" }]).querySelector(".spoken-words")
  const [dash, why] = words.querySelector(".cut-mark").children

  equal([dash.textContent, dash.ariaHidden, why.textContent], ["—", "true", "interrupted"])
  equal(words.textContent, "I am\u00a0—interrupted")
})

test("of a speech of which nothing was heard that is said in a word", () => {
  const element = spoken([])
  equal([element.querySelector(".cut-mark"), element.querySelector(".spoken-mark").textContent], [null, "interrupted"])
})
