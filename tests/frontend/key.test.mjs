import {
  coded,
  colourFrom,
  colourText,
  fillClears,
  fillShares,
  KEY_DEFAULTS,
  keyFor,
  screenColour,
  Seam,
  share,
  softStep,
} from "frontend/media/key"
import { equal, ok, test } from "tests/runner"

const SCREEN = { red: 0, green: 177, blue: 64 }
const { red, green, blue } = SCREEN
const KEY = keyFor(SCREEN, KEY_DEFAULTS)
const shareOf = (colour, key = KEY) => share(...colour, key)
const near = (a, b, by) => Math.abs(a - b) <= by

test("the screen has the whole share", () => ok(near(shareOf([red, green, blue]), 1, 0.01)))

test("a shadow on the screen is far enough from what is solid to go where nothing is near", () => {
  ok(shareOf([red * 0.7, green * 0.7, blue * 0.7]) > KEY.clear)
})

for (const [name, colour] of [
  ["skin", [224, 172, 140]],
  ["dark skin", [96, 62, 48]],
  ["red hair", [140, 62, 34]],
  ["blond hair", [230, 200, 120]],
  ["black", [8, 8, 8]],
  ["white", [250, 250, 250]],
  ["yellow", [240, 230, 40]],
  ["teal cloth", [70, 130, 135]],
  ["olive eyes", [120, 128, 60]],
  ["blue", [40, 70, 160]],
]) {
  test(`${name} has next to nothing of the screen`, () => ok(shareOf(colour) < 0.12, `${shareOf(colour)}`))
}

test("a blue screen is told from skin as well", () => {
  const key = keyFor({ red: 20, green: 60, blue: 200 }, KEY_DEFAULTS)
  ok(shareOf([20, 60, 200], key) > 0.98)
  ok(shareOf([224, 172, 140], key) < 0.1)
})

/** A dot that is `share` of a thing and the rest screen, beside things of that colour. */
function mixed(thing, amount, settings = {}, { about = 0.5, screen = 0.5 } = {}) {
  const key = keyFor(SCREEN, { ...KEY_DEFAULTS, ...settings })
  const seen = [red, green, blue].map((part, i) => amount * thing[i] + (1 - amount) * part)
  const dot = new Uint8ClampedArray(4)
  const theirs = Math.max(0, share(...thing, key)) * (1 - key.deep)
  const place = new Seam()
  place.enter(key, theirs, about)
  place.stand([...thing, 1, screen])
  place.dot(...seen, seen, dot)
  return [...dot]
}

const HAIR = [120, 60, 40]

test("half a hair is half there, in the colour of hair", () => {
  const [r, g, b, alpha] = mixed(HAIR, 0.5)
  ok(near(alpha, 128, 35), `alpha ${alpha}`)
  ok(near(r, 120, 6) && near(g, 60, 6) && near(b, 40, 6), `${[r, g, b]}`)
})

test("alpha grows evenly through a seam", () => {
  const alphas = [0, 0.2, 0.4, 0.6, 0.8, 1].map((amount) => mixed(HAIR, amount)[3])
  equal(alphas, [...alphas].sort((a, b) => a - b))
  equal([alphas[0], alphas.at(-1)], [0, 255])
})

test("a higher threshold removes more, a lower one less", () => {
  const at = (threshold) => mixed(HAIR, 0.5, { threshold })[3]
  ok(at(0.2) > at(0.5) && at(0.5) > at(0.8), `${[at(0.2), at(0.5), at(0.8)]}`)
})

test("less softness makes a steeper seam", () => {
  const rise = (softness) => mixed(HAIR, 0.6, { softness })[3] - mixed(HAIR, 0.4, { softness })[3]
  ok(rise(0) > rise(0.5) && rise(0.5) > rise(1))
})

test("without any screen nearby a green thing is solid and stays green", () => {
  equal(mixed([60, 120, 60], 1, {}, { about: 0, screen: 0 }), [60, 120, 60, 255])
})

test("a green thing keeps its green at its own edge", () => {
  const [r, g, b, alpha] = mixed([60, 120, 60], 1)
  equal(alpha, 255)
  ok(near(r, 60, 2) && near(g, 120, 2) && near(b, 60, 2), `${[r, g, b]}`)
})

/** Grey that the screen glows on. */
function glowing(spill) {
  const key = keyFor(SCREEN, { ...KEY_DEFAULTS, spill })
  const seen = [120, 120 + 0.15 * green, 120 + 0.15 * blue]
  const dot = new Uint8ClampedArray(4)
  const place = new Seam()
  place.enter(key, 0, 0.5)
  place.stand([120, 120, 120, 1, 0])
  place.dot(...seen, seen, dot)
  return dot
}

test("the screen's glow is taken away, and left where nobody wants that", () => {
  const [r, g, b] = glowing(0.75)
  ok(near(r, 120, 2) && near(g, 120, 2) && near(b, 120, 2), `${[r, g, b]}`)
  ok(glowing(0)[1] > 140)
})

test("the table of shares agrees with the arithmetic", () => {
  const table = new Uint8Array(32_768)
  fillShares(table, KEY)
  for (const [r, g, b] of [[4, 180, 68], [220, 172, 140], [60, 116, 60]]) {
    equal(table[(r >> 3) | ((g >> 3) << 5) | ((b >> 3) << 10)], coded(share(r, g, b, KEY)))
  }
})

test("only what is much like the screen is clear without a look at what is beside it", () => {
  const table = new Uint8Array(32_768)
  const isClear = (settings, r, g, b) => {
    fillClears(table, keyFor(SCREEN, { ...KEY_DEFAULTS, ...settings }))
    return table[(r >> 3) | ((g >> 3) << 5) | ((b >> 3) << 10)] === 1
  }
  ok(isClear({}, red, green, blue))
  const halves = HAIR.map((part, i) => (part + [red, green, blue][i]) / 2)
  for (const colour of [HAIR, halves, [red, green * 0.7, blue * 0.7]]) ok(!isClear({}, ...colour), `${colour}`)
  ok(!isClear({ softness: 1 }, red + 4, green - 8, blue), "a soft seam reaches further")
})

test("a soft step rises from nought to one", () => {
  equal([0, 10, 15, 20, 30].map((x) => softStep(10, 20, x)), [0, 0, 0.5, 1, 1])
})

test("colours are read and written as people write them", () => {
  equal(colourFrom("#00b140"), { red: 0, green: 177, blue: 64 })
  equal(colourText({ red: 0, green: 177.4, blue: 64 }), "#00b140")
  equal([colourFrom("auto"), colourFrom("#0b4")], [null, null])
})

const dots = (count, ...colour) => Array.from({ length: count }, () => [...colour, 255]).flat()
const flat = (...colour) => new Uint8ClampedArray(dots(32, ...colour))

test("a green corner is found as the screen", () => {
  equal(screenColour(flat(10, 180, 60)), { red: 10, green: 180, blue: 60 })
})

test("some hair in the corner does not colour the screen", () => {
  const pixels = new Uint8ClampedArray([...dots(24, 10, 180, 60), ...dots(8, 120, 60, 40)])
  equal(screenColour(pixels), { red: 10, green: 180, blue: 60 })
})

for (const [name, colour] of [
  ["a beige wall", [230, 200, 160]],
  ["black before the first frame", [0, 0, 0]],
  ["grey-green paint", [120, 150, 125]],
]) {
  test(`${name} is no screen`, () => equal(screenColour(flat(...colour)), null))
}
