import {
  aboutText, follow, hostOf, isActive, keys, NOTHING, standing, verb,
} from "frontend/session/presentation"
import { equal, test } from "tests/runner"

const frame = (type, data) => ({ type, seq: 1, at: "", data })
const told = (...frames) => frames.reduce(follow, NOTHING)

const tour = { script: "tour", title: "Tour", segments: 3, estimated_s: 30 }
const snapshot = frame("snapshot", {
  scripts: [tour],
  script: { script: null, title: "", segment: 0, of: 0, state: "none", why: "" },
  shown: null,
})
const status = (state, segment = 1, why = "") =>
  frame("script.status", { script: "tour", title: "Tour", segment, of: 3, state, why })
const map = { name: "map", kind: "link", title: "Map", alt: "", url: "https://example.com/" }

test("a persona without scripts has nothing to present", () => {
  equal(keys(told(frame("snapshot", {}))), { present: false, back: false, next: false, stop: false })
})

test("a snapshot brings what there is, what is presented and what is shown", () => {
  const { data } = status("paused", 2, "question")
  const now = told(frame("snapshot", { scripts: [tour], script: data, shown: map }))

  equal([now.scripts, now.state, now.segment, now.shown], [[tour], "paused", 2, map])
})

test("before it begins it can only be begun, and at its last part there is no next", () => {
  equal(keys(told(snapshot)), { present: true, back: false, next: false, stop: false })
  equal(keys(told(snapshot, status("playing", 2))), { present: true, back: true, next: true, stop: true })
  equal(keys(told(snapshot, status("paused", 3))).next, false)
})

test("the big key says what it does", () => {
  const verbs = [
    told(snapshot),
    told(snapshot, status("playing")),
    told(snapshot, status("answering")),
    told(snapshot, status("paused", 1, "asked")),
    told(snapshot, status("paused", 1, "question")),
    told(snapshot, status("done", 3)),
  ].map(verb)

  equal(verbs, ["Present", "Pause", "Pause", "Resume", "Continue", "Present"])
})

test("where it stands is told in words", () => {
  equal(standing(status("playing", 2).data), "Part 2 of 3")
  equal(standing(status("paused", 2, "question").data), "Part 2 of 3. Any questions? Ask, or continue")
  equal(standing(status("paused", 2, "of a new kind").data), "Part 2 of 3. Paused")
  equal(standing(NOTHING), "")
})

test("what is done or stopped is not active any more", () => {
  equal(["playing", "answering", "paused", "done", "stopped"].map((s) => isActive({ state: s })), [
    true, true, true, false, false,
  ])
})

test("what is shown stays until it is hidden or replaced", () => {
  const shown = frame("chat.show", { turn: 1, exhibit: map })

  equal(told(snapshot, shown, status("playing", 2)).shown, map)
  equal(told(snapshot, shown, frame("chat.hide", {})).shown, null)
})

test("a link shows its host, and what is no web address is no link", () => {
  equal(hostOf("https://example.com:8443/a?b"), "example.com:8443")
  equal(["javascript:alert(1)", "data:text/html,x", "/inside", ""].map(hostOf), ["", "", "", ""])
})

test("lengths are told roughly", () => {
  equal([20, 70, 200].map(aboutText), ["less than a minute", "about a minute", "about 3 minutes"])
})
