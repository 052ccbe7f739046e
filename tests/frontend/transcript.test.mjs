import { Transcript, words } from "frontend/session/transcript"
import { equal, test } from "tests/runner"

const frame = (type, data) => ({ type, seq: 1, at: "", data })
const PERSONA = frame("snapshot", { session: { persona: { slug: "anna", name: "Anna" } } })
const ASKED = frame("turn.started", { turn: 1, kind: "ask", prompt: "Who are you?" })
const FIRST = frame("chat.sentence", { turn: 1, text: "I am Anna.", task_id: "t1" })
const SECOND = frame("chat.sentence", { turn: 1, text: "I guide.", task_id: "t2" })

function told(...frames) {
  const transcript = new Transcript()
  transcript.retell("s1")
  frames.forEach((one) => transcript.follow(one))
  return transcript
}

const shown = ({ entries }) => entries.map((entry) => [entry.who, entry.name, words(entry)])
const states = ({ entries }) => entries.at(-1).pieces.map(({ state }) => state)

test("who said what is in order, a reply in one entry", () => {
  equal(shown(told(PERSONA, ASKED, FIRST, SECOND)), [
    ["you", "", "Who are you?"],
    ["persona", "Anna", "I am Anna. I guide."],
  ])
})

test("what was only to be repeated is the persona's", () => {
  const said = frame("turn.started", { turn: 1, kind: "say", prompt: "Welcome." })
  equal(shown(told(PERSONA, said, FIRST)), [["persona", "Anna", "I am Anna."]])
})

test("it keeps step with the voice", () => {
  const transcript = told(PERSONA, ASKED, FIRST, SECOND)
  transcript.talked("start", "t1")
  equal(states(transcript), ["saying", "waiting"])
  transcript.talked("stop", "t1")
  transcript.talked("start", "t2")
  equal(states(transcript), ["said", "saying"])
})

test("of an interrupted reply stands what was heard", () => {
  const cut = frame("turn.interrupted", { turn: 1, reply: "I am" })
  const transcript = told(PERSONA, ASKED, FIRST, SECOND, cut)
  equal(shown(transcript).at(-1), ["persona", "Anna", "I am"])
  equal(transcript.entries.at(-1).interrupted, true)
})

test("one that ends interrupted drops what was never said", () => {
  const transcript = told(PERSONA, ASKED, FIRST, SECOND)
  transcript.talked("start", "t1")
  transcript.follow(frame("turn.finished", { turn: 1, interrupted: true }))
  equal(shown(transcript).at(-1)[2], "I am Anna.")
})

test("when the session ends, what was not begun will not be said", () => {
  const transcript = told(PERSONA, ASKED, FIRST, SECOND)
  transcript.talked("start", "t1")
  transcript.stop()
  equal([shown(transcript).at(-1)[2], transcript.entries.at(-1).interrupted], ["I am Anna.", true])
})

test("another persona is announced, and named from then on", () => {
  const swapped = frame("persona.swapped", { from: { name: "Anna" }, to: { slug: "ben", name: "Ben" } })
  const next = frame("chat.sentence", { turn: 2, text: "And I am Ben.", task_id: "t3" })
  equal(shown(told(PERSONA, ASKED, FIRST, swapped, next)), [
    ["you", "", "Who are you?"],
    ["persona", "Anna", "I am Anna."],
    ["note", "Ben", ""],
    ["persona", "Ben", "And I am Ben."],
  ])
})

test("what was before this page was said already", () => {
  const transcript = told(PERSONA)
  transcript.follow(FIRST, { isPast: true })
  equal(states(transcript), ["said"])
})

test("a session that is told anew stands there once, after the one before it", () => {
  const transcript = told(PERSONA, ASKED, FIRST)
  transcript.retell("s2")
  transcript.follow(ASKED)
  transcript.retell("s2")
  transcript.follow(ASKED)
  equal(transcript.entries.map(({ turn }) => turn), ["s1/1", "s1/1", "s2/1"])
})

test("entries that did not change are the same objects", () => {
  const transcript = told(PERSONA, ASKED, FIRST)
  const [asked] = transcript.entries
  transcript.follow(SECOND)
  equal(transcript.entries[0] === asked, true)
})

test("as text it can be copied", () => {
  const text = told(PERSONA, ASKED, FIRST).text(({ who, name }) => (who === "you" ? "You" : name))
  equal(text, "You: Who are you?\n\nAnna: I am Anna.")
})
