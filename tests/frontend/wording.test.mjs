import { ending, hintFor, lineFor, reasonText, stateText, timeLeftText } from "frontend/session/wording"
import { equal, ok, test } from "tests/runner"

const line = (type, data) => lineFor({ type, seq: 1, at: "", data }, { persona: "Anna", viewer: "You" })

for (const [type, data, text] of [
  ["session.status", { from: "ready", to: "connecting", reason: "" }, "Session is connecting"],
  ["session.status", { to: "closed", reason: "viewer_left" }, "Session is closed: the viewer left the page"],
  ["ice.state", { state: "connected" }, "ICE connection state changed to: connected"],
  ["avatar.start_talking", { task_id: "t" }, "Anna started talking"],
  ["chat.sentence", { text: "Hello." }, "Anna: Hello."],
  ["turn.started", { turn: 1, prompt: "Who are you?" }, "You: Who are you?"],
  ["turn.finished", { turn: 1, interrupted: true }, "Interrupted"],
  ["turn.interrupted", { reply: "" }, "Interrupted before a word was heard"],
  ["turn.interrupted", { reply: "I am Anna" }, "Heard until “I am Anna”"],
  ["turn.interrupted", { reply: "a b c d e f g h" }, "Heard until “… c d e f g h”"],
  ["turn.timings", { first_delta_ms: 10, talk_ms: 340.4 }, "heard after 340 ms"],
  ["avatar.farewell", { text: "Bye.", task_id: "t" }, "Anna: Bye."],
  ["avatar.replaced", { avatar_name: "marcus", voice_id: "" }, "marcus is not available here; another avatar stands in"],
  ["avatar.replaced", { avatar_name: "", voice_id: "v" }, "The voice v is not available here; another one stands in"],
  ["time.left", { seconds: 60, reason: "max_age" }, "One minute left"],
  ["error", { code: "no_seat", message: "Full." }, "Full. (no_seat)"],
]) {
  test(`${type} reads “${text}”`, () => equal(line(type, data).text, text))
}

for (const [type, data] of [
  ["turn.finished", { turn: 1, interrupted: false }],
  ["chat.delta", { text: "He" }],
  ["queue.position", {}],
  ["turn.timings", {}],
  ["turn.started", { turn: 1, kind: "say", prompt: "Hello." }],
]) {
  test(`${type} needs no line`, () => equal(line(type, data), null))
}

test("a turn's timings are rounded and named", () => {
  equal(
    line("turn.timings", { turn: 1, first_delta_ms: 12.4, accepted_ms: 30.6 }).text,
    "first word from the mind after 12 ms, first sentence at the avatar after 31 ms",
  )
})

test("a full house says who can free a seat", () => {
  ok(/your own sessions/.test(hintFor("no_seat")) && /staff/.test(hintFor("no_seat")), "both")
})

test("an unknown code of a known family has that family's advice", () => {
  ok(hintFor("upstream_10013").includes("avatar server"), "advice")
})

test("an unknown code has no advice rather than a wrong one", () => equal(hintFor("martian"), ""))

test("reasons and states that are new read tolerably", () => {
  equal(reasonText("out_of_film"), "out of film")
  equal(stateText("dreaming"), "dreaming")
})

test("the last minute says whose limit it is", () => {
  equal(timeLeftText({ seconds: 30, reason: "quota" }), "30 seconds left of your allowance")
  equal(timeLeftText({ seconds: 10 }), "10 seconds left")
})

for (const reason of [
  "viewer_closed", "viewer_left", "viewer_lost", "ice_failed", "idle", "max_age", "quota",
  "offer_missed", "staff_stopped", "upstream_ended", "upstream_refused",
]) {
  test(`the end ${reason} is told to the viewer in a sentence of its own`, () => {
    ok(!ending(reason).text.startsWith("It ended"), "own words")
  })
}

test("staff who take somebody out of the line do not stop a session", () => {
  ok(ending("staff_stopped", { inLine: true }).text.includes("out of the line"), "line")
})

test("an end without a known reason still reads", () => {
  equal([ending("").text, ending("out_of_film").text], ["It ended.", "It ended: out of film."])
})

for (const code of ["too_many_sessions", "quota_used_up", "no_seat", "accounts_resting"]) {
  test(`who meets ${code} is told what to do`, () => ok(hintFor(code), "a hint"))
}

test("an answer's sources are named below it, a line each", () => {
  const sources = [
    { title: "The mill", page: 3, heading: "History", excerpt: "Built in 1782." },
    { title: "Prices", page: null, heading: "", excerpt: "Two euros." },
  ]

  const { kind, text } = line("chat.sources", { turn: 1, sources })

  equal(kind, "source")
  equal(text, "From “The mill”, page 3, History: Built in 1782.\nFrom “Prices”: Two euros.")
})
