import { keep, Pace, quicker, recalled } from "frontend/media/keyer-choice"
import { equal, ok, test } from "tests/runner"

function storage(kept = {}) {
  return { getItem: (key) => kept[key] ?? null, setItem: (key, value) => (kept[key] = value) }
}

test("a GPU that is quick enough is taken, whatever the page could do", () => {
  equal(quicker({ webglMs: 6, canvasMs: 3 }), "webgl")
})

test("a GPU that is a program loses against the page", () => {
  equal(quicker({ webglMs: 120, canvasMs: 9 }), "canvas")
})

test("a slow GPU is still better than a slower page", () => {
  equal(quicker({ webglMs: 20, canvasMs: 45 }), "webgl")
})

test("the choice is recalled for the same renderer only", () => {
  const box = storage()
  keep({ renderer: "SwiftShader", kind: "canvas", ms: 7 }, box)
  equal(recalled("SwiftShader", box), { renderer: "SwiftShader", kind: "canvas", ms: 7 })
  equal(recalled("Another", box), null)
})

for (const broken of ["", "{", "null", "7", '{"renderer":"SwiftShader","kind":"magic","ms":1}']) {
  test(`what is kept as ${broken} is measured again`, () => {
    equal(recalled("SwiftShader", storage({ "greenroom.keying": broken })), null)
  })
}

test("a refusing storage is no reason to fail", () => {
  const refusing = {
    getItem() {
      throw new Error("refused")
    },
    setItem() {
      throw new Error("refused")
    },
  }
  keep({ renderer: "any", kind: "webgl", ms: 1 }, refusing)
  equal(recalled("any", refusing), null)
})

const after = (pace, count, ms) => Array.from({ length: count }, () => pace.note(ms)).includes(true)

test("pictures that stay as quick as they were are not measured again", () => {
  ok(!after(new Pace(8), 1_000, 10))
})

test("pictures that become much slower are, and a hiccup is not enough", () => {
  const pace = new Pace(4)
  ok(!after(pace, 200, 4))
  ok(!pace.note(150))
  ok(!after(pace, 20, 4))
  ok(after(pace, 60, 40))
})

test("a frame whose storage may not even be asked for chooses all the same", () => {
  const own = Object.getOwnPropertyDescriptor(globalThis, "localStorage")
  const refuse = () => {
    throw new DOMException("denied", "SecurityError")
  }
  Object.defineProperty(globalThis, "localStorage", { configurable: true, get: refuse })
  try {
    keep({ renderer: "any", kind: "webgl", ms: 1 })
    equal(recalled("any"), null)
  } finally {
    if (own) Object.defineProperty(globalThis, "localStorage", own)
    else delete globalThis.localStorage
  }
})
