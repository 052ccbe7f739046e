import { AvatarStage } from "frontend/elements/avatar-stage"
import { Speech } from "frontend/session/speech"
import { WordClock } from "frontend/session/words"
import { equal, ok, test } from "tests/runner"

AvatarStage.define("words-stage")

const TEXT = "One two three"
const TIMES = [[0, 0, 3], [400, 4, 3], [900, 8, 5]]

function clock(times = TIMES) {
  const words = new WordClock()
  words.add(times)
  return words
}

const wordAt = (atMs, words = clock(), text = TEXT) => {
  const place = words.wordAt(atMs, text)
  return place && text.slice(place.from, place.to)
}

function emptyStage() {
  const stage = document.createElement("words-stage")
  stage.innerHTML = '<video></video><canvas></canvas><p data-part="caption"></p>'
  return stage
}

for (const [atMs, word] of [[-80, null], [0, "One"], [399, "One"], [400, "two"], [5000, "three"]]) {
  test(`${atMs} ms into it, ${word} is said`, () => equal(wordAt(atMs), word))
}

test("the next word's time is known until the last", () => {
  equal([clock().nextMs(-80), clock().nextMs(0), clock().nextMs(899)], [0, 400, 900])
  equal(clock().nextMs(900) === Infinity, true)
})

test("words may come in several messages", () => {
  const words = clock(TIMES.slice(0, 1))
  words.add(TIMES.slice(1))

  equal(wordAt(950, words), "three")
})

test("an emoji counts as one character, though it takes two places", () => {
  equal(wordAt(0, clock([[0, 2, 3]]), "😀 yes"), "yes")
})

test("a word that is not in the text is none", () => {
  equal(wordAt(0, clock([[0, 10, 9]])), null)
})

test("speech tells of each word as it is said, and of none once it is silenced", async () => {
  const speech = new Speech(() => false)
  speech.accept("a", TEXT)
  speech.talked("start", "a")
  const begins = new Promise((told) => speech.addEventListener("word", told, { once: true }))
  speech.time("a", TIMES.slice(0, 1))
  equal(speech.word, null)
  await begins
  equal(speech.word, { from: 0, to: 3 })

  speech.hush()

  equal(speech.word, null)
  speech.reset()
})

test("without word times there is only the caption", () => {
  const speech = new Speech(() => false)
  speech.accept("a", TEXT)
  speech.talked("start", "a")

  equal([speech.caption, speech.word], [TEXT, null])
  speech.reset()
})

test("the stage shows the word at hand and keeps the text whole", () => {
  const stage = emptyStage()
  const part = stage.querySelector("p")
  stage.caption = TEXT
  equal([part.innerHTML, part.hasAttribute("data-follows")], [TEXT, false])

  stage.word = { from: 4, to: 7 }
  equal(part.textContent, TEXT)
  equal(part.querySelector(".said").textContent, "One ")
  equal(part.querySelector(".word").textContent, "two")
  ok(part.hasAttribute("data-follows"), "the attribute")

  stage.caption = ""
  stage.word = null
  equal([part.innerHTML, part.hasAttribute("data-follows")], ["", false])
})

test("what the stage shows is text, whatever is written", () => {
  const stage = emptyStage()
  stage.caption = "<b>no</b> markup"
  stage.word = { from: 0, to: 9 }

  equal(stage.querySelector("b"), null)
  equal(stage.querySelector("p").textContent, "<b>no</b> markup")
})
