import { Captions } from "frontend/session/captions"
import { equal, ok, test } from "tests/runner"

test("a sentence is shown when its utterance begins, not when it is written", () => {
  const captions = new Captions()
  captions.add("a", "Hello.")
  equal(captions.text, "")

  captions.start("a")

  equal(captions.text, "Hello.")
  ok(captions.speaking, "speaking")
})

test("a sentence that comes after its utterance began is shown at once", () => {
  const captions = new Captions()
  captions.start("a")

  captions.add("a", "Hello.")

  equal(captions.text, "Hello.")
})

test("sentences follow their utterances, in whichever order they were written", () => {
  const captions = new Captions()
  captions.add("b", "Second.")
  captions.add("a", "First.")
  captions.start("a")
  equal(captions.text, "First.")
  captions.stop("a")
  equal(captions.text, "")
  captions.start("b")
  equal(captions.text, "Second.")
})

test("the next utterance may begin before the last one's end is told", () => {
  const captions = new Captions()
  captions.add("a", "First.")
  captions.add("b", "Second.")
  captions.start("a")
  captions.start("b")

  captions.stop("a")

  equal(captions.text, "Second.")
  ok(captions.speaking, "speaking")
})

test("an event told twice, by data channel and by websocket, counts once", () => {
  const captions = new Captions()
  captions.add("a", "Hello.")
  equal(captions.start("a"), true)
  equal(captions.start("a"), false)
  equal(captions.stop("a"), true)
  equal(captions.stop("a"), false)
  captions.add("a", "Hello.")
  equal(captions.waiting, 0)
})

test("dropping forgets what waits, and that does not come back", () => {
  const captions = new Captions()
  captions.add("a", "First.")
  captions.add("b", "Second.")
  captions.start("a")

  captions.drop()
  captions.stop("a")
  captions.add("b", "Second.")

  equal(captions.text, "")
  equal(captions.waiting, 0)
})

test("word times are of the utterance at hand, and end with it", () => {
  const captions = new Captions()
  captions.add("a", "Hello you.")
  captions.start("a")
  captions.time("b", [[0, 0, 5]])
  equal(captions.wordAt(0), null)

  captions.time("a", [[0, 0, 5], [300, 6, 4]])
  equal([captions.wordAt(0), captions.nextWordMs(0)], [{ from: 0, to: 5 }, 300])
  captions.drop()
  equal(captions.wordAt(0), null)

  captions.stop("a")
  captions.start("b")
  equal([captions.wordAt(0), captions.nextWordMs(0) === Infinity], [null, true])
})
