import { stagesOf, stagesText } from "frontend/session/stages"
import { equal, test } from "tests/runner"

const WHOLE = { first_delta_ms: 300, first_piece_ms: 500.4, accepted_ms: 520, talk_ms: 610, finished_ms: 4000 }

test("each stage lasts from the end of the one before", () => {
  equal(stagesOf(WHOLE).map(({ name, ms }) => `${name} ${Math.round(ms)}`), [
    "mind 300", "sentence 200", "avatar 20", "voice 90",
  ])
})

test("what is not known is left out, and its time is the next one's", () => {
  equal(stagesOf({ first_delta_ms: null, accepted_ms: 20 }).map(({ name, ms }) => [name, ms]), [["avatar", 20]])
  equal(stagesOf({}), [])
})

test("a filler that is heard before the answer makes no stage of less than nothing", () => {
  equal(stagesOf({ ...WHOLE, talk_ms: 100 }).map(({ name }) => name), ["mind", "sentence", "avatar"])
})

test("in words", () => {
  equal(
    stagesText(WHOLE),
    "Heard after 610 ms: the mind thought in 300 ms, it wrote the first sentence in 200 ms, " +
      "the avatar took it in 20 ms, its voice came here in 90 ms.",
  )
  equal(stagesText({ accepted_ms: 20 }), "Handed over after 20 ms: the avatar took it in 20 ms.")
  equal(stagesText({}), "")
})
