import { equal, test } from "tests/runner"
import { fill, gettext, ngettext, pgettext } from "frontend/i18n"

test("a message without a translation is its own text", () => {
  equal(gettext("Nobody has translated this"), "Nobody has translated this")
  equal(pgettext("a verb", "Present"), "Present")
})

test("one and several have texts of their own", () => {
  equal([0, 1, 2].map((n) => ngettext("{n} seat", "{n} seats", n)), ["{n} seats", "{n} seat", "{n} seats"])
})

test("values stand where their names stood, and unknown names stay", () => {
  equal(fill("{n} of {all}, {what}", { n: 0, all: 3 }), "0 of 3, {what}")
})
