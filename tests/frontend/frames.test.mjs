import { parseAvatarEvent, parseFrame } from "frontend/session/frames"
import { equal, test } from "tests/runner"

const binary = (text) => new TextEncoder().encode(text).buffer

test("a numbered frame is read as it is", () => {
  equal(parseFrame('{"type":"ice.state","seq":4,"at":"2026-01-01T00:00:00Z","data":{"state":"connected"}}'), {
    type: "ice.state",
    seq: 4,
    at: "2026-01-01T00:00:00Z",
    data: { state: "connected" },
  })
})

test("what is missing from a frame is empty", () => {
  equal(parseFrame('{"type":"chat.delta"}'), { type: "chat.delta", seq: null, at: "", data: {} })
})

for (const text of ["", "{", "[]", "null", "7", '{"type":7}', '{"data":{}}', undefined]) {
  test(`${text} is no frame`, () => equal(parseFrame(text), null))
}

test("data that is not an object counts as none", () => {
  equal(parseFrame('{"type":"x","data":[1]}').data, {})
})

test("the avatar's events come as binary JSON", () => {
  equal(parseAvatarEvent(binary('{"type":"avatar_start_talking","task_id":"t1"}')), {
    state: "start",
    taskId: "t1",
  })
})

test("the avatar's events may come as text", () => {
  equal(parseAvatarEvent('{"type":"avatar_stop_talking","task_id":"t1","duration_ms":900}'), {
    state: "stop",
    taskId: "t1",
  })
})

test("word times come with the start, and after it", () => {
  const words = [[0, 0, 3], [400.5, 4, 3]]
  const told = (type) => parseAvatarEvent(JSON.stringify({ type, task_id: "t1", words }))

  equal(told("avatar_start_talking"), { state: "start", taskId: "t1", words })
  equal(told("avatar_words"), { state: "words", taskId: "t1", words })
})

for (const words of [7, "x", {}, [], [[0, 0]], [[0, -1, 1]], [["0", 0, 1]], [[0, 0.5, 1]], [[0, 0, 0]], [null]]) {
  test(`${JSON.stringify(words)} are no word times`, () => {
    const told = (type) => parseAvatarEvent(JSON.stringify({ type, task_id: "t1", words }))
    equal(told("avatar_start_talking"), { state: "start", taskId: "t1" })
    equal(told("avatar_words"), null)
  })
}

test("what else the data channel carries is nothing to us", () => {
  equal(parseAvatarEvent(binary('{"type":"avatar_talking_message","message":"hm"}')), null)
  equal(parseAvatarEvent(binary("\u0000\u0001")), null)
})

test("a number as task id is the same as its text", () => {
  equal(parseAvatarEvent('{"type":"avatar_start_talking","task_id":7}').taskId, "7")
})
