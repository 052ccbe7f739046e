import { greenExcess, keyPixels, screenColour, softStep } from "frontend/media/key"
import { equal, ok, test } from "tests/runner"

const SCREEN = { red: 0, green: 177, blue: 64 }

const keyed = (red, green, blue) => {
  const pixels = new Uint8ClampedArray([red, green, blue, 255])
  keyPixels(pixels, SCREEN)
  return [...pixels]
}
const { red, green, blue } = SCREEN

test("the screen itself becomes transparent", () => equal(keyed(red, green, blue)[3], 0))

test("a shadow on the screen becomes transparent too", () => {
  equal(keyed(red * 0.7, green * 0.7, blue * 0.7)[3], 0)
})

for (const [name, colour] of [
  ["skin", [224, 172, 140]],
  ["dark skin", [96, 62, 48]],
  ["red hair", [140, 62, 34]],
  ["black", [8, 8, 8]],
  ["white", [250, 250, 250]],
  ["teal cloth", [70, 130, 135]],
  ["olive eyes", [120, 128, 60]],
  ["blue", [40, 70, 160]],
]) {
  test(`${name} stays opaque`, () => equal(keyed(...colour)[3], 255))
}

test("skin keeps its colour", () => equal(keyed(224, 172, 140).slice(0, 3), [224, 172, 140]))

test("an edge between hair and screen is neither solid nor gone, and not green", () => {
  const mix = (share) =>
    [[120, 60, 40], [red, green, blue]].reduce(
      (sum, colour, i) => sum.map((part, j) => part + colour[j] * (i ? share : 1 - share)),
      [0, 0, 0],
    )
  const [r, g, b, alpha] = keyed(...mix(0.45))
  ok(alpha > 0 && alpha < 255, `a soft alpha, not ${alpha}`)
  ok(g <= Math.max(r, b) + 1, `no green rim, not ${[r, g, b]}`)
})

test("the green excess is what green has over both others", () => {
  equal(greenExcess(SCREEN), 113)
})

test("a soft step rises from nought to one", () => {
  equal([0, 10, 15, 20, 30].map((x) => softStep(10, 20, x)), [0, 0, 0.5, 1, 1])
})

const flat = (...colour) => new Uint8ClampedArray(Array.from({ length: 32 }, () => [...colour, 255]).flat())

test("a green corner is found as the screen", () => {
  equal(screenColour(flat(10, 180, 60)), { red: 10, green: 180, blue: 60 })
})

for (const [name, colour] of [
  ["a beige wall", [230, 200, 160]],
  ["black before the first frame", [0, 0, 0]],
  ["grey-green paint", [120, 150, 125]],
]) {
  test(`${name} is no screen`, () => equal(screenColour(flat(...colour)), null))
}
