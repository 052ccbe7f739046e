import { voiceGroups } from "frontend/editing/casting"
import { charsText, linesText } from "frontend/editing/counters"
import { FormValues } from "frontend/editing/form-values"
import { barText } from "frontend/editing/save-bar"
import { equal, test } from "tests/runner"

test("counters tell how much there is and how much too much", () => {
  equal([charsText(10, 600), charsText(601, 600), charsText(610, 600)], [
    "10 of 600", "1 character too many", "10 characters too many",
  ])
  equal([linesText(""), linesText("a\n\n b"), linesText("a")], ["0 lines", "2 lines", "1 line"])
})

test("voices of the persona's language come first, then its relatives", () => {
  const voices = ["de", "en-us", "fr", "en-gb", "multilingual"].map((language) => ({
    voice_id: language, name: language, language,
  }))
  equal(voiceGroups(voices, "en-GB").map(({ label }) => label), [
    "en-gb", "en-us", "multilingual", "de", "fr",
  ])
})

test("the bar names what is not saved, and some of it when that is much", () => {
  const bar = (facts) => barText({ message: "", unsaved: [], unpublished: [], ...facts })
  equal(bar({ state: "unsaved", unsaved: ["Name", "Title"] }), "Not saved yet: Name, Title")
  equal(bar({ state: "invalid", unsaved: ["A", "B", "C", "D", "E"] }), "Saved, except: A, B, C, D and more")
  equal(bar({ state: "saved" }), "Everything is published.")
  equal(bar({ state: "saved", unpublished: ["name"] }), "Draft saved. Not published yet.")
})

function form() {
  const made = document.createElement("form")
  made.innerHTML = `
    <input name="title" value="guide"><input type="hidden" name="initial-title" value="guide">
    <textarea name="traits">calm</textarea><input type="hidden" name="initial-traits" value="calm">
    <input type="checkbox" name="answers" checked><input type="hidden" name="initial-answers" value="True">
    <select name="reply"><option>normal</option></select><input type="hidden" name="initial-reply" value="normal">`
  return made
}

test("only what differs from what the server has is unsaved", () => {
  const page = form()
  const values = new FormValues(page)
  equal(values.unsaved, [])
  page.elements.title.value = "florist"
  page.elements.answers.checked = false
  equal(values.unsaved, ["title", "answers"])
})

test("others' edits come in, and what is being written stays", () => {
  const page = form()
  const values = new FormValues(page)
  page.elements.title.value = "florist "
  const sent = values.snapshot()
  page.elements.title.value = "florist at"
  const told = { title: "florist", traits: "calm\nkind", answers: false, reply: "brief" }
  equal(values.take(told, sent), ["traits", "answers", "reply"])
  equal(page.elements.title.value, "florist at")
  equal([page.elements.traits.value, page.elements.answers.checked], ["calm\nkind", false])
  equal(page.elements.reply.value, "brief")
  equal(values.unsaved, ["title"])
})

test("taking theirs puts their value in the place of ours", () => {
  const page = form()
  const values = new FormValues(page)
  page.elements.title.value = "florist"
  const sent = values.snapshot()
  equal(values.take({ title: "botanist" }, sent, { theirs: true }), ["title"])
  equal([page.elements.title.value, values.unsaved], ["botanist", []])
})
