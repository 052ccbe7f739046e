import { figuresText, gradeOf, gradeText, Meter } from "frontend/media/grade"
import { PATIENCE_S, Presence } from "frontend/media/presence"
import { equal, ok, test } from "tests/runner"

const FINE = {
  fps: 25, kbit_s: 700, rtt_ms: 20, jitter_ms: 4, frozen_ms: 0, lost_percent: 0, height: 480,
}

test("a connection is good, fair or poor, and says why", () => {
  const of = (change) => Object.values(gradeOf({ ...FINE, ...change }))
  equal(of({}), ["good", ""])
  equal(of({ lost_percent: 2 }), ["fair", "lost_percent"])
  equal(of({ lost_percent: 9 }), ["poor", "lost_percent"])
  equal(of({ frozen_ms: 500 }), ["poor", "frozen_ms"])
  equal(of({ fps: 12 }), ["poor", "missing"])
  equal(of({ rtt_ms: 300 }), ["fair", "rtt_ms"])
  equal(of({ fps: 0, kbit_s: 0 }), ["none", ""])
})

test("the words name the reason", () => {
  equal(gradeText({ grade: "good", why: "" }), "Good connection")
  equal(gradeText({ grade: "poor", why: "frozen_ms" }), "Poor connection: the picture stands still at times")
  ok(figuresText(FINE).startsWith("480p, 25 fps, 700 kbit/s"), "the numbers")
})

test("one bad second among good ones is no news", () => {
  const meter = new Meter()
  for (let s = 0; s < 5; s++) meter.note(FINE)
  equal(meter.note({ ...FINE, lost_percent: 20 }).grade, "good")
  meter.note({ ...FINE, lost_percent: 20 })
  equal(meter.note({ ...FINE, lost_percent: 20 }).grade, "poor")
})

test("the picture is given up after some seconds of sound alone", () => {
  const presence = new Presence()
  const news = []
  for (let s = 0; s < PATIENCE_S; s++) news.push(presence.note({ fps: 0, heard_bytes: 900 }))
  equal(news.filter(Boolean).length, 1)
  equal([news.at(-1), presence.picture], [true, false])
})

test("it is back with its first frames", () => {
  const presence = new Presence()
  for (let s = 0; s < 2 * PATIENCE_S; s++) presence.note({ fps: 0, heard_bytes: 900 })
  equal([presence.note({ fps: 3, heard_bytes: 900 }), presence.picture], [true, true])
})

test("where no sound comes either it is the connection, not the picture", () => {
  const presence = new Presence()
  for (let s = 0; s < 60; s++) presence.note({ fps: 0, heard_bytes: 0 })
  equal(presence.picture, true)
})
