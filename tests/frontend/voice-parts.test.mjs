import { isBackchannel, wordsIn } from "frontend/voice/backchannels"
import { isEcho } from "frontend/voice/echo"
import { HoldKey } from "frontend/voice/hold"
import { keyName, spokenState, STATE_NAMES, stateWords } from "frontend/voice/wording"
import { wav } from "frontend/voice/wav"
import { equal, ok, test } from "tests/runner"

for (const [text, language, is] of [
  ["uh-huh", "en", true],
  ["Uh huh.", "en", true],
  ["MM-HMM!", "en", true],
  ["I see.", "en", true],
  ["Okay, okay.", "en", true],
  ["Mhm, ja.", "de", true],
  ["Ach so!", "de-ch", true],
  ["D’accord.", "fr", true],
  ["sí, claro", "es", true],
  ["嗯。", "zh-cn", true],
  ["네.", "ko", true],
  ["да, понятно", "ru", true],
  ["yeah", "", true],
  ["Hmm.", "xx", true],
  ["No.", "en", false],
  ["Stop.", "en", false],
  ["Nein.", "de", false],
  ["Yes, please tell me more about it.", "en", false],
  ["okay okay okay okay", "en", false],
  ["Ja.", "en", false],
  ["", "en", false],
  ["?!", "en", false],
]) {
  test(`“${text}” in “${language}” ${is ? "only shows that somebody listens" : "is something to answer"}`, () => {
    equal(isBackchannel(text, language), is)
  })
}

for (const [text, words] of [
  ["  Who   are you? ", "Who are you?"],
  ["[BLANK_AUDIO]", ""],
  ["(clears throat) Hello.", "Hello."],
  ["*coughs*", ""],
  ["♪ ♪", ""],
  ["...", ""],
  ["42", "42"],
  ["何?", "何?"],
]) {
  test(`of “${text}” the words are “${words}”`, () => equal(wordsIn(text), words))
}

const SAID = "Good evening and welcome to the green room. The kettle is on, the mirrors are lit."
for (const [text, is] of [
  ["The kettle is on, the mirrors are lit.", true],
  ["and welcome to the green womb", true],
  ["What is the green room?", false],
  ["The green room?", false],
  ["The kettle is what?", false],
  ["", false],
]) {
  test(`“${text}” is ${is ? "" : "not "}what the avatar said itself`, () => equal(isEcho(text, SAID), is))
}

test("a key that is held talks until it is let go", () => {
  const key = new HoldKey()
  equal([key.down(0), key.down(300), key.up(900)], ["press", "", "release"])
  equal(key.up(901), "")
})

test("a key that is tapped talks until it is tapped again", () => {
  const key = new HoldKey()
  equal([key.down(0), key.up(100), key.isLatched], ["press", "", true])
  equal([key.down(5_000), key.up(5_100), key.isLatched], ["release", "", false])
  equal(key.down(6_000), "press")
})

test("a WAV says what is in it", async () => {
  const view = new DataView(await wav(Int16Array.of(1, -2, 300)).arrayBuffer())
  const text = (at) => String.fromCharCode(...[0, 1, 2, 3].map((nth) => view.getUint8(at + nth)))
  equal([text(0), text(8), text(36)], ["RIFF", "WAVE", "data"])
  equal([view.getUint32(4, true), view.byteLength], [42, 50])
  equal([view.getUint32(24, true), view.getUint16(34, true), view.getUint32(40, true)], [16_000, 16, 6])
  equal([44, 46, 48].map((at) => view.getInt16(at, true)), [1, -2, 300])
})

test("every state has words, and every trouble a way out", () => {
  for (const state of STATE_NAMES) {
    const { title, hint, isTrouble } = stateWords(state)
    ok(title, `a title of ${state}`)
    ok(!isTrouble || hint, `a hint of ${state}`)
    ok(keyName("free", state), `a name of the key in ${state}`)
  }
})

test("while it is held it is said how to end", () => {
  equal(stateWords("hearing", { isHeld: true }).hint, "Let go to send.")
  equal(stateWords("hearing", { isHeld: true, isLatched: true }).hint, "Press again to send.")
})

test("only news are read out: what comes and goes with every sentence is not", () => {
  equal(spokenState("hearing", "listening"), "")
  equal(spokenState("listening", "transcribing"), "")
  ok(spokenState("listening", "asking"), "that it is on")
  ok(spokenState("denied", "asking").includes("not allowed"), "why not")
})
