import { choose, chosen, cssOf, hasChosen, keepPicture, OWN_PICTURE, ownPicture } from "frontend/page/background-choice"
import { equal, ok, test } from "tests/runner"

function storage(kept = {}) {
  return { getItem: (key) => kept[key] ?? null, setItem: (key, value) => (kept[key] = value) }
}

const keying = { removes: true, background: "#123456", colour: "auto", threshold: 0.5, softness: 0.5, spill: 0.75 }
const MIRA = { slug: "mira", keying }

test("until somebody chooses, the persona's own values hold", () => equal(chosen(MIRA, storage()), keying))

test("a choice holds for its persona alone", () => {
  const box = storage()
  choose("mira", { ...keying, spill: 0.2 }, box)
  equal(chosen(MIRA, box).spill, 0.2)
  equal(chosen({ slug: "edwin", keying }, box).spill, 0.75)
  equal([hasChosen("mira", box), hasChosen("edwin", box)], [true, false])
})

test("a choice can be taken back", () => {
  const box = storage()
  choose("mira", { ...keying, removes: false }, box)
  choose("mira", null, box)
  equal(chosen(MIRA, box), keying)
})

test("only so many personas' choices are kept, the latest", () => {
  const box = storage()
  for (let i = 0; i < 100; i += 1) choose(`one-${i}`, keying, box)
  ok(hasChosen("one-99", box) && !hasChosen("one-0", box))
})

test("what a storage has spoilt counts as no choice", () => {
  equal(chosen(MIRA, storage({ "greenroom.backgrounds": "[[" })), keying)
  equal(chosen(MIRA, storage({ "greenroom.backgrounds": "7" })), keying)
})

test("an address alone is a picture that covers everything", () => {
  equal(cssOf(" https://example.org/a.jpg "), 'url("https://example.org/a.jpg") center / cover')
})

test("an address that would end its own quotes is left as it is", () => {
  equal(cssOf('https://example.org/a") red'), 'https://example.org/a") red')
})

test("CSS stays CSS", () => equal(cssOf(" linear-gradient(red, blue) "), "linear-gradient(red, blue)"))

test("the viewer's own picture is shown where it is, and nothing where it is not", () => {
  const box = storage()
  ok(keepPicture("data:image/webp;base64,UklGRg==", box))
  equal(cssOf(OWN_PICTURE, ownPicture(box)), 'url("data:image/webp;base64,UklGRg==") center / cover')
  equal(cssOf(OWN_PICTURE, ""), "")
})

test("what is no picture is not shown as one", () => {
  equal(ownPicture(storage({ "greenroom.picture": 'x") red' })), "")
})
